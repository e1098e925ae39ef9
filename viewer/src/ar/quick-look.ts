/** Apple's Quick Look: a link with rel="ar". Safari wants an image as its first child, and at most two children. */

import type { Product } from "../product.ts";
import { withoutHash } from "./address.ts";
import { bannerOf, hasTrueSize } from "./wishes.ts";

/** What Safari posts to the link when the banner's button is tapped. */
const TAPPED = "_apple_ar_quicklook_button_tapped";

export interface Visit {
  /** The page that Quick Look shares, without its hash. */
  readonly page: string;
  readonly language: string;
}

/** The file's address with Apple's wishes in its fragment: fixed size, what to share, and the banner if there is one. */
export function quickLookHref(product: Product, file: string, { page, language }: Visit): string {
  const banner = bannerOf(product, language);
  const wishes: Record<string, string | null> = {
    allowsContentScaling: hasTrueSize(product) ? "0" : "1",
    canonicalWebPageURL: withoutHash(page),
  };
  if (banner?.custom) Object.assign(wishes, { custom: banner.custom, customHeight: banner.customHeight });
  else if (banner) {
    const { callToAction, subtitle, price } = banner;
    Object.assign(wishes, {
      callToAction,
      checkoutTitle: product.name,
      checkoutSubtitle: subtitle,
      price,
    });
  }
  const said = Object.entries(wishes).flatMap(([name, value]) =>
    value ? [`${name}=${encodeURIComponent(value)}`] : [],
  );
  return `${file.split("#")[0]}#${said.join("&")}`;
}

/** Calls `act` each time the banner's button is tapped. */
export function onBannerTap(link: HTMLAnchorElement, act: () => void): void {
  link.addEventListener("message", (event) => {
    if ((event as MessageEvent).data === TAPPED) act();
  });
}
