/** Small wrongs that are put right on the way in. `vitrine/pipeline/verdicts.py` says which the gate lets through. */
import type { Accessor, Document } from "@gltf-transform/core";
import type { Json } from "./glb.ts";

type Row = Record<string, unknown>;

/** In the JSON, before any library reads it: undeclared extensions and factors out of their range. */
export function repairJson(json: Json): void {
  const used = new Set(json.extensionsUsed ?? []);
  collectExtensions(json, used, 0);
  if (used.size > 0) json.extensionsUsed = [...used].sort();
  for (const material of (json.materials ?? []) as Row[]) clampMaterial(material);
}

const DEEPEST = 32;

function collectExtensions(value: unknown, into: Set<string>, depth: number): void {
  if (typeof value !== "object" || value === null || depth > DEEPEST) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === "extras") continue;
    if (key === "extensions" && typeof inner === "object" && inner !== null) {
      for (const name of Object.keys(inner)) into.add(name);
    }
    collectExtensions(inner, into, depth + 1);
  }
}

function clampMaterial(material: Row): void {
  const metallicRoughness = (material.pbrMetallicRoughness ?? {}) as Row;
  for (const key of ["metallicFactor", "roughnessFactor", "baseColorFactor"]) clamp(metallicRoughness, key);
  clamp(material, "emissiveFactor");
  clamp((material.occlusionTexture ?? {}) as Row, "strength");
  if (typeof material.alphaCutoff === "number" && material.alphaCutoff < 0) material.alphaCutoff = 0;
  for (const extension of Object.values((material.extensions ?? {}) as Record<string, Row>)) {
    for (const key of Object.keys(extension)) if (UNIT_FACTORS.test(key)) clamp(extension, key);
  }
}

const UNIT_FACTORS =
  /^(transmission|clearcoat|clearcoatRoughness|sheenRoughness|sheenColor|iridescence|specular)Factor$/;

function clamp(holder: Row, key: string): void {
  const value = holder[key];
  const one = (number: number) => Math.min(1, Math.max(0, number));
  if (typeof value === "number") holder[key] = one(value);
  if (Array.isArray(value))
    holder[key] = value.map((number) => (typeof number === "number" ? one(number) : number));
}

/** In the document: directions one long, weights that add up to 1, tangents whose sign is a sign. */
export function repairDocument(document: Document): void {
  for (const node of document.getRoot().listNodes()) {
    const rotation = node.getRotation();
    const length = Math.hypot(...rotation);
    if (Math.abs(length - 1) > 1e-4) {
      node.setRotation(
        length > 0 ? (rotation.map((part) => part / length) as typeof rotation) : [0, 0, 0, 1],
      );
    }
  }
  for (const primitive of document
    .getRoot()
    .listMeshes()
    .flatMap((mesh) => mesh.listPrimitives())) {
    unitLength(primitive.getAttribute("NORMAL"));
    const tangents = primitive.getAttribute("TANGENT");
    if (tangents && !signsHold(tangents)) primitive.setAttribute("TANGENT", null);
    else unitLength(tangents);
    addUpToOne(primitive.getAttribute("WEIGHTS_0"), primitive.getAttribute("WEIGHTS_1"));
  }
}

function unitLength(accessor: Accessor | null): void {
  const array = accessor?.getArray();
  if (!accessor || !(array instanceof Float32Array)) return;
  const width = accessor.getElementSize();
  for (let at = 0; at < array.length; at += width) {
    const [x, y, z] = [array[at] as number, array[at + 1] as number, array[at + 2] as number];
    const length = Math.hypot(x, y, z);
    if (Math.abs(length - 1) < 0.001) continue;
    array[at] = length > 0 ? x / length : 0;
    array[at + 1] = length > 0 ? y / length : 1;
    array[at + 2] = length > 0 ? z / length : 0;
  }
}

function signsHold(tangents: Accessor): boolean {
  const array = tangents.getArray();
  if (!(array instanceof Float32Array)) return true;
  for (let at = 3; at < array.length; at += 4) if (Math.abs(array[at] as number) !== 1) return false;
  return true;
}

function addUpToOne(first: Accessor | null, second: Accessor | null): void {
  const parts = [first?.getArray(), second?.getArray()].filter((array) => array instanceof Float32Array);
  for (let at = 0; at < (parts[0]?.length ?? 0); at += 4) {
    let total = 0;
    for (const part of parts) for (let c = 0; c < 4; c++) total += part[at + c] ?? 0;
    if (total <= 0 || Math.abs(total - 1) < 0.001) continue;
    for (const part of parts) for (let c = 0; c < 4; c++) part[at + c] = (part[at + c] ?? 0) / total;
  }
}
