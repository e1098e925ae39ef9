/** First the small model, then the full one in its place, without a blank frame and with the camera kept. */

import { cameraOf, cameraStill, placeCamera } from "./camera.ts";
import { forgetUnusedModels, type ModelViewer, makeModelViewer } from "./model-viewer.ts";
import { checkDrawn, checkMemory, overhearLoader, refusalOf } from "./renderer.ts";

/** Shows `file` in `view`, which is in the page; resolves when it has been drawn. */
export async function show(view: ModelViewer, file: Blob): Promise<void> {
  const url = URL.createObjectURL(file);
  const revealed = new Promise((resolve) =>
    view.addEventListener("poster-dismissed", resolve, { once: true }),
  );
  try {
    const loaded = settled(view);
    view.src = url;
    await loaded;
    await revealed;
    await framesDrawn();
    checkDrawn(view);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * Puts `file` in the place of what `view` shows. A twin out of sight loads it first, shaders and textures too; then
 * the view gets the same URL, which is a copy out of model-viewer's cache and takes a few frames.
 */
export async function upgrade(view: ModelViewer, file: Blob, signal: AbortSignal): Promise<void> {
  const url = URL.createObjectURL(file);
  const twin = makeModelViewer();
  twin.environmentImage = view.environmentImage;
  twin.className = "twin";
  twin.setAttribute("aria-hidden", "true");
  twin.inert = true;
  if (view.variantName) twin.variantName = view.variantName;
  try {
    const ready = settled(twin);
    twin.src = url;
    view.after(twin);
    await orAborted(ready, signal);
    await cameraStill(view);
    checkMemory(twin); // before the view takes it too: the small model stays
    signal.throwIfAborted();
    await swap(view, url);
  } finally {
    twin.remove();
    URL.revokeObjectURL(url);
    forgetUnusedModels();
  }
}

async function swap(view: ModelViewer, url: string): Promise<void> {
  const camera = cameraOf(view);
  const { paused, currentTime } = view;
  // Whether it moves is for the shopper to say, not for the second file; a preview may have had nothing to move.
  const moved = view.availableAnimations.length > 0;
  if (moved) view.toggleAttribute("autoplay", !paused);
  const beforeRender = (): void => {
    placeCamera(view, camera);
    if (!moved || currentTime === 0) return;
    if (paused) view.play(); // a time is taken only while an animation runs
    view.currentTime = currentTime;
    if (paused) view.pause();
  };
  view.addEventListener("before-render", beforeRender, { once: true });
  const loaded = settled(view);
  view.src = url;
  await loaded;
}

/** A view that was taken out of the page loads no more: what it would have told is not waited for. */
function orAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}

/** One `load` or `error` of the view, whichever comes. */
function settled(view: ModelViewer): Promise<void> {
  overhearLoader(view);
  return new Promise((resolve, reject) => {
    const both = new AbortController();
    const onLoad = (): void => {
      both.abort();
      resolve();
    };
    view.addEventListener("load", onLoad, { signal: both.signal });
    const onError = (event: Event): void => {
      const { type } = (event as CustomEvent<{ readonly type: string }>).detail;
      if (type !== "loadfailure") return;
      both.abort();
      reject(refusalOf(view.src ?? ""));
    };
    view.addEventListener("error", onError, { signal: both.signal });
  });
}

/** Two frames: one to draw, one to be sure it is on the screen. */
export function framesDrawn(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
}
