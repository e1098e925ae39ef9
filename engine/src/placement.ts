/** Turning, scaling and standing up a model that was exported wrongly: one node above all others, nothing rewritten. */
import type { Document, Scene, vec3, vec4 } from "@gltf-transform/core";
import { boundsOf } from "./bounds.ts";

export interface Placement {
  /** Degrees about x, y and z. Applied about z first, then x, then y, as <model-viewer>'s `orientation` is. */
  turn: [number, number, number];
  scale: number;
  /** Put the middle of the underside at the origin. */
  ground: boolean;
}

export function place(document: Document, scene: Scene, { turn, scale, ground }: Placement): void {
  const node = document.createNode("Placement");
  for (const child of scene.listChildren()) {
    scene.removeChild(child);
    node.addChild(child);
  }
  scene.addChild(node.setRotation(rotationOf(turn)).setScale([scale, scale, scale]));
  if (!ground) return;
  const { min, max } = boundsOf(scene);
  const base: vec3 = [-(min[0] + max[0]) / 2, -min[1], -(min[2] + max[2]) / 2];
  if (base.every(Number.isFinite)) node.setTranslation(base);
}

/** The quaternion of y · x · z. */
export function rotationOf([x, y, z]: Placement["turn"]): vec4 {
  const half = (degrees: number): [number, number] => {
    const angle = (degrees * Math.PI) / 360;
    return [Math.sin(angle), Math.cos(angle)];
  };
  const [[sx, cx], [sy, cy], [sz, cz]] = [half(x), half(y), half(z)];
  return [
    cy * sx * cz + sy * cx * sz,
    sy * cx * cz - cy * sx * sz,
    cy * cx * sz - sy * sx * cz,
    cy * cx * cz + sy * sx * sz,
  ];
}
