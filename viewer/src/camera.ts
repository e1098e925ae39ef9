/** Where the camera stands, kept while one model takes another's place. */

import type { ModelViewer } from "./model-viewer.ts";

export interface Camera {
  readonly orbit: string;
  readonly target: string;
  readonly fieldOfView: string;
}

const DEGREE = Math.PI / 180;
const STILL_MS = 200;
const STILL_AT_MOST_MS = 4_000;

export function cameraOf(view: ModelViewer): Camera {
  const { theta, phi, radius } = view.getCameraOrbit();
  const { clientWidth, clientHeight } = view;
  const framed = framedFieldOfView(view.getFieldOfView(), view.getIdealAspect(), clientWidth / clientHeight);
  return {
    orbit: `${theta}rad ${phi}rad ${radius}m`,
    target: view.getCameraTarget().toString(),
    fieldOfView: `${framed}deg`,
  };
}

export function placeCamera(view: ModelViewer, camera: Camera): void {
  view.cameraTarget = camera.target;
  view.cameraOrbit = camera.orbit;
  view.fieldOfView = camera.fieldOfView;
  view.jumpCameraToGoal();
}

/** Moves the camera by `move`, on its way for a moment, or at once for who wants little motion. */
export function glide(view: ModelViewer, move: () => void): void {
  move();
  if (wantsStillness()) view.jumpCameraToGoal();
}

export function wantsStillness(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * The field of view to ask model-viewer for, so that it uses `shown` (both vertical, degrees): in a frame narrower
 * than the model's ideal it opens what it was asked for by their ratio.
 */
export function framedFieldOfView(shown: number, idealAspect: number, aspect: number): number {
  const opened = Math.max(1, idealAspect / aspect);
  return (2 * Math.atan(Math.tan((shown / 2) * DEGREE) / opened)) / DEGREE;
}

/** Resolves once the camera has stood still a moment, so that nothing is taken out of a turning hand. */
export function cameraStill(view: ModelViewer): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      view.removeEventListener("camera-change", onChange);
      clearTimeout(limit);
      resolve();
    };
    const limit = setTimeout(done, STILL_AT_MOST_MS);
    let quiet = setTimeout(done, STILL_MS);
    const onChange = (): void => {
      clearTimeout(quiet);
      quiet = setTimeout(done, STILL_MS);
    };
    view.addEventListener("camera-change", onChange);
  });
}
