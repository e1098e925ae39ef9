/** How far an encoded texture is from what it was: a measure for each role, all on one scale. */
import type { Raster } from "./pixels.ts";
import type { Use } from "./roles.ts";

type Plane = Float32Array;

/**
 * 1 − SSIM over 8 × 8 blocks, larger is worse. Colour is compared by its luma; normals by their x and y, which is
 * what shading makes of them; data by the worst of the channels that are read, at half its contrast, since a
 * roughness moves a picture less than a slope does. In renders the loss of a close-up came to about 1.6 times this.
 */
export function errorOf(use: Use, original: Raster, coded: Raster): number {
  const body = 1 - bodyLikeness(use, original, coded);
  return use.alpha ? Math.max(body, 1 - likeness(original, coded, 3, 1)) : body;
}

function bodyLikeness(use: Use, a: Raster, b: Raster): number {
  if (use.role === "normal") return (likeness(a, b, 0, 1) + likeness(a, b, 1, 1)) / 2;
  if (use.role === "data") {
    return Math.min(
      ...[0, 1, 2].map((channel) => (use.channels[channel] ? likeness(a, b, channel, 0.5) : 1)),
    );
  }
  const chroma = Math.max(rmse(a, b, 0), rmse(a, b, 2));
  return structure(luma(a), luma(b), a.width, a.height) - Math.max(0, chroma - 6) / 100;
}

function likeness(a: Raster, b: Raster, channel: number, contrast: number): number {
  return structure(planeOf(a, channel, contrast), planeOf(b, channel, contrast), a.width, a.height);
}

export function rmse(a: Raster, b: Raster, channel: number): number {
  let total = 0;
  const count = a.width * a.height;
  for (let i = 0; i < count; i++) {
    const difference =
      (a.data[i * a.channels + channel] as number) - (b.data[i * b.channels + channel] as number);
    total += difference * difference;
  }
  return Math.sqrt(total / count);
}

const SPOT = 16;

/** The largest RMSE of any 16 × 16 px spot, all channels together. */
export function worstSpot(a: Raster, b: Raster): number {
  const across = Math.ceil(a.width / SPOT);
  const totals = new Float64Array(across * Math.ceil(a.height / SPOT));
  const row = a.width * a.channels;
  for (let at = 0; at < a.data.length; at++) {
    const difference = (a.data[at] as number) - (b.data[at] as number);
    if (difference === 0) continue;
    const y = Math.floor(at / row);
    const x = Math.floor((at - y * row) / a.channels);
    const spot = Math.floor(y / SPOT) * across + Math.floor(x / SPOT);
    totals[spot] = (totals[spot] ?? 0) + difference * difference;
  }
  return Math.sqrt(totals.reduce((most, total) => Math.max(most, total), 0) / (SPOT * SPOT * a.channels));
}

const BLOCK = 8;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

/** Mean SSIM of 8 × 8 blocks that do not overlap. */
function structure(a: Plane, b: Plane, width: number, height: number): number {
  let total = 0;
  let blocks = 0;
  for (let y = 0; y < height; y += BLOCK) {
    for (let x = 0; x < width; x += BLOCK) {
      total += blockSsim(a, b, width, [x, y, Math.min(x + BLOCK, width), Math.min(y + BLOCK, height)]);
      blocks += 1;
    }
  }
  return total / blocks;
}

function blockSsim(
  a: Plane,
  b: Plane,
  width: number,
  [x0, y0, x1, y1]: [number, number, number, number],
): number {
  let [sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0];
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const p = a[y * width + x] as number;
      const q = b[y * width + x] as number;
      sa += p;
      sb += q;
      saa += p * p;
      sbb += q * q;
      sab += p * q;
    }
  }
  const n = (x1 - x0) * (y1 - y0);
  const [ma, mb] = [sa / n, sb / n];
  const [va, vb, cov] = [saa / n - ma * ma, sbb / n - mb * mb, sab / n - ma * mb];
  return ((2 * ma * mb + C1) * (2 * cov + C2)) / ((ma * ma + mb * mb + C1) * (va + vb + C2));
}

function luma(raster: Raster): Plane {
  const out = new Float32Array(raster.width * raster.height);
  for (let i = 0; i < out.length; i++) {
    const at = i * raster.channels;
    const [r, g, b] = [raster.data[at], raster.data[at + 1], raster.data[at + 2]] as [number, number, number];
    out[i] = 0.299 * r + 0.587 * g + 0.114 * b;
  }
  return out;
}

/** One channel, its contrast about mid-grey changed. */
function planeOf(raster: Raster, channel: number, contrast: number): Plane {
  const out = new Float32Array(raster.width * raster.height);
  for (let i = 0; i < out.length; i++) {
    out[i] = ((raster.data[i * raster.channels + channel] as number) - 128) * contrast + 128;
  }
  return out;
}
