/** Reads a plain model once and writes the variants asked for. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "@gltf-transform/core";
import { dedup, prune } from "@gltf-transform/functions";
import type { Picture } from "../codecs.ts";
import { countGlb, sum } from "../counting.ts";
import { bare } from "../geometry.ts";
import { readGlb } from "../glb.ts";
import { measure } from "../pixels.ts";
import { createIO } from "../reading.ts";
import { type Notice, progress } from "../report.ts";
import {
  ANDROID_MATERIALS,
  type Kind,
  PASSES,
  PREVIEW_BYTES,
  PREVIEW_TRIANGLES,
  type Settings,
} from "../settings.ts";
import { type Encoded, encodeAll } from "../textures.ts";
import {
  type Bench,
  finish,
  type Made,
  makeAndroid,
  makePreview,
  mobileShape,
  webShape,
} from "../variants.ts";
import { onTheWire } from "../wire.ts";

export interface OptimizeOrder {
  /** The plain GLB that `convert` made. */
  source: string;
  /** The upload: nothing may grow beyond it; when `displayable` it can stand in for a variant. */
  original: { path: string; displayable: boolean };
  kinds: Kind[];
  effort: number;
  folder: string;
}

export async function optimize(order: OptimizeOrder): Promise<object> {
  const notices: Notice[] = [];
  const kinds = new Set(order.kinds);
  progress(0.02, "reading");
  const io = await createIO();
  const source = await io.readBinary(readFileSync(order.source) as Uint8Array<ArrayBuffer>);
  await source.transform(
    dedup({ propertyTypes: ["Texture"] }),
    prune({ propertyTypes: ["Texture"], keepSolidTextures: true }),
  );
  const settings = PASSES[Math.min(order.effort, PASSES.length - 1)] as Settings;
  const textures = await encodeAll(source, wanted(kinds), settings, (done) =>
    progress(0.05 + 0.6 * done, "textures"),
  );
  progress(0.65, "geometry");
  const bench: Bench = { source, bare: await bare(source), settings, textures, notices };
  const made = await makeAll(bench, kinds, order);
  noteMaterials(source, notices);
  const variants: Record<string, object> = {};
  for (const kind of order.kinds) variants[kind] = await write(kind, made.get(kind) as Made, order.folder);
  return { effort: order.effort, variants, textures: textures.map(describe), notices };
}

/** The preview may turn out to be the web file. */
function wanted(kinds: Set<Kind>): Set<Kind> {
  return kinds.has("preview") ? new Set<Kind>([...kinds, "web"]) : kinds;
}

async function makeAll(bench: Bench, kinds: Set<Kind>, order: OptimizeOrder): Promise<Map<Kind, Made>> {
  const original = readFileSync(order.original.path);
  const limit = {
    bytes: original.length,
    original: order.original.displayable ? await asMade(original) : undefined,
  };
  const made = new Map<Kind, Made>();
  if (kinds.has("web") || kinds.has("mobile") || kinds.has("preview")) {
    const shape = await webShape(bench);
    progress(0.75, "web");
    const pick = (one: Encoded, kind: "web" | "mobile") => (one[kind] ?? one.web) as Picture;
    const web = neverLarger(
      "web",
      finish(
        shape,
        bench.textures.map((one) => pick(one, "web")),
      ),
      limit,
      bench.notices,
    );
    made.set("web", web);
    if (kinds.has("mobile")) {
      const file = finish(
        await mobileShape(bench, shape),
        bench.textures.map((one) => pick(one, "mobile")),
      );
      made.set("mobile", neverLarger("mobile", file.wire <= web.wire ? file : web, limit, bench.notices));
    }
    progress(0.85, "mobile");
    if (kinds.has("preview")) {
      const preview = await makePreview(bench);
      // A preview that saves next to nothing would only be loaded besides.
      made.set("preview", web.wire <= preview.wire * 1.1 && fitsPreview(web) ? web : preview);
    }
  }
  progress(0.92, "android");
  if (kinds.has("android")) made.set("android", await makeAndroid(bench));
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

async function asMade(original: Uint8Array): Promise<Made> {
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

function describe({ use, choice, web, mobile, android }: Encoded): object {
  return {
    role: use.role,
    alpha: use.alpha,
    error: choice ? Math.round(choice.error * 1000) / 1000 : null,
    web: web ? [web.coded, web.width, web.height, web.bytes.length] : null,
    mobile: mobile ? [mobile.coded, mobile.width, mobile.height, mobile.bytes.length] : null,
    android: android ? [android.coded, android.width, android.height, android.bytes.length] : null,
  };
}

function fitsPreview({ wire, bytes }: Made): boolean {
  return wire <= PREVIEW_BYTES && countGlb(readGlb(bytes).json).triangles <= PREVIEW_TRIANGLES;
}
