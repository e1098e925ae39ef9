/** How far an encoded texture is from what it was: a measure for each role, all on one scale. */
import type { Raster } from "./pixels.ts";
import type { Use } from "./roles.ts";

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
  const chroma = Math.max(rmse(a, b, 0, every), rmse(a, b, 2, every));
  return structure(a, b, "luma", every) - Math.max(0, chroma - 6) / 100;
}

function likeness(a: Raster, b: Raster, channel: number, contrast: number, every: number): number {
  return structure(a, b, { channel, contrast }, every);
}

/** What is compared of a pixel: one channel, its contrast about mid-grey changed, or the luma. */
type Looked = "luma" | { channel: number; contrast: number };

const BLOCK = 8;
const NEARLY_ALL = 0.99;

/** Calls back with the corners of the 8 × 8 blocks of a picture, or of every so many each way; of a probe those that touch no seam, which no texture has. */
function eachBlock(
  { width, height, tile }: Raster,
  every: number,
  look: (x0: number, y0: number, x1: number, y1: number) => void,
): void {
  const whole = (at: number): boolean =>
    tile === undefined || (at % tile >= BLOCK && at % tile < tile - BLOCK);
  for (let y = 0; y < height; y += BLOCK * every) {
    if (!whole(y)) continue;
    for (let x = 0; x < width; x += BLOCK * every)
      if (whole(x)) look(x, y, Math.min(x + BLOCK, width), Math.min(y + BLOCK, height));
  }
}

/** Root mean square of one channel's difference, in levels of 255. */
function rmse(a: Raster, b: Raster, channel: number, every: number): number {
  let [total, count] = [0, 0];
  eachBlock(a, every, (x0, y0, x1, y1) => {
    for (let y = y0; y < y1; y++) {
      for (let x = x0; x < x1; x++) {
        const pixel = y * a.width + x;
        const difference =
          (a.data[pixel * a.channels + channel] as number) - (b.data[pixel * b.channels + channel] as number);
        total += difference * difference;
      }
    }
    count += (x1 - x0) * (y1 - y0);
  });
  return Math.sqrt(total / count);
}

/**
 * How far the mean colour of an 8 × 8 block moves in any channel, in levels of 255, for 99 of 100 blocks. SSIM looks at
 * luma only: a codec may turn a calm yellow into another one, and it would not notice.
 */
export function tintOf(original: Raster, coded: Raster): number {
  const shifts: number[] = [];
  eachBlock(original, 1, (...block) => shifts.push(blockTint(original, coded, block)));
  shifts.sort((a, b) => a - b);
  return shifts[Math.floor((shifts.length - 1) * NEARLY_ALL)] ?? 0;
}

function blockTint(a: Raster, b: Raster, [x0, y0, x1, y1]: [number, number, number, number]): number {
  const totals: [number, number, number] = [0, 0, 0];
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const pixel = y * a.width + x;
      const [at, other] = [pixel * a.channels, pixel * b.channels];
      for (const c of [0, 1, 2] as const)
        totals[c] += (a.data[at + c] as number) - (b.data[other + c] as number);
    }
  }
  return Math.max(...totals.map(Math.abs)) / ((x1 - x0) * (y1 - y0));
}

const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

/** Mean SSIM of 8 × 8 blocks that do not overlap. */
function structure(a: Raster, b: Raster, looked: Looked, every: number): number {
  const weights = weightsOf(looked);
  let [total, count] = [0, 0];
  eachBlock(a, every, (x0, y0, x1, y1) => {
    total += blockSsim(a, b, weights, x0, y0, x1, y1);
    count++;
  });
  return total / count;
}

/** What each of the first channels adds to the value that is compared, where the first of them lies, and a constant. */
interface Weights {
  first: number;
  parts: [number, number, number];
  constant: number;
}

function weightsOf(looked: Looked): Weights {
  if (looked === "luma") return { first: 0, parts: [0.299, 0.587, 0.114], constant: 0 };
  const { channel, contrast } = looked;
  return { first: channel, parts: [contrast, 0, 0], constant: 128 * (1 - contrast) };
}

function blockSsim(
  a: Raster,
  b: Raster,
  { first, parts: [r, g, blue], constant }: Weights,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
): number {
  const [one, other, width] = [a.data, b.data, a.width];
  const several = g !== 0;
  let [sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0];
  for (let y = y0; y < y1; y++) {
    let at = (y * width + x0) * a.channels + first;
    let beside = (y * width + x0) * b.channels + first;
    for (let x = x0; x < x1; x++) {
      let p = r * (one[at] as number) + constant;
      let q = r * (other[beside] as number) + constant;
      if (several) {
        p += g * (one[at + 1] as number) + blue * (one[at + 2] as number);
        q += g * (other[beside + 1] as number) + blue * (other[beside + 2] as number);
      }
      sa += p;
      sb += q;
      saa += p * p;
      sbb += q * q;
      sab += p * q;
      at += a.channels;
      beside += b.channels;
    }
  }
  const n = (x1 - x0) * (y1 - y0);
  const [ma, mb] = [sa / n, sb / n];
  const [va, vb, cov] = [saa / n - ma * ma, sbb / n - mb * mb, sab / n - ma * mb];
  return ((2 * ma * mb + C1) * (2 * cov + C2)) / ((ma * ma + mb * mb + C1) * (va + vb + C2));
}
