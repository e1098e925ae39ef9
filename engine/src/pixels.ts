/** Images as raw pixels, and back. Everything that touches sharp or a KTX2 is here. */
import sharp, { type Sharp } from "sharp";
import { decodeKtx2 } from "./basis.ts";
import { ModelFault } from "./failure.ts";
import type { Use } from "./roles.ts";

// An SVG in a PNG's place would be rendered, with all it refers to; only the four kinds that we name are read.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadJpegBuffer",
    "VipsForeignLoadPngBuffer",
    "VipsForeignLoadWebpBuffer",
    "VipsForeignLoadHeifBuffer",
  ],
});
sharp.cache(false);
sharp.concurrency(1);

/** Eight bits a channel, sRGB or data as the texture's role says; 3 or 4 channels. */
export interface Raster {
  data: Uint8Array;
  width: number;
  height: number;
  channels: 3 | 4;
  /** Side of the tiles that a probe is put together from, in px. */
  tile?: number;
}

const options = (limitPx: number) => ({
  limitInputPixels: limitPx,
  failOn: "error" as const,
  ignoreIcc: true, // glTF: colour profiles are ignored
});

/** Decode any image glTF may hold. `alpha` false drops that channel before anything can be mixed with it. */
export async function decode(bytes: Uint8Array, alpha: boolean, limitPx: number): Promise<Raster> {
  if (isKtx2(bytes)) return withoutAlpha(await decodeKtx2(bytes, limitPx), alpha);
  let image = sharp(bytes, options(limitPx)).toColourspace("srgb");
  image = alpha ? image.ensureAlpha() : image.removeAlpha();
  const { data, info } = await image.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  const channels = alpha ? 4 : 3;
  const widened = info.channels === channels ? data : widen(data, info.channels, channels);
  return { data: widened, width: info.width, height: info.height, channels };
}

/** Width, height and whether there is an alpha channel, from the header alone. */
export async function measure(bytes: Uint8Array, limitPx: number): Promise<[number, number, boolean]> {
  const found = await sharp(bytes, options(limitPx)).metadata();
  return [found.width, found.height, found.hasAlpha];
}

/** Width and height of an image that can be decoded to its last row; throws for any other. Keeps no pixels. */
export async function measureWhole(bytes: Uint8Array, limitPx: number): Promise<[number, number]> {
  const [width, height] = await measure(bytes, limitPx);
  await sharp(bytes, { ...options(limitPx), sequentialRead: true })
    .extract({ left: width - 1, top: height - 1, width: 1, height: 1 })
    .raw()
    .toBuffer();
  return [width, height];
}

export function open(raster: Raster): Sharp {
  return sharp(raster.data, {
    raw: { width: raster.width, height: raster.height, channels: raster.channels },
    limitInputPixels: false,
  });
}

/** Shrink so that the longer side is `side_px` at most; never grows. */
export async function shrink(raster: Raster, sidePx: number): Promise<Raster> {
  if (Math.max(raster.width, raster.height) <= sidePx) return raster;
  const factor = sidePx / Math.max(raster.width, raster.height);
  return resize(
    raster,
    Math.max(1, Math.round(raster.width * factor)),
    Math.max(1, Math.round(raster.height * factor)),
  );
}

export async function resize(raster: Raster, width: number, height: number): Promise<Raster> {
  const { data, info } = await open(raster)
    .resize(width, height, { fit: "fill", kernel: "lanczos3" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const data3 = info.channels === raster.channels ? data : widen(data, info.channels, raster.channels);
  return { ...raster, data: data3, width, height };
}

/** Averaged normals get shorter; make them one long again. */
export function renormalized(raster: Raster, use: Use): Raster {
  if (use.role !== "normal") return raster;
  const data = new Uint8Array(raster.data);
  for (let at = 0; at < data.length; at += raster.channels) {
    const [x, y, z] = [0, 1, 2].map((c) => (data[at + c] as number) / 127.5 - 1) as [number, number, number];
    const length = Math.hypot(x, y, z);
    if (length < 0.02 || Math.abs(length - 1) < 0.02) continue;
    data[at] = Math.round((x / length + 1) * 127.5);
    data[at + 1] = Math.round((y / length + 1) * 127.5);
    data[at + 2] = Math.round((z / length + 1) * 127.5);
  }
  return { ...raster, data };
}

export async function toPng(raster: Raster): Promise<Uint8Array> {
  return open(raster).png({ compressionLevel: 6, adaptiveFiltering: true }).toBuffer();
}

export function isKtx2(bytes: Uint8Array): boolean {
  return bytes[0] === 0xab && bytes[1] === 0x4b && bytes[2] === 0x54 && bytes[3] === 0x58;
}

export function mimeOf(bytes: Uint8Array): string {
  if (isKtx2(bytes)) return "image/ktx2";
  if (bytes[0] === 0x89 && bytes[1] === 0x50) return "image/png";
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return "image/jpeg";
  const text = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  if (text.startsWith("RIFF") && text.endsWith("WEBP")) return "image/webp";
  if (text.slice(4, 8) === "ftyp") return "image/avif";
  throw new ModelFault("image-unknown", "An image is neither PNG, JPEG, WebP, AVIF nor KTX2.");
}

function withoutAlpha(raster: Raster, alpha: boolean): Raster {
  return alpha ? raster : { ...raster, data: widen(raster.data, 4, 3), channels: 3 };
}

/** From `from` channels a pixel to `to`: grey is repeated, a missing alpha is opaque. */
function widen(data: Uint8Array, from: number, to: 3 | 4): Uint8Array {
  const count = data.length / from;
  const out = new Uint8Array(count * to).fill(255);
  const grey = from < 3;
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) out[i * to + c] = data[i * from + (grey ? 0 : c)] as number;
    if (to === 4 && (from === 2 || from === 4)) out[i * 4 + 3] = data[i * from + from - 1] as number;
  }
  return out;
}
