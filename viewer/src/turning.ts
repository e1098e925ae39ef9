/** Turns the model itself before the camera, to try how it should stand. */

import type { ModelViewer } from "./model-viewer.ts";

interface InnerScene {
  readonly models: readonly {
    readonly rotation: { set(x: number, y: number, z: number, order: "YXZ"): void };
  }[];
  updateBoundingBox(): void;
  updateShadow(): void;
}

/**
 * By radians about z, then x, then y, and frames it anew. Not by model-viewer's own `orientation`: changed after loading
 * and outside of AR, 4.4.0 throws for want of a scene to put AR's menu into.
 */
export async function turnModel(view: ModelViewer, x: number, y: number, z: number): Promise<void> {
  const symbol = Object.getOwnPropertySymbols(view).find(({ description }) => description === "scene");
  if (symbol === undefined) throw new Error("this model-viewer keeps its scene elsewhere");
  const scene = (view as unknown as Record<symbol, InnerScene>)[symbol];
  for (const { rotation } of scene?.models ?? []) rotation.set(x, y, z, "YXZ");
  scene?.updateBoundingBox();
  scene?.updateShadow();
  await view.updateFraming();
  view.jumpCameraToGoal();
}
