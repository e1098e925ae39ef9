/** The page's address, and the one that leads a phone straight to a product's AR. */

/** What follows `#` in an address that asks for a product's AR; placeholder.ts knows it too. */
const CALL = "vitrine-ar=";

export function pageAddress(): string {
  return document.querySelector<HTMLLinkElement>("link[rel=canonical]")?.href || location.href;
}

export function withoutHash(address: string): string {
  const url = new URL(address);
  url.hash = "";
  return url.href;
}

/** The page, with a fragment at which the product's element offers AR in one tap. */
export function callAddress(page: string, product: string): string {
  return `${withoutHash(page)}#${CALL}${product}`;
}

/** Whether this page was opened by such an address. */
export function isCalled(product: string): boolean {
  return location.hash === `#${CALL}${product}`;
}

/** Takes the call out of the address, so that a reload does not ask again. */
export function answerCall(product: string): void {
  if (isCalled(product)) history.replaceState(history.state, "", withoutHash(location.href));
}

/** Whether nobody but this computer can follow an address with that host. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname) || hostname.endsWith(".localhost");
}
