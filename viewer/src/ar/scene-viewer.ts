/** Android's Scene Viewer: an intent that opens Google's app with a file of our choosing. */

import type { Product } from "../product.ts";
import { withoutHash } from "./address.ts";
import { hasTrueSize, placementOf } from "./wishes.ts";

/** The hash Android comes back with when no Scene Viewer is installed. */
export const NO_SCENE_VIEWER = "#vitrine-no-ar";

/** Below this, the depth that phones guess is as coarse as the thing itself, and the room would cover parts of it. */
const SMALL_M = 0.3;

export interface Showing {
  /** Absolute URL of the `android` file: core glTF with PNG or JPEG. */
  readonly file: string;
  /** Where the shopper came from, offered as a link inside the app. */
  readonly page: string;
}

export function sceneViewerIntent(product: Product, { file, page }: Showing): string {
  const link = withoutHash(page);
  const wall = placementOf(product) === "wall";
  const query = new URLSearchParams({
    file,
    mode: "ar_preferred",
    title: product.name,
    link,
    resizable: String(!hasTrueSize(product)),
    ...(wall ? { enable_vertical_placement: "true" } : {}),
    ...(wall || isSmall(product) ? { disable_occlusion: "true" } : {}),
  });
  // The app reads %20, not the + of forms.
  const asked = query.toString().replaceAll("+", "%20");
  const fallback = encodeURIComponent(link + NO_SCENE_VIEWER);
  return (
    `intent://arvr.google.com/scene-viewer/1.2?${asked}#Intent;scheme=https;` +
    "package=com.google.android.googlequicksearchbox;action=android.intent.action.VIEW;" +
    `S.browser_fallback_url=${fallback};end;`
  );
}

function isSmall(product: Product): boolean {
  return hasTrueSize(product) && Math.max(...(product.dimensions_m ?? [])) < SMALL_M;
}

/** Calls `missing` when Android sends the page back for want of the app, and tidies the address. */
export function watchForMissingApp(missing: () => void, signal: AbortSignal): void {
  const heard = new AbortController();
  signal.addEventListener("abort", () => heard.abort(), { once: true, signal: heard.signal });
  const onHash = (): void => {
    if (location.hash !== NO_SCENE_VIEWER) return;
    heard.abort();
    history.back();
    missing();
  };
  addEventListener("hashchange", onHash, { signal: heard.signal });
}
