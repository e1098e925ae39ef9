/** How far an encoded texture is from what it was: a measure for each role, all on one scale. */
import type { Raster } from "./pixels.ts";
import type { Use } from "./roles.ts";

type Plane = Float32Array;

/**
 * 1 − SSIM over 8 × 8 blocks, larger is worse. Colour is compared by its luma; normals by their x and y, which is
 * what shading makes of them; data by the worst of the channels that are read, at half its contrast, since a
 * roughness moves a picture less than a slope does. `every`: 2 looks at every second block each way.
 */
export function errorOf(use: Use, original: Raster, coded: Raster, every = 1): number {
  const body = 1 - bodyLikeness(use, original, coded, every);
  return Math.max(0, use.alpha ? Math.max(body, 1 - likeness(original, coded, 3, 1, every)) : body);
}

function bodyLikeness(use: Use, a: Raster, b: Raster, every: number): number {
  if (use.role === "normal") return (likeness(a, b, 0, 1, every) + likeness(a, b, 1, 1, every)) / 2;
  if (use.role === "data") {
    return Math.min(
      ...[0, 1, 2].map((channel) => (use.channels[channel] ? likeness(a, b, channel, 0.5, every) : 1)),
    );
  }
  const chroma = Math.max(rmse(a, b, 0), rmse(a, b, 2));
  return structure(luma(a), luma(b), a.width, a.height, every) - Math.max(0, chroma - 6) / 100;
}

function likeness(a: Raster, b: Raster, channel: number, contrast: number, every: number): number {
  return structure(planeOf(a, channel, contrast), planeOf(b, channel, contrast), a.width, a.height, every);
}

function rmse(a: Raster, b: Raster, channel: number): number {
  let total = 0;
  const count = a.width * a.height;
  for (let i = 0; i < count; i++) {
    const difference =
      (a.data[i * a.channels + channel] as number) - (b.data[i * b.channels + channel] as number);
    total += difference * difference;
  }
  return Math.sqrt(total / count);
}

const BLOCK = 8;
const NEARLY_ALL = 0.99;

/**
 * How far the mean colour of an 8 × 8 block moves in any channel, in levels of 255, for 99 of 100 blocks. SSIM looks at
 * luma only: a codec may turn a calm yellow into another one, and it would not notice.
 */
export function tintOf(original: Raster, coded: Raster): number {
  const shifts: number[] = [];
  for (let y = 0; y < original.height; y += BLOCK) {
    for (let x = 0; x < original.width; x += BLOCK) shifts.push(blockTint(original, coded, x, y));
  }
  shifts.sort((a, b) => a - b);
  return shifts[Math.floor((shifts.length - 1) * NEARLY_ALL)] ?? 0;
}

function blockTint(a: Raster, b: Raster, x0: number, y0: number): number {
  const [x1, y1] = [Math.min(x0 + BLOCK, a.width), Math.min(y0 + BLOCK, a.height)];
  const totals = [0, 0, 0];
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const at = y * a.width + x;
      for (const c of [0, 1, 2]) {
        const difference = (a.data[at * a.channels + c] as number) - (b.data[at * b.channels + c] as number);
        totals[c] = (totals[c] as number) + difference;
      }
    }
  }
  return Math.max(...totals.map(Math.abs)) / ((x1 - x0) * (y1 - y0));
}
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

/** Mean SSIM of 8 × 8 blocks that do not overlap. */
function structure(a: Plane, b: Plane, width: number, height: number, every: number): number {
  let total = 0;
  let blocks = 0;
  for (let y = 0; y < height; y += BLOCK * every) {
    for (let x = 0; x < width; x += BLOCK * every) {
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
