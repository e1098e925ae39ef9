/**
 * What the service's own console works on models with: the viewer's renderer, light and camera without the shopper's
 * controls, and the code to photograph. Not part of the element.
 */

export { drawCode } from "./ar/qr.ts";
export { cameraOf, placeCamera } from "./camera.ts";
export { spotsOf } from "./controls/spot.ts";
export { swatchesOf } from "./controls/variants.ts";
export { firstOf } from "./first.ts";
export { makeModelViewer, resetCamera } from "./model-viewer.ts";
export { pictureOf } from "./picture.ts";
export { framesDrawn, show } from "./progressive.ts";
export { turnModel } from "./turning.ts";

import { defineModelViewer } from "./model-viewer.ts";

/** Makes <model-viewer> ready, the same one that the element uses. */
export const ready = (): Promise<void> => defineModelViewer(import.meta.url);
