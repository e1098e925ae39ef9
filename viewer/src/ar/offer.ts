/** Which AR this device gets for this product: one kind, its link, or the reason why not. Pure. */

import type { Product } from "../product.ts";
import type { Device } from "./device.ts";
import { quickLookHref } from "./quick-look.ts";
import { sceneViewerIntent } from "./scene-viewer.ts";

export type ArKind = "webxr" | "scene-viewer" | "quick-look";

export type Offer =
  | { readonly kind: "webxr" }
  | { readonly kind: "scene-viewer" | "quick-look"; readonly href: string }
  | { readonly kind: "unavailable"; readonly hint: "safari" | "chrome" | null };

export interface Circumstances {
  readonly webxr: boolean;
  /** The address of the page the shopper is on. */
  readonly page: string;
}

const NONE: Offer = { kind: "unavailable", hint: null };

export function offerFor(product: Product, device: Device, { webxr, page }: Circumstances): Offer {
  if (!product.ar_enabled) return NONE;
  const { ios, android } = product.variants ?? {};
  if (device.inApp) return { kind: "unavailable", hint: device.os === "ios" ? "safari" : "chrome" };
  if (webxr) return { kind: "webxr" };
  const trueSize = hasTrueSize(product);
  const usdz = ios?.url ?? (product.format === "usdz" ? product.model_3d_url : null);
  if (device.quickLook && usdz) return { kind: "quick-look", href: quickLookHref(usdz, page, trueSize) };
  if (device.sceneViewer && android) {
    const showing = { file: android.url, title: product.name, page, trueSize };
    return { kind: "scene-viewer", href: sceneViewerIntent(showing) };
  }
  return NONE;
}

/**
 * Whether the measured size is one a thing in a room can have, so that AR may hold it fixed. A model in the wrong
 * unit (a chair of 90 m) must stay resizable, or nobody could see it.
 */
export function hasTrueSize({ dimensions_m }: Product): boolean {
  if (!dimensions_m?.length) return false;
  const longest = Math.max(...dimensions_m);
  return longest >= 0.02 && longest <= 5;
}
