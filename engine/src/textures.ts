/** All textures of a model, encoded for every variant that is asked for; one at a time, so that memory stays low. */
import type { Document, Texture } from "@gltf-transform/core";
import { type Choice, CORE, choose, type Picture, picture } from "./codecs.ts";
import { glossUnder } from "./gloss.ts";
import { rmse, worstSpot } from "./measuring.ts";
import { decode, measure, mimeOf, type Raster, resize, shrink } from "./pixels.ts";
import { probeOf } from "./probe.ts";
import { type Use, useOf } from "./roles.ts";
import { type Kind, PREVIEW_PX, type Rung, type Settings } from "./settings.ts";

const LIMIT_PX = 8192 * 8192;
const FLAT_NORMAL = [128, 128, 255];

/** A texture's pictures. `small` is what the preview's are made from, once it is known how small. */
export interface Encoded {
  use: Use;
  web?: Picture;
  mobile?: Picture;
  android?: Picture;
  small?: Raster;
  /** For the report: what was chosen, and its error on the probe in the measure of its role. */
  choice?: Choice;
}

export async function encodeAll(
  document: Document,
  kinds: Set<Kind>,
  settings: Settings,
  onEach: (done: number) => void,
): Promise<Encoded[]> {
  const textures = document.getRoot().listTextures();
  const encoded: Encoded[] = [];
  for (const [index, texture] of textures.entries()) {
    encoded.push(await encodeOne(texture, kinds, settings));
    onEach((index + 1) / textures.length);
  }
  return encoded;
}

async function encodeOne(texture: Texture, kinds: Set<Kind>, settings: Settings): Promise<Encoded> {
  const use = useOf(texture);
  const original = texture.getImage() as Uint8Array;
  const raster = onlyUsed(await decode(original, use.alpha, LIMIT_PX), use);
  const result: Encoded = { use };
  const ease = use.role === "normal" ? 1 / (await glossUnder(texture)) : 1;
  if (kinds.has("web") || kinds.has("mobile"))
    await displayed(result, raster, original, kinds, eased(settings, ease));
  if (kinds.has("android")) result.android = await forAndroid(raster, original, use, eased(settings, ease));
  if (kinds.has("preview")) result.small = await renormalized(await shrink(raster, PREVIEW_PX), use);
  return result;
}

/** The bound for normals widened where the material hides what is lost. */
function eased(settings: Settings, ease: number): Settings {
  const { bounds, androidBounds } = settings;
  return {
    ...settings,
    bounds: { ...bounds, normal: bounds.normal * ease },
    androidBounds: { ...androidBounds, normal: androidBounds.normal * ease },
  };
}

async function displayed(
  result: Encoded,
  raster: Raster,
  original: Uint8Array,
  kinds: Set<Kind>,
  settings: Settings,
): Promise<void> {
  const { use } = result;
  const full = await fitting(raster, settings.webPx, use, settings.halve);
  const choice = await choose(probeOf(full), use, settings.bounds[use.role]);
  result.choice = choice;
  // What could not be halved once will not be halved twice.
  const halved = full.width < Math.min(raster.width, settings.webPx);
  const small = await fitting(full, settings.mobilePx, use, settings.halve && halved);
  const same = small.width === full.width && small.height === full.height;
  if (kinds.has("web") || same) result.web = await smaller(full, choice, original);
  if (kinds.has("mobile"))
    result.mobile = same && result.web ? result.web : await smaller(small, choice, original);
}

/** Shrunk to the limit; halved again while the texture holds no detail that this would lose. */
async function fitting(raster: Raster, sidePx: number, use: Use, halve: boolean): Promise<Raster> {
  let best = await renormalized(await shrink(raster, sidePx), use);
  while (halve && Math.min(best.width, best.height) >= 64) {
    const half = await renormalized(await resize(best, best.width >> 1, best.height >> 1), use);
    if (!alike(best, await resize(half, best.width, best.height))) break;
    best = half;
  }
  return best;
}

/** At most 1.4 levels of 255 apart (about 45 dB) on the whole, and no spot more than 6 (32 dB): a small mark stays. */
function alike(a: Raster, b: Raster): boolean {
  const channels = [0, 1, 2, 3].slice(0, a.channels);
  return channels.every((channel) => rmse(a, b, channel) <= 1.4) && worstSpot(a, b) <= 6;
}

/** Encoded as chosen; or the picture as it came, where that is smaller and of the same size. */
async function smaller(raster: Raster, choice: Choice, original: Uint8Array): Promise<Picture> {
  const made = await picture(raster, choice);
  return original.length <= made.bytes.length ? kept(original, raster.width, raster.height, made) : made;
}

async function kept(
  original: Uint8Array,
  width: number,
  height: number,
  otherwise: Picture,
): Promise<Picture> {
  const [originalWidth, originalHeight] = await measure(original, LIMIT_PX);
  if (originalWidth > width || originalHeight > height) return otherwise;
  return {
    bytes: original,
    mime: mimeOf(original),
    width: originalWidth,
    height: originalHeight,
    coded: "kept",
  };
}

/** PNG or JPEG: what every reader of glTF takes. */
async function forAndroid(
  raster: Raster,
  original: Uint8Array,
  use: Use,
  settings: Settings,
): Promise<Picture> {
  const fitted = await renormalized(await shrink(raster, settings.androidPx), use);
  const choice = await choose(probeOf(fitted), use, settings.androidBounds[use.role], CORE);
  return smaller(fitted, choice, original);
}

/** The picture for one rung of the preview's ladder. */
export async function previewPicture({ use, small }: Encoded, rung: Rung): Promise<Picture> {
  const base = small as Raster;
  if (use.role === "normal") {
    if (!rung.normals) return picture(onePixel(FLAT_NORMAL), { codec: "webp-lossless", quality: 100 });
    return picture(await renormalized(await shrink(base, rung.px), use), {
      codec: "webp",
      quality: rung.quality + 20,
    });
  }
  return picture(await shrink(base, rung.px), { codec: "webp", quality: rung.quality });
}

function onePixel(rgb: number[]): Raster {
  return { data: new Uint8Array(rgb), width: 1, height: 1, channels: 3 };
}

/** Averaged normals get shorter; make them one long again. */
async function renormalized(raster: Raster, use: Use): Promise<Raster> {
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
