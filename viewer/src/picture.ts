/** A picture of what a view shows. */

import type { ModelViewer } from "./model-viewer.ts";

/** Pixels drawn for one of CSS, as each view told last. */
const density = new WeakMap<EventTarget, number>();

/**
 * Remembers how finely `view` is drawn. Where the graphics card is slow, model-viewer draws what moves more coarsely
 * than what stands still, into a corner of its canvas.
 */
export function watchDensity(view: EventTarget): void {
  view.addEventListener("render-scale", (event) => {
    density.set(view, (event as CustomEvent<{ readonly renderedDpr: number }>).detail.renderedDpr);
  });
}

/**
 * The pixels that stand in `view`, and no more of its canvas, which is as large as the largest view of the page.
 * model-viewer's own toBlob cuts as if what stands still were drawn as coarsely as what moved last.
 */
export function pictureOf(view: ModelViewer): Promise<ImageBitmap> {
  const scale = density.get(view) ?? devicePixelRatio;
  const pixels = (side: number): number => Math.max(1, Math.ceil(side * scale));
  const [, encoded = ""] = view.toDataURL("image/png").split(",");
  // Not by fetch or an <img>, which a shop's CSP may keep from data URLs.
  const png = Uint8Array.from(atob(encoded), (each) => each.charCodeAt(0));
  const file = new Blob([png], { type: "image/png" });
  return createImageBitmap(file, 0, 0, pixels(view.clientWidth), pixels(view.clientHeight));
}
