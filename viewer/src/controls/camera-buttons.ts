/** Turning, coming closer and going back to the start, by single presses. */

import { glide } from "../camera.ts";
import { node } from "../dom.ts";
import { firstOf } from "../first.ts";
import { resetCamera } from "../model-viewer.ts";
import { button } from "./button.ts";
import type { Tools } from "./tools.ts";

const TURN = Math.PI / 6;
const UNDERWAY_MS = 500;
const ZOOM_STEPS = 5; // of model-viewer's own, each about 4 %

/** Left and right as one sees them: in a page written from right to left too. */
export function rotateButtons(tools: Tools): HTMLElement {
  const turn = turner(tools);
  return node(
    "span",
    { class: "pair", dir: "ltr" },
    button("left", tools.words.left, () => turn(TURN)),
    button("right", tools.words.right, () => turn(-TURN)),
  );
}

export function zoomButtons({ view, words, told }: Tools): HTMLElement {
  const zoom = (steps: number): void => {
    glide(view, () => view.zoom(steps));
    told("zoom");
  };
  return node(
    "span",
    { class: "pair" },
    button("closer", words.closer, () => zoom(ZOOM_STEPS)),
    button("farther", words.farther, () => zoom(-ZOOM_STEPS)),
  );
}

export function reset({ host, view, told }: Tools): void {
  glide(view, () => resetCamera(view, firstOf(host.product.metadata?.view)));
  told("reset");
}

/** Turns the camera by an angle, to its right for a positive one; presses in quick succession add up, though the camera is still on its way. */
function turner({ view, told }: Tools): (angle: number) => void {
  let goal = 0;
  let pressed = Number.NEGATIVE_INFINITY;
  return (angle) => {
    const { theta, phi, radius } = view.getCameraOrbit();
    const underway = performance.now() - pressed < UNDERWAY_MS;
    goal = (underway ? goal : theta) + angle;
    pressed = performance.now();
    glide(view, () => {
      view.cameraOrbit = `${goal}rad ${phi}rad ${radius}m`;
    });
    told("rotate");
  };
}
