/** The part of <model-viewer> that we use, and how we load it: unbundled, from our own folder, decoders too. */

import type { Gltf } from "./controls/variants.ts";
import type { First } from "./first.ts";
import { watchDensity } from "./picture.ts";
import scene from "./scene.json" with { type: "json" };

export interface Orbit {
  readonly theta: number;
  readonly phi: number;
  readonly radius: number;
}

export interface Vector {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** The public face of the element, as far as we look at it. Angles in radians, fields of view in degrees. */
export interface ModelViewer extends HTMLElement {
  src: string | null;
  cameraOrbit: string;
  cameraTarget: string;
  fieldOfView: string;
  environmentImage: string | null;
  exposure: number;
  currentTime: number;
  variantName: string | null;
  animationName: string | null | undefined;
  readonly updateComplete: Promise<unknown>;
  readonly originalGltfJson: Gltf | null;
  readonly loaded: boolean;
  readonly paused: boolean;
  readonly availableAnimations: readonly string[];
  /** What lies on the surface under a point of the page, in metres. */
  positionAndNormalFromPoint(
    x: number,
    y: number,
  ): { readonly position: Vector; readonly normal: Vector } | null;
  updateFraming(): Promise<void>;
  toDataURL(type?: string): string;
  /** Of the box round the model, in metres. */
  getBoundingBoxCenter(): Vector;
  getDimensions(): Vector;
  updateHotspot(spot: { readonly name: string; readonly position: string }): void;
  queryHotspot(name: string): { readonly canvasPosition: Vector } | null;
  getCameraOrbit(): Orbit;
  getCameraTarget(): { toString(): string };
  getFieldOfView(): number;
  getIdealAspect(): number;
  jumpCameraToGoal(): void;
  zoom(keyPresses: number): void;
  play(): void;
  pause(): void;
  activateAR(): Promise<void>;
}

interface Locations {
  dracoDecoderLocation: string;
  ktx2TranscoderLocation: string;
  meshoptDecoderLocation: string;
  lottieLoaderLocation: string;
}

type Constructor = CustomElementConstructor & Locations & { modelCacheSize: number };

declare global {
  /** Names of files that the build put beside this one; put in by it. */
  const __MODEL_VIEWER__: string;
  const __MESHOPT__: string;
  const __DRACO__: string;
}

function modelViewerClass(): Constructor | undefined {
  return customElements.get("model-viewer") as Constructor | undefined;
}

/**
 * Makes <model-viewer> ready, with decoders from `base` and never from a third party. A page that brought its own
 * keeps it and its settings; only meshopt, which is off until told, is switched on.
 */
export async function defineModelViewer(base: string): Promise<void> {
  const at = (file: string): string => new URL(file, base).href;
  const settings: Locations = {
    dracoDecoderLocation: at(__DRACO__),
    meshoptDecoderLocation: at(__MESHOPT__),
    // Neither is served: KTX2 needs 'unsafe-eval' and is refused before it gets here, Lottie is not used.
    ktx2TranscoderLocation: at("none/"),
    lottieLoaderLocation: at("none.js"),
  };
  const page = self as unknown as { ModelViewerElement?: Partial<Locations> };
  page.ModelViewerElement = { ...settings, ...page.ModelViewerElement };
  const present = modelViewerClass();
  if (present) present.meshoptDecoderLocation ||= settings.meshoptDecoderLocation;
  else await importOnce(at(__MODEL_VIEWER__));
}

/** A second try under a new address, since a browser may remember that the first one failed. */
async function importOnce(url: string): Promise<void> {
  try {
    await import(url);
  } catch {
    // The page's own copy may have come first: then there is nothing to try again.
    if (!modelViewerClass()) await import(`${url}?again`);
  }
}

/** Lets go of every model that no element shows any more. */
export function forgetUnusedModels(): void {
  const present = modelViewerClass();
  if (present) present.modelCacheSize = 0;
}

/** A <model-viewer> that frames and lights as the poster was: both read scene.json, and what was chosen for the product. */
export function makeModelViewer(first: First = {}): ModelViewer {
  const view = document.createElement("model-viewer") as ModelViewer;
  Object.assign(view, scene, first);
  view.setAttribute("loading", "eager");
  view.setAttribute("interaction-prompt", "none");
  watchDensity(view);
  return view;
}

export function resetCamera(view: ModelViewer, first: First = {}): void {
  view.fieldOfView = first.fieldOfView ?? scene.fieldOfView;
  view.cameraTarget = first.cameraTarget ?? "auto auto auto";
  view.cameraOrbit = first.cameraOrbit ?? scene.cameraOrbit;
}
