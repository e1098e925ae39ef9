/** What a file says about its material variants (KHR_materials_variants). Pure: reads the glTF as JSON. */

import { textIn } from "./spot.ts";

interface Primitive {
  readonly material?: number;
  readonly attributes?: { readonly POSITION?: number };
  readonly extensions?: {
    readonly KHR_materials_variants?: {
      readonly mappings?: readonly { readonly material?: number; readonly variants?: readonly number[] }[];
    };
  };
}

/** As much of a glTF as is looked at; everything may be missing. */
export interface Gltf {
  readonly extensions?: {
    readonly KHR_materials_variants?: { readonly variants?: readonly { readonly name?: string }[] };
  };
  readonly accessors?: readonly { readonly count?: number }[];
  readonly materials?: readonly {
    readonly pbrMetallicRoughness?: {
      readonly baseColorFactor?: readonly number[];
      readonly baseColorTexture?: { readonly index?: number };
    };
  }[];
  readonly meshes?: readonly { readonly primitives?: readonly Primitive[] }[];
}

export interface Swatch {
  readonly name: string;
  /** A CSS colour, or null where the file does not tell one that says which is which. */
  readonly colour: string | null;
  /** Whether the model shows it when no variant was chosen. */
  readonly first: boolean;
}

/**
 * One swatch a variant. Its colour is that of the largest part that not all variants share, where nothing but a plain
 * colour tells their materials apart; a colour that two variants have helps nobody, so then none has one.
 */
export function swatchesOf(gltf: Gltf | null): Swatch[] {
  const names = gltf?.extensions?.KHR_materials_variants?.variants?.map(({ name }) => name ?? "") ?? [];
  if (!gltf) return [];
  const parts = (gltf.meshes ?? [])
    .flatMap(({ primitives }) => primitives ?? [])
    .map((part) => ({ part, materials: names.map((_, variant) => materialOf(part, variant)) }));
  const telling = parts
    .filter(({ materials }) => new Set(materials).size > 1)
    .sort((a, b) => weight(gltf, b.part) - weight(gltf, a.part))[0];
  const colours = names.map((_, variant) => colourOf(gltf, telling?.materials[variant]));
  // The same picture under different colours is one cloth in many dyes.
  const pictures = new Set(telling?.materials.map((material) => pictureOf(gltf, material)));
  const plain = !colours.includes(null) && pictures.size < 2 && new Set(colours).size === names.length;
  const first = names.findIndex((_, variant) =>
    parts.every(({ part, materials }) => materials[variant] === part.material),
  );
  const all = names.map((name, at) => ({
    name,
    colour: plain ? (colours[at] ?? null) : null,
    first: at === first,
  }));
  return all.filter(({ name }, at) => name !== "" && names.indexOf(name) === at);
}

/**
 * What shoppers read for the variant that the file calls `name`: from `metadata.colourways`, `{ name: text }`, where a text
 * is one string or one a language; else the file's own name.
 */
export function spokenName(colourways: unknown, name: string, language: string): string {
  if (typeof colourways !== "object" || colourways === null || !Object.hasOwn(colourways, name)) return name;
  return textIn((colourways as Record<string, unknown>)[name], language) ?? name;
}

function materialOf(part: Primitive, variant: number): number | undefined {
  const mappings = part.extensions?.KHR_materials_variants?.mappings ?? [];
  return mappings.find(({ variants }) => variants?.includes(variant))?.material ?? part.material;
}

function weight(gltf: Gltf, part: Primitive): number {
  return gltf.accessors?.[part.attributes?.POSITION ?? -1]?.count ?? 0;
}

function pictureOf(gltf: Gltf, material: number | undefined): number | undefined {
  return gltf.materials?.[material ?? -1]?.pbrMetallicRoughness?.baseColorTexture?.index;
}

function colourOf(gltf: Gltf, material: number | undefined): string | null {
  const painted = gltf.materials?.[material ?? -1]?.pbrMetallicRoughness;
  if (!painted) return null;
  const channels = (painted.baseColorFactor ?? [1, 1, 1]).slice(0, 3).map(encoded);
  return `rgb(${channels.join(" ")})`;
}

/** A linear share of light as the sRGB byte that screens take; the curve is IEC 61966-2-1's. */
function encoded(linear: number): number {
  const share = Math.min(Math.max(linear, 0), 1);
  const bent = share <= 0.0031308 ? share * 12.92 : 1.055 * share ** (1 / 2.4) - 0.055;
  return Math.round(bent * 255);
}
