/** Counts what a hand does on the model itself: one turning or zooming a gesture, however many frames it lasts. */

import type { Interaction } from "../host.ts";
import type { Tools } from "./tools.ts";

/** Wheel turns and key presses closer together than this are one gesture. */
const PAUSE_MS = 600;
const LEAST = { angle: 0.01, share: 0.01 };

export function watchGestures({ view, signal, told }: Tools): void {
  let since = -PAUSE_MS;
  let start = stand();
  const open = new Set<Interaction>();
  function stand(): { angle: number; tilt: number; reach: number } {
    const { theta, phi, radius } = view.getCameraOrbit();
    return { angle: theta, tilt: phi, reach: radius * Math.tan((view.getFieldOfView() * Math.PI) / 360) };
  }
  const begin = ({ type }: Event): void => {
    const before = since;
    since = performance.now();
    if (type !== "pointerdown" && since - before < PAUSE_MS) return;
    start = stand();
    open.add("rotate").add("zoom");
  };
  // The buttons move the camera by events of their own, inside the view: those never get here.
  for (const name of ["pointerdown", "wheel", "keydown"]) {
    view.addEventListener(name, begin, { signal, passive: true });
  }
  const moved = (event: Event): void => {
    const { source } = (event as CustomEvent<{ readonly source: string }>).detail;
    if (source !== "user-interaction" || open.size === 0) return;
    const now = stand();
    const turned = Math.abs(now.angle - start.angle) + Math.abs(now.tilt - start.tilt) > LEAST.angle;
    if (turned && open.delete("rotate")) told("rotate");
    if (Math.abs(now.reach / start.reach - 1) > LEAST.share && open.delete("zoom")) told("zoom");
  };
  view.addEventListener("camera-change", moved, { signal });
}
