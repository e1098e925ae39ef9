/** The bar of buttons under the model: everything a hand can do with drag and pinch, for keys and single taps too. */

import { icon, node } from "./dom.ts";
import { type ModelViewer, resetCamera } from "./model-viewer.ts";
import type { Words } from "./words.ts";

const TURN = Math.PI / 6;
const UNDERWAY_MS = 500;
const ZOOM_STEPS = 5; // of model-viewer's own, each about 4 %

const ICONS = {
  left: "M11 6.5c5.5 0 10 2 10 4.7s-4.5 4.8-10 4.8H6.5M9.8 12.5L6.3 16l3.5 3.5",
  right: "M13 6.5c-5.5 0-10 2-10 4.7s4.5 4.8 10 4.8h4.5M14.2 12.5L17.7 16l-3.5 3.5",
  closer: "M12 5v14M5 12h14",
  farther: "M5 12h14",
  reset: "M4.5 4.5v5h5M4.9 9.5a7.6 7.6 0 1 1-.5 4",
  play: "M8.5 5.5v13l10-6.5z",
  pause: "M9 5.5v13M15 5.5v13",
};

type Sign = keyof typeof ICONS;

/** The bar, working on `view`. The play button shows only for models that move; call `refresh` after each model. */
export function makeControls(view: ModelViewer, words: Words): { bar: HTMLElement; refresh: () => void } {
  const turn = turner(view);
  const player = button("play", words.play, () => {
    if (view.paused) view.play();
    else view.pause();
    refresh();
  });
  const bar = node(
    "div",
    { class: "bar", part: "bar", role: "group", "aria-label": words.controls },
    button("left", words.left, () => turn(TURN)),
    button("right", words.right, () => turn(-TURN)),
    button("closer", words.closer, () => view.zoom(ZOOM_STEPS)),
    button("farther", words.farther, () => view.zoom(-ZOOM_STEPS)),
    button("reset", words.reset, () => resetCamera(view)),
    player,
  );
  const refresh = (): void => {
    const sign = view.paused ? "play" : "pause";
    player.hidden = view.availableAnimations.length === 0;
    player.setAttribute("aria-label", words[sign]);
    player.title = words[sign];
    player.replaceChildren(icon(ICONS[sign]));
  };
  refresh();
  return { bar, refresh };
}

/** Turns the camera by an angle, to its right for a positive one; presses in quick succession add up, though the camera is still on its way. */
function turner(view: ModelViewer): (angle: number) => void {
  let goal = 0;
  let pressed = Number.NEGATIVE_INFINITY;
  return (angle) => {
    const { theta, phi, radius } = view.getCameraOrbit();
    const underway = performance.now() - pressed < UNDERWAY_MS;
    goal = (underway ? goal : theta) + angle;
    pressed = performance.now();
    view.cameraOrbit = `${goal}rad ${phi}rad ${radius}m`;
  };
}

function button(sign: Sign, label: string, press: () => void): HTMLButtonElement {
  const attributes = { type: "button", part: "button", "aria-label": label, title: label };
  const made = node("button", attributes, icon(ICONS[sign]));
  made.addEventListener("click", press);
  return made;
}
