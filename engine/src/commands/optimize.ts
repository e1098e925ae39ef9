/** Reads a plain model once and writes the variants asked for. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "@gltf-transform/core";
import { CHOSEN, type Choices, chooseAll, type Shapes } from "../choices.ts";
import type { Picture } from "../codecs.ts";
import { countGlb, sum } from "../counting.ts";
import { bare } from "../geometry.ts";
import { readGlb } from "../glb.ts";
import { measure } from "../pixels.ts";
import { createIO } from "../reading.ts";
import { type Notice, progress } from "../report.ts";
import { ANDROID_MATERIALS, type Kind, PREVIEW_BYTES, PREVIEW_TRIANGLES } from "../settings.ts";
import { type Softness, type Studied, studyAll } from "../study.ts";
import { type Choice, type Encoded, encodeAll } from "../textures.ts";
import {
  androidShape,
  type Bench,
  finish,
  type Made,
  makePreview,
  mobileShape,
  noteAndroidBytes,
  type Shape,
  type Wish,
  webShape,
} from "../variants.ts";
import { onTheWire } from "../wire.ts";

export interface OptimizeOrder {
  /** The plain GLB that `convert` made. */
  source: string;
  /** The upload: nothing may grow beyond it; when `displayable` it can stand in for a variant. */
  original: { path: string; displayable: boolean };
  /** What to make. A preview is made to fixed numbers, so that nothing is wished of it. */
  wishes: Partial<Record<Kind, Wish>>;
  effort: number;
  /** What the renderer found of the textures; null where no browser was. */
  softness: Softness | null;
  /** The study of the textures that an earlier effort left in its folder. */
  study: string | null;
  folder: string;
}

export async function optimize(order: OptimizeOrder): Promise<object> {
  const notices: Notice[] = [];
  progress(0.02, "reading");
  const source = await (await createIO()).readBinary(readFileSync(order.source) as Uint8Array<ArrayBuffer>);
  const studied = await studyOf(source, order);
  progress(0.4, "geometry");
  const bench: Bench = { source, bare: await bare(source), notices };
  const shapes = await shapesOf(bench, order.wishes);
  progress(0.55, "textures");
  const { made, choices, encoded } = await dressAll(bench, studied, shapes, order);
  noteMaterials(source, notices);
  const variants: Record<string, object> = {};
  for (const [kind, one] of made) {
    variants[kind] = { ...(await write(kind, one, order.folder)), ...told(choices[kind]) };
  }
  return { effort: order.effort, variants, textures: describe(studied, encoded), notices };
}

function told(choice: Choice | undefined): object {
  if (!choice) return {};
  return { pressure: Math.round(choice.pressure * 1000) / 1000, tempting_bytes: choice.tempting };
}

/** Candidates take most of the time; a second effort for the same model chooses among the same ones. */
async function studyOf(source: Document, order: OptimizeOrder): Promise<Studied[]> {
  if (order.study !== null) return JSON.parse(readFileSync(order.study, "utf8")) as Studied[];
  const kinds = new Set(Object.keys(order.wishes) as Kind[]);
  const studied = await studyAll(source, kinds, order.softness, (done) =>
    progress(0.02 + 0.38 * done, "textures"),
  );
  writeFileSync(join(order.folder, "study.json"), JSON.stringify(studied));
  return studied;
}

interface Dressed {
  made: Map<Kind, Made>;
  choices: Choices;
  encoded: Encoded[];
}

/** Bytes are forecast from probes: where a file came out larger than it may be, its textures are chosen once more. */
async function dressAll(
  bench: Bench,
  studied: Studied[],
  shapes: Shapes,
  order: OptimizeOrder,
): Promise<Dressed> {
  const ease: Partial<Record<Kind, number>> = {};
  for (let round = 1; ; round++) {
    const choices = chooseAll(studied, shapes, order, ease);
    const encoded = await encodeAll(bench.source, studied, choices, (done) =>
      progress(0.55 + 0.35 * done, "textures"),
    );
    const made = await assemble(bench, shapes, encoded, order);
    const over = CHOSEN.filter((kind) => excess(made.get(kind), order.wishes[kind]) > 1);
    if (over.length === 0 || round === ROUNDS) return { made, choices, encoded };
    for (const kind of over)
      ease[kind] = (ease[kind] ?? 1) / (excess(made.get(kind), order.wishes[kind]) * 1.05);
  }
}

const ROUNDS = 4;

function excess(made: Made | undefined, wish: Wish | undefined): number {
  return made && wish?.max_bytes !== undefined ? made.bytes.length / wish.max_bytes : 0;
}

async function shapesOf(bench: Bench, { web, mobile, android }: OptimizeOrder["wishes"]): Promise<Shapes> {
  const shapes: Shapes = {};
  if (web) shapes.web = await webShape(bench, web);
  if (mobile) shapes.mobile = await mobileShape(bench, mobile);
  if (android) shapes.android = await androidShape(bench, android);
  return shapes;
}

async function assemble(
  bench: Bench,
  shapes: Shapes,
  encoded: Encoded[],
  order: OptimizeOrder,
): Promise<Map<Kind, Made>> {
  const original = readFileSync(order.original.path);
  const limit = {
    bytes: original.length,
    original: order.original.displayable ? asMade(original) : undefined,
  };
  const dressed = (kind: "web" | "mobile" | "android") =>
    finish(
      shapes[kind] as Shape,
      encoded.map((one) => one.pictures[kind] as Picture),
    );
  const made = new Map<Kind, Made>();
  if (order.wishes.web) made.set("web", neverLarger("web", dressed("web"), limit, bench.notices));
  const web = made.get("web");
  if (order.wishes.mobile) {
    const file = dressed("mobile");
    made.set(
      "mobile",
      neverLarger("mobile", !web || file.wire <= web.wire ? file : web, limit, bench.notices),
    );
  }
  if (order.wishes.android) {
    made.set("android", dressed("android"));
    noteAndroidBytes(made.get("android") as Made, bench.notices);
  }
  if (order.wishes.preview) {
    progress(0.92, "preview");
    const preview = await makePreview(bench, encoded);
    // A preview that saves next to nothing would only be loaded besides.
    made.set("preview", web && web.wire <= preview.wire * 1.1 && fitsPreview(web) ? web : preview);
  }
  return made;
}

interface Limit {
  bytes: number;
  original: Made | undefined;
}

/** Neither on the disk nor on the wire may a variant be larger than what came. */
function neverLarger(kind: Kind, made: Made, limit: Limit, notices: Notice[]): Made {
  const { original } = limit;
  if (made.bytes.length <= limit.bytes && (!original || made.wire <= original.wire)) return made;
  if (original) {
    notices.push({
      code: "original-kept",
      detail: `The ${kind} file would have ${made.bytes.length} bytes, the upload has ${limit.bytes}: the upload itself is used.`,
    });
    return original;
  }
  notices.push({
    code: "grown",
    detail: `The ${kind} file has ${made.bytes.length} bytes, the upload had ${limit.bytes} and cannot be shown as it is.`,
  });
  return made;
}

function asMade(original: Uint8Array): Made {
  return { bytes: original, wire: onTheWire(original), geometry: "original", pictures: [] };
}

function noteMaterials(source: Document, notices: Notice[]): void {
  const materials = source.getRoot().listMaterials().length;
  if (materials > ANDROID_MATERIALS) {
    notices.push({
      code: "android-materials",
      detail: `The model has ${materials} materials; Scene Viewer advises ${ANDROID_MATERIALS} at most.`,
    });
  }
}

async function write(kind: Kind, made: Made, folder: string): Promise<object> {
  const path = join(folder, `${kind}.glb`);
  writeFileSync(path, made.bytes);
  const { json } = readGlb(made.bytes);
  const sizes =
    made.geometry === "original"
      ? await imageSizes(made.bytes)
      : made.pictures.map(({ width, height }) => [width, height] as const);
  const { triangles, vertices, draws } = countGlb(json);
  const pixels = sum(sizes.map(([width, height]) => width * height));
  return {
    path,
    bytes: made.bytes.length,
    brotli_bytes: made.wire,
    triangles,
    vertices,
    draw_calls: draws,
    materials: json.materials?.length ?? 0,
    textures: json.images?.length ?? 0,
    texture_max_px: Math.max(0, ...sizes.flat()),
    geometry: made.geometry,
    codecs: [...new Set(made.pictures.map((one) => one.coded))].sort(),
    extensions: [...(json.extensionsUsed ?? [])].sort(),
    // Four bytes a pixel and a third more for the mipmaps; 32 bytes a vertex and 12 a triangle.
    gpu_bytes: Math.round(pixels * 4 * (4 / 3)) + vertices * 32 + triangles * 12,
  };
}

async function imageSizes(glb: Uint8Array): Promise<(readonly [number, number])[]> {
  const { json, bin } = readGlb(glb);
  const sizes: (readonly [number, number])[] = [];
  for (const image of json.images ?? []) {
    const view = json.bufferViews?.[image.bufferView ?? -1];
    if (!view || image.mimeType === "image/ktx2") continue;
    const start = view.byteOffset ?? 0;
    const [width, height] = await measure(bin.subarray(start, start + view.byteLength), 2 ** 31);
    sizes.push([width, height]);
  }
  return sizes;
}

function describe(studied: Studied[], encoded: Encoded[]): object[] {
  return encoded.map(({ use, pictures }, index) => ({
    role: use.role,
    alpha: use.alpha,
    weights: studied[index]?.weights.map((weight) => Math.round(weight * 1000) / 1000),
    ...Object.fromEntries(
      Object.entries(pictures).map(([kind, one]) => [
        kind,
        [one.coded, one.width, one.height, one.bytes.length],
      ]),
    ),
  }));
}

function fitsPreview({ wire, bytes }: Made): boolean {
  return wire <= PREVIEW_BYTES && countGlb(readGlb(bytes).json).triangles <= PREVIEW_TRIANGLES;
}
