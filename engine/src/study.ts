/** What there is to know of a model's textures before any is chosen for: candidates, and what their errors cost. */
import type { Document, Texture } from "@gltf-transform/core";
import { type Candidate, candidatesOf, type Palette, scalesOf } from "./candidates.ts";
import { colourwaysOf, weightsIn } from "./colourways.ts";
import { sum } from "./counting.ts";
import { glossUnder } from "./gloss.ts";
import { decode, type Raster } from "./pixels.ts";
import { type Role, type Use, useOf } from "./roles.ts";
import type { Kind } from "./settings.ts";

/** What the renderer found: for each view, how much likeness (1 − SSIM) the model loses when a texture is softened. */
export interface Softness {
  views: string[];
  /** The views' parts of the mean of a proof. */
  shares: number[];
  /** By the texture's number in the plain model; a texture that was not tried is not there. */
  losses: Record<string, number[]>;
  /** By the same numbers: the part of its size that the texture was shown at. */
  scales: Record<string, number>;
}

export interface Studied {
  use: Use;
  width: number;
  height: number;
  candidates: Record<Palette, Candidate[]>;
  /** Likeness lost for one unit of error: in each view of the first colourway, then of each other one. */
  weights: number[];
}

export const LIMIT_PX = 8192 * 8192;
/** Below this the softened texture is the same texture, and a render of it tells nothing. */
const TELLING = 0.004;

/**
 * Likeness lost by one unit of error where no browser is there to measure it: seen from the front, and close up. Found on
 * a brushed steel bottle, whose gloss is 1.
 */
const UNMEASURED_WEIGHTS: Record<Role, [number, number]> = {
  colour: [0.15, 0.35],
  data: [0.3, 0.65],
  normal: [0.8, 2.4],
};
export const UNMEASURED: Softness = {
  views: ["framed", "close"],
  shares: [5 / 7, 2 / 7],
  losses: {},
  scales: {},
};

export async function studyAll(
  document: Document,
  kinds: Set<Kind>,
  softness: Softness | null,
  onEach: (done: number) => void,
): Promise<Studied[]> {
  const textures = document.getRoot().listTextures();
  const studied: Measured[] = [];
  for (const [index, texture] of textures.entries()) {
    studied.push(await studyOne(texture, kinds, softness ?? UNMEASURED, index));
    onEach((index + 1) / textures.length);
  }
  const colourways = colourwaysOf(document);
  return studied.map(({ measured, ...one }, index) => {
    const places = colourways.replaced[index]?.map((number) => studied[number] as Measured) ?? [];
    const weights = measured ? one.weights : borrowed(one, places, studied);
    return { ...one, weights: weightsIn(colourways, index, weights) };
  });
}

type Measured = Studied & { measured: boolean };

/**
 * What was not tried by itself costs what those cost in whose places other material variants wear it, and where nothing
 * is known of these, what the tried ones of its role cost in the mean.
 */
function borrowed(one: Studied, places: Measured[], studied: Measured[]): number[] {
  const known = places.filter(({ measured }) => measured);
  if (known.length > 0)
    return one.weights.map((_, view) => Math.max(...known.map((other) => other.weights[view] ?? 0)));
  const alike = studied.filter((other) => other.measured && other.use.role === one.use.role);
  if (alike.length === 0) return one.weights;
  return one.weights.map((_, view) => sum(alike.map((other) => other.weights[view] ?? 0)) / alike.length);
}

async function studyOne(
  texture: Texture,
  kinds: Set<Kind>,
  softness: Softness,
  index: number,
): Promise<Measured> {
  const use = useOf(texture);
  const original = texture.getImage() as Uint8Array;
  const raster = await readTexture(texture, use);
  const scales = await scalesOf(raster, use);
  const softened = scales.find(({ scale }) => scale === softness.scales[index]);
  const seen = kinds.has("web") || kinds.has("mobile") || kinds.has("preview");
  const kept: Candidate = {
    codec: "kept",
    quality: 100,
    scale: 1,
    bytes: original.length,
    error: 0,
    tint: 0,
  };
  return {
    use,
    width: raster.width,
    height: raster.height,
    candidates: {
      displayed: seen ? [kept, ...(await candidatesOf(scales, use, "displayed"))] : [],
      core: kinds.has("android") ? [kept, ...(await candidatesOf(scales, use, "core"))] : [],
    },
    ...(await weightsOf(texture, softened?.error ?? 0, use, softness, index)),
  };
}

async function weightsOf(
  texture: Texture,
  softened: number,
  use: Use,
  softness: Softness,
  index: number,
): Promise<{ weights: number[]; measured: boolean }> {
  const losses = softness.losses[index];
  if (losses && softened >= TELLING)
    return { weights: losses.map((loss) => loss / softened), measured: true };
  const gloss = use.role === "normal" ? await glossUnder(texture) : 1;
  const [framed, close] = UNMEASURED_WEIGHTS[use.role];
  const weights = softness.views.map((name) => gloss * (name.startsWith("close") ? close : framed));
  return { weights, measured: false };
}

/** Decoded, with the channels that nobody reads made cheap. */
export async function readTexture(texture: Texture, use: Use): Promise<Raster> {
  return onlyUsed(await decode(texture.getImage() as Uint8Array, use.alpha, LIMIT_PX), use);
}

/** Channels that nobody reads become copies of one that is read: they cost nothing then, and blur nothing. */
function onlyUsed(raster: Raster, use: Use): Raster {
  const used = use.channels.indexOf(true);
  if (used < 0 || use.channels.every(Boolean)) return raster;
  const data = new Uint8Array(raster.data);
  for (let at = 0; at < data.length; at += raster.channels) {
    for (let c = 0; c < 3; c++) if (!use.channels[c]) data[at + c] = data[at + used] as number;
  }
  return { ...raster, data };
}
