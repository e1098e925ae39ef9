/** What is in a model, as Python's Facts wants it. */
import { type Document, getBounds, type Node, type Primitive, type Scene } from "@gltf-transform/core";
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
  dimensions_m: [number, number, number] | null;
  extensions: string[];
  generator: string;
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
    dimensions_m: dimensions(scene),
    extensions: [],
    generator: root.getAsset().generator ?? "",
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

function dimensions(scene: Scene): [number, number, number] | null {
  const { min, max } = getBounds(scene);
  const size = [0, 1, 2].map((axis) => (max[axis] ?? 0) - (min[axis] ?? 0)) as [number, number, number];
  return size.every((side) => Number.isFinite(side) && side >= 0) ? size : null;
}
