/** What a GLB's JSON says of its size: triangles as drawn, vertices as stored. */
import type { Json, Primitive } from "./glb.ts";

export interface Counts {
  triangles: number;
  vertices: number;
  draws: number;
}

/** Triangles and draw calls count each node that draws a mesh; vertices count each mesh once. */
export function countGlb(json: Json): Counts {
  const meshes = (json.meshes ?? []).map((mesh) => ({
    triangles: sum(mesh.primitives.map((primitive) => trianglesOf(primitive, json))),
    draws: mesh.primitives.length,
  }));
  let triangles = 0;
  let draws = 0;
  const pending = [...(json.scenes?.[json.scene ?? 0]?.nodes ?? [])];
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    const node = json.nodes?.[index];
    const mesh = node?.mesh === undefined ? undefined : meshes[node.mesh];
    triangles += mesh?.triangles ?? 0;
    draws += mesh?.draws ?? 0;
    pending.push(...(node?.children ?? []));
  }
  return { triangles, vertices: countVertices(json), draws };
}

function countVertices(json: Json): number {
  const positions = new Set<number>();
  for (const mesh of json.meshes ?? []) {
    for (const primitive of mesh.primitives) {
      if (primitive.attributes.POSITION !== undefined) positions.add(primitive.attributes.POSITION);
    }
  }
  return sum([...positions].map((index) => json.accessors?.[index]?.count ?? 0));
}

function trianglesOf(primitive: Primitive, json: Json): number {
  const accessor = json.accessors?.[primitive.indices ?? primitive.attributes.POSITION ?? -1];
  return trianglesIn(primitive.mode ?? 4, accessor?.count ?? 0);
}

/** `mode` as in glTF: 4 triangles, 5 strip, 6 fan; anything else draws none. */
export function trianglesIn(mode: number, count: number): number {
  if (mode === 4) return Math.floor(count / 3);
  return mode === 5 || mode === 6 ? Math.max(0, count - 2) : 0;
}

export function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
