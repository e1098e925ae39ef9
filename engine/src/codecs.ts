/** The ways to encode a texture, and the choice among them by measured error on a probe. */
import { errorOf } from "./measuring.ts";
import { decode, open, type Raster } from "./pixels.ts";
import type { Role, Use } from "./roles.ts";

export type Codec = "webp" | "webp-near" | "webp-lossless" | "jpeg" | "jpeg-444" | "png";

export interface Recipe {
  codec: Codec;
  quality: number;
}

export interface Picture {
  bytes: Uint8Array;
  mime: string;
  width: number;
  height: number;
  /** For the report: "webp 82", "kept" … */
  coded: string;
}

/** No limit of pixels: what is decoded here was encoded here. */
const OUR_OWN = 2 ** 31;

/** The most error a texture may take: see `errorOf` for the units. */
export type Bounds = Record<Role, number>;

const MIMES: Record<Codec, string> = {
  webp: "image/webp",
  "webp-near": "image/webp",
  "webp-lossless": "image/webp",
  jpeg: "image/jpeg",
  "jpeg-444": "image/jpeg",
  png: "image/png",
};

export async function encode(raster: Raster, { codec, quality }: Recipe): Promise<Uint8Array> {
  const image = open(raster);
  switch (codec) {
    case "webp":
      return image.webp({ quality, alphaQuality: 90, effort: 4 }).toBuffer();
    case "webp-near":
      return image.webp({ nearLossless: true, quality, effort: 1 }).toBuffer();
    case "webp-lossless":
      return image.webp({ lossless: true, quality: 60, effort: 3 }).toBuffer();
    case "jpeg":
      return image.jpeg({ quality, chromaSubsampling: "4:2:0" }).toBuffer();
    case "jpeg-444":
      return image.jpeg({ quality, chromaSubsampling: "4:4:4" }).toBuffer();
    case "png":
      return image.png({ compressionLevel: 7, adaptiveFiltering: true }).toBuffer();
  }
}

export async function picture(raster: Raster, recipe: Recipe): Promise<Picture> {
  const bytes = await encode(raster, recipe);
  const coded =
    recipe.codec.includes("lossless") || recipe.codec === "png"
      ? recipe.codec
      : `${recipe.codec} ${recipe.quality}`;
  return { bytes, mime: MIMES[recipe.codec], width: raster.width, height: raster.height, coded };
}

type Families = Record<Role, Recipe[][]>;

/** Families of settings, each from the smallest file to the best looks; the later ones are slower to try. */
const DISPLAYED: Families = {
  colour: [ladder("webp", [60, 68, 75, 80, 85, 89, 93, 96])],
  normal: [
    ladder("webp", [75, 85, 92, 97]),
    ladder("jpeg-444", [70, 78, 85, 90, 94, 97]),
    ladder("webp-near", [1, 20, 40, 60]),
    ladder("webp-lossless", [100]),
  ],
  data: [
    ladder("webp", [60, 70, 78, 85, 91, 96]),
    ladder("jpeg-444", [75, 82, 88, 92, 95, 97]),
    ladder("webp-near", [20, 40, 60]),
    ladder("webp-lossless", [100]),
  ],
};

/** For readers that know PNG and JPEG only. */
export const CORE: Families = {
  colour: [ladder("jpeg", [75, 80, 85, 90, 94]), ladder("jpeg-444", [85, 90, 94, 97, 99])],
  normal: [ladder("jpeg-444", [80, 86, 91, 94, 96, 98, 99, 100])],
  data: [ladder("jpeg-444", [75, 82, 88, 92, 95, 97, 99, 100])],
};

/**
 * Not tried where something else was good enough. Near-lossless pays for normals only: on other data a probe of busy
 * tiles flatters it, and it takes 5 CPU s for 2048² where a JPEG takes 0.1.
 */
const SPARED: Record<Role, Codec[]> = {
  colour: ["webp-lossless"],
  normal: ["webp-lossless"],
  data: ["webp-near", "webp-lossless"],
};

function ladder(codec: Codec, qualities: number[]): Recipe[] {
  return qualities.map((quality) => ({ codec, quality }));
}

export interface Choice extends Recipe {
  error: number;
}

/** The smallest on the probe among those within the bound; lossless when none is. */
export async function choose(
  probe: Raster,
  use: Use,
  bound: number,
  families: Families = DISPLAYED,
): Promise<Choice> {
  let best: (Choice & { size: number }) | undefined;
  for (const family of families[use.role]) {
    if (best && SPARED[use.role].includes(family[0]?.codec ?? "png")) break;
    const lossy = family.filter(({ codec }) => !(use.alpha && codec.startsWith("jpeg")));
    const found = await lowest(lossy, probe, use, bound, best?.size ?? Infinity);
    if (found && (!best || found.size < best.size)) best = found;
  }
  return best ?? { codec: families === CORE ? "png" : "webp-lossless", quality: 100, error: 0 };
}

/** Binary search in one family: both error and size are monotonic enough there. */
async function lowest(
  family: Recipe[],
  probe: Raster,
  use: Use,
  bound: number,
  smallerThan: number,
): Promise<(Choice & { size: number }) | undefined> {
  let [low, high] = [0, family.length - 1];
  let best: (Choice & { size: number }) | undefined;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const recipe = family[middle] as Recipe;
    const bytes = await encode(probe, recipe);
    const tooLarge = bytes.length >= smallerThan;
    const error = tooLarge
      ? Infinity
      : errorOf(use, probe, await decode(bytes, probe.channels === 4, OUR_OWN));
    if (!tooLarge && error <= bound) best = { ...recipe, error, size: bytes.length };
    if (tooLarge || error <= bound) high = middle - 1;
    else low = middle + 1;
  }
  return best;
}
