/** The ways to encode a texture. */
import { open, type Raster } from "./pixels.ts";

export type Codec =
  | "webp"
  | "webp-near"
  | "webp-lossless"
  | "webp-quick"
  | "webp-coarse"
  | "jpeg"
  | "jpeg-444"
  | "png";

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

const MIMES: Record<Codec, string> = {
  webp: "image/webp",
  "webp-near": "image/webp",
  "webp-lossless": "image/webp",
  "webp-quick": "image/webp",
  "webp-coarse": "image/webp",
  jpeg: "image/jpeg",
  "jpeg-444": "image/jpeg",
  png: "image/png",
};

export async function encode(raster: Raster, { codec, quality }: Recipe): Promise<Uint8Array> {
  const image = open(raster);
  switch (codec) {
    case "webp":
      // Of eight textures effort 6 saved 2 to 11 % of effort 4's bytes. The deblocking filter would take four times as
      // long for the same bytes and the same error.
      return image.webp({ quality, alphaQuality: 90, effort: 6 }).toBuffer();
    case "webp-coarse": // a third of the time, to compare sizes with
      return image.webp({ quality, alphaQuality: 90, effort: 2 }).toBuffer();
    case "webp-near":
      return image.webp({ nearLossless: true, quality, effort: 1 }).toBuffer();
    case "webp-lossless":
      return image.webp({ lossless: true, quality: 60, effort: 3 }).toBuffer();
    case "webp-quick": // without loss and hardly looked at: a first guess at what that may take
      return image.webp({ lossless: true, quality: 1, effort: 0 }).toBuffer();
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
