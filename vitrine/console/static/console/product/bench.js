/** The viewer's renderer, light and camera, for the tools that work on a model. Loaded when the first of them is opened. */

import { need } from "../page.js";
import { word } from "../words.js";

let loading = null;

export function workbench() {
  loading ??= import("/viewer/workbench.js");
  return loading;
}

export const models = () => JSON.parse(need("#models").textContent);

/** The one that shoppers on desktops see; a version that was only sent has its own file. */
export function mainModel() {
  const all = models();
  return all.find(({ kind }) => kind === "web") ?? all[0];
}

/** A <model-viewer> in `place` that shows the file at `url`; it is ready when this resolves. */
export async function open(place, url, signal, dressed = () => {}) {
  const bench = await workbench();
  await bench.ready();
  signal.throwIfAborted();
  const view = bench.makeModelViewer();
  view.setAttribute("camera-controls", "");
  view.setAttribute("touch-action", "none");
  view.className = "bench-view";
  dressed(view, bench);
  place.append(view);
  signal.addEventListener("abort", () => view.remove(), { once: true });
  const answer = await fetch(url, { signal, credentials: "same-origin" });
  if (!answer.ok) throw new Error(word("cannot-load"));
  await bench.show(view, await answer.blob());
  signal.throwIfAborted();
  return { view, bench };
}

export function hasWebgl() {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}

const DEGREES = 180 / Math.PI;

/** Where the camera stands, in the words of the product's metadata; the way in metres. */
export function frameOf(view, bench) {
  const { theta, phi, radius } = view.getCameraOrbit();
  const { x, y, z } = view.getCameraTarget();
  return {
    orbit: `${short(theta * DEGREES, 2)}deg ${short(phi * DEGREES, 2)}deg ${short(radius, 5)}m`,
    target: [x, y, z].map((each) => `${short(each, 5)}m`).join(" "),
    fov: `${short(Number.parseFloat(bench.cameraOf(view).fieldOfView), 2)}deg`,
  };
}

/** A number without exponent and without needless digits. */
export const short = (value, digits) => String(Number(value.toFixed(digits)));
