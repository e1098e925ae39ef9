/** Which AR this device gets for this product: one kind, its link, or the reason why not. Pure. */

import type { Product } from "../product.ts";
import { isLoopback } from "./address.ts";
import type { Device } from "./device.ts";
import { quickLookHref } from "./quick-look.ts";
import { sceneViewerIntent } from "./scene-viewer.ts";

/**
 * Why there is no AR here:
 * - `disabled`: the product has it switched off.
 * - `no-file`: the product has no file for this kind of device.
 * - `in-app-browser`: the page is shown inside another app; the phone's own browser could.
 * - `no-secure-context`: this phone's AR needs https, and the page or the file comes by http.
 * - `blocked-by-frame`: the page around this frame does not let it: `allow="xr-spatial-tracking"` is missing.
 * - `desktop`: there is no camera to walk around with; a QR code leads to the phone.
 * - `unsupported`: this browser, or this device, has no AR.
 */
export type ArReason =
  | "disabled"
  | "no-file"
  | "in-app-browser"
  | "no-secure-context"
  | "blocked-by-frame"
  | "desktop"
  | "unsupported";

/** Whether WebXR can be had, or which of the reasons keeps it away. */
export type XRSupport = "yes" | "unsupported" | "no-secure-context" | "blocked-by-frame";

export type Offer =
  | { readonly kind: "webxr" }
  | { readonly kind: "scene-viewer" | "quick-look"; readonly href: string }
  | {
      readonly kind: "unavailable";
      readonly reason: ArReason;
      /** The browser of this phone that could. */
      readonly browser?: "safari" | "chrome";
    };

export interface Circumstances {
  readonly xr: XRSupport;
  /** The address of the page the shopper is on. */
  readonly page: string;
  /** A BCP 47 tag, for the price in Quick Look's banner. */
  readonly language: string;
}

export function offerFor(product: Product, device: Device, circumstances: Circumstances): Offer {
  const { xr, page, language } = circumstances;
  if (!product.ar_enabled) return no("disabled");
  if (device.inApp) {
    return { ...no("in-app-browser"), browser: device.os === "ios" ? "safari" : "chrome" };
  }
  if (xr === "yes") return { kind: "webxr" };
  if (device.quickLook) {
    const usdz = usdzOf(product);
    return usdz
      ? { kind: "quick-look", href: quickLookHref(product, usdz, { page, language }) }
      : no("no-file");
  }
  if (device.sceneViewer) {
    const file = product.variants?.android?.url;
    if (!file) return no("no-file");
    return reachable(file)
      ? { kind: "scene-viewer", href: sceneViewerIntent(product, { file, page }) }
      : no("no-secure-context");
  }
  return without(product, device, xr);
}

type Unavailable = Extract<Offer, { readonly kind: "unavailable" }>;

function no(reason: ArReason): Unavailable {
  return { kind: "unavailable", reason };
}

function without(product: Product, device: Device, xr: XRSupport): Unavailable {
  if (device.os === "other") {
    const somewhere = usdzOf(product) ?? product.variants?.android ?? product.variants?.web;
    return no(somewhere ? "desktop" : "no-file");
  }
  const reason = xr === "yes" || device.os === "ios" ? "unsupported" : xr;
  // Android's other browsers have neither WebXR nor Scene Viewer, but Chrome is on the same phone.
  const elsewhere = device.os === "android" && reason === "unsupported";
  return elsewhere ? { ...no(reason), browser: "chrome" } : no(reason);
}

function usdzOf({ variants, format, model_3d_url }: Product): string | null {
  return variants?.ios?.url ?? (format === "usdz" ? model_3d_url : null);
}

/** Scene Viewer fetches by https only. A phone never sees another machine's localhost: that is for our tests. */
function reachable(file: string): boolean {
  const { protocol, hostname } = new URL(file);
  return protocol === "https:" || isLoopback(hostname);
}
