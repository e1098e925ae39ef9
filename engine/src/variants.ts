/** One file for each place where a model is shown. */
import type { Document, NodeIO } from "@gltf-transform/core";
import type { Picture } from "./codecs.ts";
import { countGlb } from "./counting.ts";
import { dress } from "./dressing.ts";
import {
  bare,
  dracoed,
  dracoFits,
  dracoIO,
  meshopt,
  type Precision,
  plain,
  type Target,
} from "./geometry.ts";
import { readGlb } from "./glb.ts";
import type { Notice } from "./report.ts";
import {
  ANDROID_BYTES,
  ANDROID_TRIANGLES,
  MOBILE_TRIANGLES,
  PREVIEW_BYTES,
  PREVIEW_BYTES_RICH,
  PREVIEW_LADDER,
  PREVIEW_TRIANGLES,
  RICH_TEXTURES,
  type Settings,
} from "./settings.ts";
import { type Encoded, previewPicture } from "./textures.ts";
import { onTheWire } from "./wire.ts";

/** A finished file. `wire` is its size under brotli. */
export interface Made {
  bytes: Uint8Array;
  wire: number;
  geometry: "meshopt" | "draco" | "float" | "original";
  pictures: Picture[];
}

/** What the makers share: the model without textures, and the textures apart. */
export interface Bench {
  source: Document;
  bare: Uint8Array;
  settings: Settings;
  textures: Encoded[];
  notices: Notice[];
}

interface Shape {
  bytes: Uint8Array;
  geometry: Made["geometry"];
}

export async function webShape(bench: Bench): Promise<Shape> {
  return smallestShape(bench.source, bench.bare, bench.settings.precision);
}

export async function mobileShape(bench: Bench, web: Shape): Promise<Shape> {
  if (trianglesOf(web.bytes) <= MOBILE_TRIANGLES) return web;
  const { fewer, precision } = bench.settings;
  const target = fewer > 0 ? { triangles: MOBILE_TRIANGLES, error: fewer } : undefined;
  const shape = await smallestShape(bench.source, bench.bare, precision, target);
  const reached = trianglesOf(shape.bytes);
  if (reached > MOBILE_TRIANGLES) {
    bench.notices.push({
      code: "mobile-triangles",
      detail: `The mobile file has ${reached} triangles, over the ${MOBILE_TRIANGLES} that Khronos asks for; fewer would change the shape.`,
    });
  }
  return shape;
}

/** Meshopt or Draco, whichever is smaller on the wire. */
async function smallestShape(
  source: Document,
  glb: Uint8Array,
  precision: Precision,
  target?: Target,
): Promise<Shape> {
  const packed: Shape = { bytes: await meshopt(glb, precision, target), geometry: "meshopt" };
  if (!dracoFits(source)) return packed;
  const io: NodeIO = await dracoIO();
  const floats = await plain(glb, precision.simplify, target);
  const coded: Shape = { bytes: await dracoed(floats, precision, io), geometry: "draco" };
  // Meshopt decodes several times faster and its decoder is a tenth of Draco's: Draco has to earn it.
  return onTheWire(coded.bytes) < onTheWire(packed.bytes) * 0.92 ? coded : packed;
}

export function finish(shape: Shape, pictures: Picture[]): Made {
  const bytes = dress(shape.bytes, pictures);
  return { bytes, wire: onTheWire(bytes), geometry: shape.geometry, pictures };
}

/** Core glTF: floats, PNG and JPEG. At most 100k triangles and 15 MB where that can be had. */
export async function makeAndroid(bench: Bench): Promise<Made> {
  const { fewer } = bench.settings;
  const many = fewer > 0 && trianglesOf(bench.bare) > ANDROID_TRIANGLES;
  const target = many ? { triangles: ANDROID_TRIANGLES, error: fewer } : undefined;
  const bytes = await plain(bench.bare, 0, target);
  const made = finish(
    { bytes, geometry: "float" },
    bench.textures.map((texture) => texture.android as Picture),
  );
  if (trianglesOf(bytes) > ANDROID_TRIANGLES) {
    bench.notices.push({
      code: "android-triangles",
      detail: `The android file has ${trianglesOf(bytes)} triangles; Scene Viewer advises ${ANDROID_TRIANGLES} at most.`,
    });
  }
  if (made.bytes.length > ANDROID_BYTES) {
    bench.notices.push({
      code: "android-bytes",
      detail: `The android file has ${made.bytes.length} bytes; Scene Viewer takes ${ANDROID_BYTES} at most.`,
    });
  }
  return made;
}

/** Down the ladder until it fits. The last rung is taken even when it does not. */
export async function makePreview(bench: Bench): Promise<Made> {
  const still = await bare(bench.source, { still: true });
  const rich = bench.textures.length >= RICH_TEXTURES || bench.source.getRoot().listSkins().length > 0;
  const budget = rich ? PREVIEW_BYTES_RICH : PREVIEW_BYTES;
  const few = await fewTriangles(still);
  let made: Made | undefined;
  for (const rung of PREVIEW_LADDER) {
    const precision = { position: 12, uv: 11, normal: 8, simplify: 0 };
    const target = { triangles: rung.triangles, error: 0.1 };
    const shape: Shape = { bytes: await meshopt(few, precision, target), geometry: "meshopt" };
    made = finish(shape, await Promise.all(bench.textures.map((texture) => previewPicture(texture, rung))));
    if (made.wire <= budget) return made;
  }
  bench.notices.push({
    code: "preview-bytes",
    detail: `The preview has ${made?.wire} bytes on the wire, over its budget of ${budget}.`,
  });
  return made as Made;
}

/** 6,000 triangles, gently if that is enough, by force if not. */
async function fewTriangles(glb: Uint8Array): Promise<Uint8Array> {
  let few = glb;
  for (const target of [
    { triangles: PREVIEW_TRIANGLES, error: 0.05 },
    { triangles: PREVIEW_TRIANGLES, error: 0.2 },
    { triangles: PREVIEW_TRIANGLES, error: 1, force: true },
  ]) {
    if (trianglesOf(few) <= PREVIEW_TRIANGLES) return few;
    few = await plain(few, 0, target);
  }
  return few;
}

export function trianglesOf(glb: Uint8Array): number {
  return countGlb(readGlb(glb).json).triangles;
}
