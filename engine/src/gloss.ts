/** How much a picture suffers when a normal map is off: a mirror shows each fault, chalk hides it. */
import { Material, type Texture } from "@gltf-transform/core";
import { decode, resize } from "./pixels.ts";

const LIMIT_PX = 8192 * 8192;
const SAMPLE_PX = 64;
const LEAST = 0.08;

/** 1 for a polished metal, 0.08 for a rough dielectric; the glossiest material that uses the map decides. */
export async function glossUnder(normals: Texture): Promise<number> {
  const materials = normals.listParents().filter((parent) => parent instanceof Material);
  const found = await Promise.all(materials.map(glossOf));
  // A map of a coat's normals has no core material slot: a coat is glossy.
  return found.length > 0 ? Math.max(...found) : 1;
}

async function glossOf(material: Material): Promise<number> {
  const strength = Math.min(1, Math.max(0.25, material.getNormalScale()));
  const special = material.listExtensions().some((extension) => GLOSSY.test(extension.extensionName));
  if (special) return strength;
  const [metal, rough] = [material.getMetallicFactor(), material.getRoughnessFactor()];
  const image = material.getMetallicRoughnessTexture()?.getImage();
  if (!image) return strength * response(metal, rough);
  const raster = await decode(image, false, LIMIT_PX);
  const small = await resize(raster, Math.min(SAMPLE_PX, raster.width), Math.min(SAMPLE_PX, raster.height));
  const values: number[] = [];
  for (let at = 0; at < small.data.length; at += small.channels) {
    values.push(
      response((metal * (small.data[at + 2] ?? 0)) / 255, (rough * (small.data[at + 1] ?? 0)) / 255),
    );
  }
  values.sort((a, b) => a - b);
  return strength * (values[Math.floor(values.length * 0.75)] ?? 1);
}

const GLOSSY = /^KHR_materials_(clearcoat|transmission|iridescence|anisotropy|specular)$/;

/** Metals show their surroundings; of what else there is only the polished does, and a little less. */
function response(metal: number, rough: number): number {
  return Math.max(LEAST, metal + (1 - metal) * (LEAST + 0.6 * (1 - rough) ** 2));
}
