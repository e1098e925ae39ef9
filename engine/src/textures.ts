/** All textures of a model, chosen and encoded for every variant; one at a time, so that memory stays low. */
import type { Document, Texture } from "@gltf-transform/core";
import { type Allowance, type Asked, allocate, lossesOf, pressure } from "./allocation.ts";
import { type Candidate, frontier, type Palette } from "./candidates.ts";
import { type Picture, picture } from "./codecs.ts";
import { sum } from "./counting.ts";
import { measure, mimeOf, type Raster, renormalized, resize, shrink } from "./pixels.ts";
import type { Use } from "./roles.ts";
import { type Kind, PREVIEW_PX, type Rung } from "./settings.ts";
import { LIMIT_PX, readTexture, type Studied } from "./study.ts";

const FLAT_NORMAL = [128, 128, 255];

/** A texture's pictures. `small` is what the preview's are made from, once it is known how small. */
export interface Encoded {
  use: Use;
  pictures: Partial<Record<Kind, Picture>>;
  small?: Raster;
}

/** One variant's choice: a candidate for each texture, and how much of what it may lose this is thought to take. */
export interface Choice {
  candidates: Candidate[];
  pressure: number;
  /** Bytes that a little more room for losses is thought to save. */
  tempting: number;
}

/** The fewest bytes within the allowance, no texture's side longer than `px`. */
export function choose(
  studied: Studied[],
  palette: Palette,
  px: number,
  allowance: Allowance,
): Omit<Choice, "tempting"> {
  const asked: Asked[] = studied.map((one) => {
    const all = within(one, palette, px);
    return { candidates: frontier(all), all, weights: one.weights };
  });
  const candidates = allocate(asked, reachable(asked, allowance));
  return { candidates, pressure: pressure(lossesOf(asked, candidates, allowance.views.length), allowance) };
}

const EXCESS = 1.1;

/** Where not even the best looks are within what is allowed, a tenth more than they lose: bytes beyond buy nothing. */
function reachable(asked: Asked[], { views, shares, mean }: Allowance): Allowance {
  const looks = asked.map(({ candidates }) => candidates[0] as Candidate);
  const best = lossesOf(asked, looks, views.length);
  const average = sum(best.map((loss, view) => loss * (shares[view] ?? 0)));
  return {
    views: views.map((most, view) => Math.max(most, (best[view] ?? 0) * EXCESS)),
    shares,
    mean: Math.max(mean, average * EXCESS),
  };
}

/** The candidates that fit into `px`; the smallest scale when none does. */
function within({ candidates, width, height }: Studied, palette: Palette, px: number): Candidate[] {
  const side = Math.max(width, height);
  const all = candidates[palette];
  const fitting = all.filter(({ scale }) => side * scale <= px);
  const least = Math.min(...all.map(({ scale }) => scale));
  return fitting.length > 0 ? fitting : all.filter(({ scale }) => scale === least);
}

export async function encodeAll(
  document: Document,
  studied: Studied[],
  choices: Partial<Record<Kind, Choice>>,
  onEach: (done: number) => void,
): Promise<Encoded[]> {
  const textures = document.getRoot().listTextures();
  const encoded: Encoded[] = [];
  for (const [index, texture] of textures.entries()) {
    const { use } = studied[index] as Studied;
    const wanted = Object.entries(choices).map(
      ([kind, choice]) => [kind as Kind, choice.candidates[index]] as const,
    );
    encoded.push(await encodeOne(texture, use, wanted));
    onEach((index + 1) / textures.length);
  }
  return encoded;
}

/** What two variants want alike is encoded once, and is the same object. */
async function encodeOne(
  texture: Texture,
  use: Use,
  wanted: (readonly [Kind, Candidate | undefined])[],
): Promise<Encoded> {
  const original = texture.getImage() as Uint8Array;
  const raster = await readTexture(texture, use);
  const done = new Map<string, Picture>();
  const result: Encoded = { use, pictures: {} };
  for (const [kind, candidate] of wanted) {
    if (kind === "preview" || !candidate) continue;
    const core = kind === "android";
    const name = JSON.stringify([candidate.codec, candidate.quality, candidate.scale, core]);
    const made = done.get(name) ?? (await pictureOf(raster, original, use, candidate, core));
    done.set(name, made);
    result.pictures[kind] = made;
  }
  result.small = renormalized(await shrink(raster, PREVIEW_PX), use);
  return result;
}

/** Encoded as chosen; or the picture as it came, where that is smaller and no larger in pixels. */
async function pictureOf(
  raster: Raster,
  original: Uint8Array,
  use: Use,
  { codec, quality, scale }: Candidate,
  core: boolean,
): Promise<Picture> {
  if (codec === "kept") return exactly(raster, original, core);
  const side = (px: number) => Math.max(1, Math.round(px * scale));
  const fitted =
    scale === 1 ? raster : renormalized(await resize(raster, side(raster.width), side(raster.height)), use);
  const made = await picture(fitted, { codec, quality });
  return scale === 1 && original.length <= made.bytes.length ? kept(original) : made;
}

/** The picture as it came, or without loss in fewer bytes: a JPEG is as small as that gets. */
async function exactly(raster: Raster, original: Uint8Array, core: boolean): Promise<Picture> {
  const same = await kept(original);
  if (same.mime !== "image/png") return same;
  const made = await picture(raster, { codec: core ? "png" : "webp-lossless", quality: 100 });
  return made.bytes.length < original.length ? made : same;
}

async function kept(original: Uint8Array): Promise<Picture> {
  const [width, height] = await measure(original, LIMIT_PX);
  return { bytes: original, mime: mimeOf(original), width, height, coded: "kept" };
}

/** The picture for one rung of the preview's ladder. */
export async function previewPicture({ use, small }: Encoded, rung: Rung): Promise<Picture> {
  const base = small as Raster;
  if (use.role === "normal") {
    if (!rung.normals) return picture(onePixel(FLAT_NORMAL), { codec: "webp-lossless", quality: 100 });
    return picture(renormalized(await shrink(base, rung.px), use), {
      codec: "webp",
      quality: rung.quality + 20,
    });
  }
  return picture(await shrink(base, rung.px), { codec: "webp", quality: rung.quality });
}

function onePixel(rgb: number[]): Raster {
  return { data: new Uint8Array(rgb), width: 1, height: 1, channels: 3 };
}
