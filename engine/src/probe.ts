/** A small picture cut from a large one, on which codecs are tried. */
import type { Raster } from "./pixels.ts";

const TILE = 64;
const TILES_A_SIDE = 6;

/** Some tiles in place of the whole. The raster itself when it is small. */
export function probeOf(raster: Raster): Raster {
  const side = TILE * TILES_A_SIDE;
  if (raster.width * raster.height <= side * side * 1.8 || raster.width < TILE || raster.height < TILE)
    return raster;
  const chosen = choose(tiles(raster));
  const out = new Uint8Array(side * side * raster.channels);
  chosen.forEach(([x, y], index) => {
    copyTile(raster, x, y, out, (index % TILES_A_SIDE) * TILE, Math.floor(index / TILES_A_SIDE) * TILE, side);
  });
  return { ...raster, data: out, width: side, height: side, tile: TILE };
}

/** All whole tiles with how busy they are, the busiest first. */
function tiles(raster: Raster): [number, number][] {
  const found: [number, number, number][] = [];
  for (let y = 0; y + TILE <= raster.height; y += TILE) {
    for (let x = 0; x + TILE <= raster.width; x += TILE) found.push([x, y, business(raster, x, y)]);
  }
  found.sort((a, b) => b[2] - a[2] || a[1] - b[1] || a[0] - b[0]);
  return found.map(([x, y]) => [x, y]);
}

/** Evenly from the busiest to the calmest, so that the probe's mean error is the whole's. */
function choose(sorted: [number, number][]): [number, number][] {
  const wanted = TILES_A_SIDE * TILES_A_SIDE;
  return Array.from({ length: wanted }, (_, i) => {
    const at = Math.floor(((i + 0.5) * sorted.length) / wanted);
    return sorted[Math.min(at, sorted.length - 1)] as [number, number];
  });
}

/** Sum of absolute differences to the right and below, on a grid of every fourth pixel. */
function business(raster: Raster, x0: number, y0: number): number {
  let total = 0;
  const { data, width, channels } = raster;
  for (let y = y0; y < y0 + TILE - 1; y += 4) {
    for (let x = x0; x < x0 + TILE - 1; x += 4) {
      const at = (y * width + x) * channels;
      for (let c = 0; c < 3; c++) {
        const here = data[at + c] as number;
        total += Math.abs(here - (data[at + channels + c] as number));
        total += Math.abs(here - (data[at + width * channels + c] as number));
      }
    }
  }
  return total;
}

function copyTile(
  from: Raster,
  x: number,
  y: number,
  to: Uint8Array,
  toX: number,
  toY: number,
  side: number,
): void {
  const { data, width, channels } = from;
  for (let row = 0; row < TILE; row++) {
    const start = ((y + row) * width + x) * channels;
    to.set(data.subarray(start, start + TILE * channels), ((toY + row) * side + toX) * channels);
  }
}
