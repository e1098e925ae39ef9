/** The box that a scene fills as it stands, in metres: what is bound to a skeleton is where its joints put it. */
import { type Accessor, type bbox, getBounds, type mat4, type Node, type Scene } from "@gltf-transform/core";

/** A skinned mesh's own numbers may mean anything: quantized ones run from −1 to 1, and the joints make metres of them. */
export function boundsOf(scene: Scene): bbox {
  const bound: Node[] = [];
  scene.traverse((node) => {
    if (node.getMesh() && node.getSkin()) bound.push(node);
  });
  if (bound.length === 0) return getBounds(scene);
  const meshes = bound.map((node) => node.getMesh());
  for (const node of bound) node.setMesh(null);
  const rest = getBounds(scene);
  bound.forEach((node, index) => {
    node.setMesh(meshes[index] ?? null);
  });
  for (const node of bound) include(rest, node);
  return rest;
}

function include({ min, max }: bbox, node: Node): void {
  const joints = jointsOf(node);
  for (const primitive of node.getMesh()?.listPrimitives() ?? []) {
    const [positions, ids, weights] = ["POSITION", "JOINTS_0", "WEIGHTS_0"].map((name) =>
      primitive.getAttribute(name),
    );
    if (!positions || !ids || !weights) continue;
    for (let index = 0; index < positions.getCount(); index++) {
      const place = placeOf(index, positions, ids, weights, joints);
      for (const axis of [0, 1, 2] as const) {
        min[axis] = Math.min(min[axis], place[axis] as number);
        max[axis] = Math.max(max[axis], place[axis] as number);
      }
    }
  }
}

/** Of each joint the matrix that takes a vertex from the mesh into the scene. */
function jointsOf(node: Node): mat4[] {
  const skin = node.getSkin();
  const inverses = skin?.getInverseBindMatrices();
  return (skin?.listJoints() ?? []).map((joint, index) => {
    const world = joint.getWorldMatrix();
    return inverses ? product(world, inverses.getElement(index, [] as number[]) as mat4) : world;
  });
}

function placeOf(
  index: number,
  positions: Accessor,
  ids: Accessor,
  weights: Accessor,
  joints: mat4[],
): number[] {
  const [x = 0, y = 0, z = 0] = positions.getElement(index, [] as number[]);
  const shares = weights.getElement(index, [] as number[]);
  const place = [0, 0, 0];
  ids.getElement(index, [] as number[]).forEach((id, slot) => {
    const [m, share] = [joints[id], shares[slot] ?? 0];
    if (!m || share === 0) return;
    for (const axis of [0, 1, 2] as const) {
      const there =
        (m[axis] ?? 0) * x + (m[axis + 4] ?? 0) * y + (m[axis + 8] ?? 0) * z + (m[axis + 12] ?? 0);
      place[axis] = (place[axis] ?? 0) + share * there;
    }
  });
  return place;
}

/** a × b, both by columns. */
function product(a: mat4, b: mat4): mat4 {
  return Array.from({ length: 16 }, (_, at) => {
    const [column, row] = [Math.floor(at / 4) * 4, at % 4];
    return [0, 1, 2, 3].reduce((total, k) => total + (a[row + 4 * k] ?? 0) * (b[column + k] ?? 0), 0);
  }) as mat4;
}
