/** What a product's metadata says about its AR: anybody's JSON, so each part is looked at before it is used. */

import type { Product } from "../product.ts";

export type Placement = "floor" | "wall";

/** The keys of `metadata.ar`; texts that are none, and addresses that are not https, are left out. */
export interface Banner {
  readonly subtitle: string | null;
  readonly price: string | null;
  readonly callToAction: string | null;
  readonly custom: string | null;
  readonly customHeight: string | null;
}

export function placementOf(product: Product): Placement {
  return arOf(product).placement === "wall" ? "wall" : "floor";
}

/**
 * Whether the measured size is one a thing in a room can have, so that AR may hold it fixed. A model in the wrong
 * unit (a chair of 90 m) must stay resizable, or nobody could see it.
 */
export function hasTrueSize({ dimensions_m }: Pick<Product, "dimensions_m">): boolean {
  if (!dimensions_m?.length) return false;
  const longest = Math.max(...dimensions_m);
  return longest >= 0.02 && longest <= 5;
}

/** What model-viewer is told for a WebXR session. */
export function sessionWishes(product: Product): Readonly<Record<string, string>> {
  return {
    ar: "",
    "ar-placement": placementOf(product),
    "ar-scale": hasTrueSize(product) ? "fixed" : "auto",
  };
}

/** Null when the product asks for no banner: neither a button nor a page of its own. */
export function bannerOf(product: Product, language: string): Banner | null {
  const ar = arOf(product);
  const callToAction = text(ar.callToAction);
  const page = text(ar.custom);
  const custom = page?.startsWith("https://") ? page : null;
  if (!callToAction && !custom) return null;
  const height = text(ar.customHeight);
  return {
    subtitle: text(ar.subtitle) ?? text(product.metadata?.brand),
    price: priceOf(product, language),
    callToAction,
    custom,
    customHeight: height && /^(small|medium|large)$/.test(height) ? height : null,
  };
}

/** From `price: 249`, `price: "249"` beside `currency`, or `price: {amount, currency}`, in the page's language. */
function priceOf({ metadata = {} }: Product, language: string): string | null {
  const { price } = metadata;
  const { amount, currency } = isTable(price) ? price : { amount: price, currency: metadata.currency };
  const [sum, unit] = [text(amount), text(currency)];
  if (!sum || !unit) return sum;
  try {
    return new Intl.NumberFormat(language, { style: "currency", currency: unit }).format(
      sum as unknown as number,
    );
  } catch {
    return `${sum} ${unit}`; // no currency that Intl knows, or no number
  }
}

function arOf({ metadata }: Product): Readonly<Record<string, unknown>> {
  return isTable(metadata?.ar) ? metadata.ar : {};
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | null {
  const plain = typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
  return plain || null;
}
