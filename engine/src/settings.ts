/** What each variant must fit, and how finely geometry is kept. */
import type { Precision } from "./geometry.ts";

export type Kind = "preview" | "mobile" | "web" | "android";

/** Bits of each attribute, for a tolerance of `least` or more: quantization should stay well below what simplifying does. */
export const PRECISIONS: (Omit<Precision, "simplify"> & { least: number })[] = [
  { least: 0.0006, position: 13, uv: 13, normal: 8 },
  { least: 0.00025, position: 14, uv: 14, normal: 9 },
  { least: 0.00008, position: 14, uv: 15, normal: 10 },
  { least: 0.00001, position: 15, uv: 16, normal: 12 },
  { least: 0, position: 16, uv: 16, normal: 14 },
];

/** Longest side of a texture, in px, unless the order says less. */
export const WEB_PX = 4096;
/** By effort: where 1K does not look enough like the original, more is taken. */
export const MOBILE_PX = [1024, 2048, 4096];
/** Scene Viewer advises 2048 and takes 4096 at most. */
export const ANDROID_PX = [2048, 2048, 4096];

/** Khronos asks at most 150k triangles for mobile AR; Scene Viewer and Quick Look advise 100k. */
export const MOBILE_TRIANGLES = 150_000;
export const ANDROID_TRIANGLES = 100_000;
export const ANDROID_BYTES = 15_000_000;
export const ANDROID_MATERIALS = 10;

/** The preview's budget on the wire, and the larger one for 15 textures or a skin. */
export const PREVIEW_BYTES = 100_000;
export const PREVIEW_BYTES_RICH = 150_000;
export const RICH_TEXTURES = 15;
export const PREVIEW_TRIANGLES = 6_000;
export const PREVIEW_PX = 256;

/** One try for the preview. `normals` false: normal maps become one flat pixel. */
export interface Rung {
  triangles: number;
  px: number;
  quality: number;
  normals: boolean;
}

export const PREVIEW_LADDER: Rung[] = [
  { triangles: 6000, px: 256, quality: 60, normals: true },
  { triangles: 6000, px: 192, quality: 55, normals: true },
  { triangles: 6000, px: 128, quality: 50, normals: true },
  { triangles: 5000, px: 128, quality: 45, normals: false },
  { triangles: 4000, px: 96, quality: 40, normals: false },
  { triangles: 3000, px: 64, quality: 40, normals: false },
  { triangles: 2000, px: 64, quality: 30, normals: false },
  { triangles: 1500, px: 32, quality: 30, normals: false },
];
