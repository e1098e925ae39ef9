/** How far each pass may go. Pass 0 is for bytes, 1 for those whose proof failed, 2 nearly without loss. */
import type { Bounds } from "./codecs.ts";
import type { Precision } from "./geometry.ts";

export type Kind = "preview" | "mobile" | "web" | "android";

export interface Settings {
  bounds: Bounds;
  precision: Precision;
  /** How far the surface may move to reach a phone's number of triangles; 0 where looks go before that number. */
  fewer: number;
  /** Longest side of a texture, in px. */
  webPx: number;
  mobilePx: number;
  androidPx: number;
  androidBounds: Bounds;
  /** May a texture be stored at half its size when that loses nothing to speak of? */
  halve: boolean;
}

export const PASSES: Settings[] = [
  {
    bounds: { colour: 0.014, normal: 0.013, data: 0.0105 },
    precision: { position: 14, uv: 15, normal: 10, simplify: 0.0001 },
    fewer: 0.01,
    webPx: 2048,
    mobilePx: 1024,
    androidPx: 2048,
    androidBounds: { colour: 0.014, normal: 0.01, data: 0.01 },
    halve: true,
  },
  {
    bounds: { colour: 0.012, normal: 0.007, data: 0.007 },
    precision: { position: 15, uv: 16, normal: 11, simplify: 0 },
    fewer: 0.0005,
    webPx: 4096,
    mobilePx: 2048,
    androidPx: 2048,
    androidBounds: { colour: 0.008, normal: 0.004, data: 0.005 },
    halve: false,
  },
  {
    bounds: { colour: 0.004, normal: 0.0025, data: 0.0025 },
    precision: { position: 16, uv: 16, normal: 14, simplify: 0 },
    fewer: 0,
    webPx: 8192,
    mobilePx: 8192,
    androidPx: 4096,
    androidBounds: { colour: 0.004, normal: 0.002, data: 0.002 },
    halve: false,
  },
];

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
