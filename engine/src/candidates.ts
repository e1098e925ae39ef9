/** The ways to store one texture, each tried on a probe: what it would weigh, and how far it is from the original. */
import { type Codec, encode, type Recipe } from "./codecs.ts";
import { errorOf, tintOf } from "./measuring.ts";
import { decode, type Raster, renormalized, resize } from "./pixels.ts";
import { probeOf } from "./probe.ts";
import type { Use } from "./roles.ts";

/** One way. `scale` is a part of the side; `bytes` are estimated for the whole texture from the probe. */
export interface Candidate {
  /** "kept" is the picture as it came. */
  codec: Codec | "kept";
  quality: number;
  scale: number;
  bytes: number;
  /** See `errorOf`; of the whole way there and back, measured at the texture's own size. */
  error: number;
  /** See `tintOf`; of the codec alone, since shrinking turns no calm place's colour into another. 0 where it is no colour. */
  tint: number;
}

export type Palette = "displayed" | "core";

/** No limit of pixels: what is decoded here was encoded here. */
const OUR_OWN = 2 ** 31;
const LEAST_SCALE = 0.125;
const SMALLEST_PX = 16;
/** Levels of 255. More is seen as another colour in a calm place, whatever SSIM says. */
const MOST_TINT = 5;
/** Where shrinking alone is this far off, no smaller scale is tried. */
const HOPELESS = 0.3;

/** Qualities of one codec, the least first. Every second one is tried, the others are reckoned from their neighbours. */
interface Ladder {
  codec: Codec;
  qualities: number[];
}

const WEBP: Ladder = { codec: "webp", qualities: [35, 55, 70, 80, 85, 89, 92, 95, 97] };
const JPEG: Ladder = { codec: "jpeg-444", qualities: [50, 65, 76, 84, 90, 94, 97, 99] };
const SUBSAMPLED: Ladder = { codec: "jpeg", qualities: [50, 65, 76, 84, 90] };
const EXACT: Ladder[] = [
  { codec: "webp-near", qualities: [40, 60] },
  { codec: "webp-lossless", qualities: [100] },
];
const PNG: Ladder = { codec: "png", qualities: [100] };

async function laddersFor(use: Use, palette: Palette, { scale, probe }: Scaled): Promise<Ladder[]> {
  const core = palette === "core";
  const lossy = core ? [...(use.role === "colour" ? [SUBSAMPLED] : []), JPEG] : [WEBP, JPEG];
  const exact = core ? [PNG] : EXACT;
  // JPEG has no alpha. What is shrunk has lost more already than an exact codec would spare.
  const fitting = use.alpha ? lossy.filter(({ codec }) => codec === "webp") : lossy;
  if (fitting.length === 0) return exact;
  return scale === 1 && (core || (await isPlain(probe))) ? [...fitting, ...exact] : fitting;
}

const QUICK: Recipe = { codec: "webp-quick", quality: 100 };
const FINEST: Recipe = { codec: "webp", quality: 97 };
/** A quick lossless file has 1.5 to 2.6 times a careful one's bytes. */
const PLAIN = 2.5;

/** Drawn rather than photographed: only then are exact codecs near the lossy ones, and they take as long as all of these. */
async function isPlain(probe: Raster): Promise<boolean> {
  const [quick, finest] = await Promise.all([encode(probe, QUICK), encode(probe, FINEST)]);
  return quick.length <= finest.length * PLAIN;
}

/**
 * The part of a codec's error at a half, a quarter … of the size that is left at the texture's own size: enlarging
 * smooths it. Means of what colours, normals and data of five models showed, each within a third of them.
 */
const SMOOTHED: Record<number, number> = { 1: 1, 0.5: 0.75, 0.25: 0.55, 0.125: 0.25 };

/**
 * What shrinking loses is measured on the whole texture, what the codec loses besides on a probe of the shrunk one; the
 * two are added.
 */
export async function candidatesOf(whole: Scaled[], use: Use, palette: Palette): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const one of whole) {
    const ladders = await laddersFor(use, palette, one);
    const tried = (await Promise.all(ladders.map((ladder) => climb(one, ladder, use)))).flat();
    // At each size one has to stay: a limit of pixels may leave no other choice.
    const least = Math.min(...tried.map(({ tint }) => tint));
    found.push(...tried.filter(({ tint }) => tint <= Math.max(MOST_TINT, least)));
  }
  return found;
}

async function climb(one: Scaled, { codec, qualities }: Ladder, use: Use): Promise<Candidate[]> {
  const chosen = qualities.filter((_, rung) => rung % 2 === 0 || rung === qualities.length - 1);
  const tried = await Promise.all(chosen.map((quality) => attempt(one, { codec, quality }, use)));
  return qualities.map((quality) => {
    const above = tried.findIndex((candidate) => candidate.quality >= quality);
    const upper = tried[above] as Candidate;
    return upper.quality === quality ? upper : between(tried[above - 1] as Candidate, upper, quality);
  });
}

/** Bytes and error of one codec are close to powers of its quality. */
function between(lower: Candidate, upper: Candidate, quality: number): Candidate {
  const way = (quality - lower.quality) / (upper.quality - lower.quality);
  const along = (from: number, to: number): number =>
    from > 0 && to > 0 ? from * (to / from) ** way : from + (to - from) * way;
  return {
    ...upper,
    quality,
    bytes: Math.round(along(lower.bytes, upper.bytes)),
    error: along(lower.error, upper.error),
    tint: Math.max(lower.tint, upper.tint),
  };
}

/** A texture at a part of its size; its error there, uncompressed, against the whole. */
export interface Scaled {
  raster: Raster;
  scale: number;
  error: number;
  probe: Raster;
  /** How many times the probe's bytes the whole takes: WebP, which looks across a probe's seams, and all others. */
  share: Share;
  /** What was tried already: both palettes know JPEG. */
  tried: Map<string, Promise<Candidate>>;
}

/** From the whole down to where it is not itself any more. */
export async function scalesOf(raster: Raster, use: Use): Promise<Scaled[]> {
  const found: Scaled[] = [await scaled(raster, 1, 0)];
  let smaller = raster;
  for (let scale = 0.5; Math.min(raster.width, raster.height) * scale >= SMALLEST_PX; scale /= 2) {
    smaller = await halved(smaller, use);
    const back = await resize(smaller, raster.width, raster.height);
    const error = errorOf(use, raster, back, everyFor(raster));
    found.push(await scaled(smaller, scale, error));
    if ((error > HOPELESS && scale <= 0.25) || scale <= LEAST_SCALE) break;
  }
  return found;
}

async function scaled(raster: Raster, scale: number, error: number): Promise<Scaled> {
  const probe = probeOf(raster);
  return { raster, scale, error, probe, share: await shareOf(raster, probe), tried: new Map() };
}

async function halved(raster: Raster, use: Use): Promise<Raster> {
  const half = await resize(raster, Math.max(1, raster.width >> 1), Math.max(1, raster.height >> 1));
  return renormalized(half, use);
}

/** Of a large texture a part of the blocks tells enough. */
function everyFor(raster: Raster): number {
  return Math.max(1, Math.round(Math.sqrt(raster.width * raster.height) / 512));
}

interface Share {
  webp: number;
  others: number;
}

const YARDSTICKS: Record<keyof Share, Recipe> = {
  webp: { codec: "webp-coarse", quality: 80 },
  others: { codec: "jpeg-444", quality: 84 },
};

async function shareOf(raster: Raster, probe: Raster): Promise<Share> {
  if (probe === raster) return { webp: 1, others: 1 };
  const times = async (recipe: Recipe): Promise<number> =>
    (await encode(raster, recipe)).length / (await encode(probe, recipe)).length;
  return { webp: await times(YARDSTICKS.webp), others: await times(YARDSTICKS.others) };
}

function attempt(one: Scaled, recipe: Recipe, use: Use): Promise<Candidate> {
  const name = `${recipe.codec} ${recipe.quality}`;
  const known = one.tried.get(name) ?? tryOut(one, recipe, use);
  one.tried.set(name, known);
  return known;
}

async function tryOut({ probe, share, scale, error }: Scaled, recipe: Recipe, use: Use): Promise<Candidate> {
  const bytes = await encode(probe, recipe);
  const back = await decode(bytes, probe.channels === 4, OUR_OWN);
  return {
    ...recipe,
    scale,
    bytes: Math.round(bytes.length * (recipe.codec === "webp" ? share.webp : share.others)),
    error: error + errorOf(use, probe, back) * (SMOOTHED[scale] ?? 1),
    tint: tinted(use, probe, back),
  };
}

function tinted(use: Use, original: Raster, coded: Raster): number {
  return use.role === "colour" ? tintOf(original, coded) : 0;
}

/** The lower convex hull of error over bytes: from one to the next, each byte saved costs more looks than before. */
export function frontier(all: Candidate[]): Candidate[] {
  const sorted = [...all].sort((a, b) => a.error - b.error || a.bytes - b.bytes);
  const hull: Candidate[] = [];
  for (const one of sorted) {
    if (hull.length > 0 && one.bytes >= (hull.at(-1) as Candidate).bytes) continue;
    while (hull.length >= 2 && slope(hull.at(-2), one) >= slope(hull.at(-2), hull.at(-1))) hull.pop();
    hull.push(one);
  }
  return hull;
}

/** Bytes saved for each bit of error. */
function slope(from: Candidate | undefined, to: Candidate | undefined): number {
  if (!from || !to) throw new Error("a slope needs two points");
  return (from.bytes - to.bytes) / Math.max(to.error - from.error, 1e-9);
}
