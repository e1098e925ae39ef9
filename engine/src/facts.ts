/** What is in a model, as Python's Facts wants it. */
import type { Animation, Document, Node, Primitive, Scene } from "@gltf-transform/core";
import { boundsOf } from "./bounds.ts";
import { sum, trianglesIn } from "./counting.ts";

export interface Facts {
  triangles: number;
  vertices: number;
  meshes: number;
  materials: number;
  textures: number;
  texture_max_px: number;
  animations: number;
  skins: number;
  morph_targets: number;
  /** The longest animation's length. */
  animation_s: number;
  dimensions_m: [number, number, number] | null;
  /** Where the middle of the bounding box's underside is. */
  base_m: [number, number, number] | null;
  extensions: string[];
  generator: string;
  author: string;
  license: string;
  copyright: string;
}

/** `textureSides` are the longer sides of all textures, in px. */
export function factsOf(document: Document, scene: Scene, textureSides: number[]): Facts {
  const root = document.getRoot();
  const positions = new Set(
    root
      .listMeshes()
      .flatMap((mesh) => mesh.listPrimitives().map((primitive) => primitive.getAttribute("POSITION"))),
  );
  return {
    triangles: drawnTriangles(scene),
    vertices: sum([...positions].map((accessor) => accessor?.getCount() ?? 0)),
    meshes: root.listMeshes().length,
    materials: root.listMaterials().length,
    textures: root.listTextures().length,
    texture_max_px: Math.max(0, ...textureSides),
    animations: root.listAnimations().length,
    skins: root.listSkins().length,
    morph_targets: sum(
      root
        .listMeshes()
        .map((mesh) => Math.max(0, ...mesh.listPrimitives().map((p) => p.listTargets().length))),
    ),
    animation_s: Math.max(0, ...root.listAnimations().map(lengthOf)),
    ...placed(scene),
    extensions: [],
    generator: root.getAsset().generator ?? "",
    author: "",
    license: "",
    copyright: root.getAsset().copyright ?? "",
  };
}

function drawnTriangles(scene: Scene): number {
  let triangles = 0;
  scene.traverse((node: Node) => {
    triangles += sum((node.getMesh()?.listPrimitives() ?? []).map(trianglesOf));
  });
  return triangles;
}

export function trianglesOf(primitive: Primitive): number {
  const count = (primitive.getIndices() ?? primitive.getAttribute("POSITION"))?.getCount() ?? 0;
  return trianglesIn(primitive.getMode(), count);
}

function lengthOf(animation: Animation): number {
  const ends = animation.listSamplers().map((sampler) => sampler.getInput()?.getMax([])[0] ?? 0);
  return Math.max(0, ...ends.filter(Number.isFinite));
}

function placed(scene: Scene): Pick<Facts, "dimensions_m" | "base_m"> {
  const { min, max } = boundsOf(scene);
  const size: [number, number, number] = [max[0] - min[0], max[1] - min[1], max[2] - min[2]];
  if (!size.every((side) => Number.isFinite(side) && side >= 0)) return { dimensions_m: null, base_m: null };
  return { dimensions_m: size, base_m: [(min[0] + max[0]) / 2, min[1], (min[2] + max[2]) / 2] };
}
