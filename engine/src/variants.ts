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
  PRECISIONS,
  PREVIEW_BYTES,
  PREVIEW_BYTES_RICH,
  PREVIEW_LADDER,
  PREVIEW_TRIANGLES,
  RICH_TEXTURES,
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

/** What the makers share: the model, and the model without textures. */
export interface Bench {
  source: Document;
  bare: Uint8Array;
  notices: Notice[];
}

/** How far a variant may go. Looks are 1 − SSIM; `budget` is the part of them that textures may take. */
export interface Wish {
  budget: number;
  mean_loss: number;
  worst_loss: number;
  /** How far the surface may move, as a part of the model's size. */
  tolerance: number;
  max_px?: number;
  max_triangles?: number;
  max_bytes?: number;
}

export interface Shape {
  bytes: Uint8Array;
  geometry: Made["geometry"];
}

export async function webShape(bench: Bench, wish: Wish): Promise<Shape> {
  return displayedShape(bench, wish, wish.max_triangles);
}

export async function mobileShape(bench: Bench, wish: Wish): Promise<Shape> {
  const shape = await displayedShape(bench, wish, wish.max_triangles ?? MOBILE_TRIANGLES);
  const reached = trianglesOf(shape.bytes);
  if (reached > MOBILE_TRIANGLES) {
    bench.notices.push({
      code: "mobile-triangles",
      detail: `The mobile file has ${reached} triangles, over the ${MOBILE_TRIANGLES} that Khronos asks for; fewer would change the shape.`,
    });
  }
  return shape;
}

/** Simplified as far as the tolerance allows; to `most` triangles by a wider one, or by force when that was asked for. */
async function displayedShape(bench: Bench, wish: Wish, most: number | undefined): Promise<Shape> {
  const precision = precisionOf(wish);
  const gentle = await smallestShape(bench.source, bench.bare, precision);
  if (most === undefined || trianglesOf(gentle.bytes) <= most) return gentle;
  const target = targetOf(wish, most);
  return smallestShape(bench.source, bench.bare, precision, target);
}

/** A channel's number is worth more than a fine surface: a file over it does not open there. */
function channelled(target: Target): Target {
  return { ...target, error: Math.max(target.error, CHANNEL_ERROR) };
}

const CHANNEL_ERROR = 0.003;

/** A number that somebody asked for is reached whatever it costs; a channel's only within five times the tolerance. */
function targetOf(wish: Wish, triangles: number): Target {
  return wish.max_triangles === undefined
    ? { triangles, error: wish.tolerance * 5 }
    : { triangles, error: 1, seams: true, force: true };
}

function precisionOf(wish: Wish): Precision {
  const { least: _, ...bits } = PRECISIONS.find(
    ({ least }) => wish.tolerance >= least,
  ) as (typeof PRECISIONS)[0];
  return { ...bits, simplify: wish.tolerance };
}

/** Draco's decoder, brotli on the wire. */
const DRACO_DECODER_BYTES = 58_700;
/** The share of views by somebody whose browser has not got it yet: an assumption, not measured. */
const FIRST_VIEWS = 0.05;

/** Meshopt or Draco, whichever is smaller on the wire, its decoder counted. */
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
  const bytes = await dracoed(floats, precision, io);
  const earned = bytes && dracoEarnsItsDecoder(onTheWire(bytes), onTheWire(packed.bytes));
  return earned ? { bytes, geometry: "draco" } : packed;
}

/** Of a file's bytes on the wire. Meshopt's decoder comes with the viewer and is several times faster; Draco's is fetched once and kept for a year. */
export function dracoEarnsItsDecoder(draco: number, meshopt: number): boolean {
  return draco + DRACO_DECODER_BYTES * FIRST_VIEWS < meshopt * 0.92;
}

export function finish(shape: Shape, pictures: Picture[]): Made {
  const bytes = dress(shape.bytes, pictures);
  return { bytes, wire: onTheWire(bytes), geometry: shape.geometry, pictures };
}

/** Core glTF in floats. At most 100k triangles where that can be had. */
export async function androidShape(bench: Bench, wish: Wish): Promise<Shape> {
  const most = wish.max_triangles ?? ANDROID_TRIANGLES;
  let bytes = await plain(bench.bare, wish.tolerance);
  if (trianglesOf(bytes) > most) bytes = await plain(bench.bare, 0, channelled(targetOf(wish, most)));
  if (trianglesOf(bytes) > ANDROID_TRIANGLES) {
    bench.notices.push({
      code: "android-triangles",
      detail: `The android file has ${trianglesOf(bytes)} triangles; Scene Viewer advises ${ANDROID_TRIANGLES} at most.`,
    });
  }
  return { bytes, geometry: "float" };
}

export function noteAndroidBytes(made: Made, notices: Notice[]): void {
  if (made.bytes.length <= ANDROID_BYTES) return;
  notices.push({
    code: "android-bytes",
    detail: `The android file has ${made.bytes.length} bytes; Scene Viewer takes ${ANDROID_BYTES} at most.`,
  });
}

/** Down the ladder until it fits. The last rung is taken even when it does not. */
export async function makePreview(bench: Bench, textures: Encoded[]): Promise<Made> {
  const still = await bare(bench.source, { still: true });
  const rich = textures.length >= RICH_TEXTURES || bench.source.getRoot().listSkins().length > 0;
  const budget = rich ? PREVIEW_BYTES_RICH : PREVIEW_BYTES;
  const few = await fewTriangles(still);
  let made: Made | undefined;
  for (const rung of PREVIEW_LADDER) {
    const precision = { position: 12, uv: 11, normal: 8, simplify: 0 };
    const target = { triangles: rung.triangles, error: 0.1, seams: true };
    const shape: Shape = { bytes: await meshopt(few, precision, target), geometry: "meshopt" };
    made = finish(shape, await Promise.all(textures.map((texture) => previewPicture(texture, rung))));
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
    { triangles: PREVIEW_TRIANGLES, error: 0.05, seams: true },
    { triangles: PREVIEW_TRIANGLES, error: 0.2, seams: true },
    { triangles: PREVIEW_TRIANGLES, error: 1, seams: true, force: true },
  ]) {
    if (trianglesOf(few) <= PREVIEW_TRIANGLES) return few;
    few = await plain(few, 0, target);
  }
  return few;
}

export function trianglesOf(glb: Uint8Array): number {
  return countGlb(readGlb(glb).json).triangles;
}
