/** The AR button: a link where another app takes over, a button where AR runs in the page. Ready before the tap. */

import { icon, node } from "../dom.ts";
import { Fault } from "../fault.ts";
import type { Host } from "../host.ts";
import type { ModelViewer } from "../model-viewer.ts";
import type { Notice } from "../notice.ts";
import type { Words } from "../words.ts";
import { type Device, thisDevice } from "./device.ts";
import { type ArKind, type Offer, offerFor } from "./offer.ts";
import { watchForMissingApp } from "./scene-viewer.ts";
import { enterWebXR, webXRWorks } from "./webxr.ts";

const CUBE = "M12 3l7.8 4.4v9.2L12 21l-7.8-4.4V7.4zM4.2 7.4L12 12l7.8-4.6M12 12v9";

export interface Ar {
  /** Tells AR inside the page which view to take; until then such a button stays hidden. */
  use(view: ModelViewer): void;
}

/** Finds out what works here, puts it into `place` and writes `ar-status` on the element. */
export async function offerAr(host: Host, place: HTMLElement, notice: Notice, words: Words): Promise<Ar> {
  const device = thisDevice();
  const webxr = !device.inApp && (await webXRWorks());
  const parts: Parts = { host, place, notice, words, device };
  let view: ModelViewer | null = null;
  const put = (withXR: boolean): void => {
    const offer = offerFor(host.product, device, { webxr: withXR, page: pageAddress() });
    host.element.setAttribute("ar-status", offer.kind);
    const made = offer.kind === "webxr" ? xrButton() : outside(parts, offer);
    place.replaceChildren(...(made ? [made] : []));
  };
  const xrButton = (): HTMLElement => {
    const made = pill(node("button", { type: "button" }), words);
    made.hidden = view === null;
    made.addEventListener("click", async () => {
      if (!view) return;
      launched(host, "webxr");
      if (await enterWebXR(view)) return;
      host.fault(new Fault("ar", "the session did not start"));
      // Browsers ask for the camera once a page; what else this phone has may still work.
      put(false);
      notice.say(words.arFailed);
    });
    return made;
  };
  put(webxr);
  return {
    use(shown) {
      view = shown;
      if (host.element.getAttribute("ar-status") === "webxr") shown.setAttribute("ar", "");
      for (const child of place.children) if (child instanceof HTMLButtonElement) child.hidden = false;
    },
  };
}

interface Parts {
  readonly host: Host;
  readonly place: HTMLElement;
  readonly notice: Notice;
  readonly words: Words;
  readonly device: Device;
}

/** A link to the app outside, a hint inside another app's browser, or nothing. */
function outside({ host, place, notice, words, device }: Parts, offer: Offer): HTMLElement | null {
  if (offer.kind === "webxr") return null;
  if (offer.kind === "unavailable") {
    return offer.hint ? node("span", { class: "hint", part: "hint" }, words[offer.hint]) : null;
  }
  const { kind, href } = offer;
  const link = node("a", kind === "quick-look" ? { href, rel: "ar" } : { href });
  // Safari opens Quick Look only for a link whose first child is an image, with at most one other child.
  if (device.os === "ios") link.append(node("img", { alt: "" }));
  pill(link, words);
  link.addEventListener("click", () => launched(host, kind));
  if (kind === "scene-viewer") {
    const missing = (): void => {
      host.element.setAttribute("ar-status", "unavailable");
      host.fault(new Fault("ar", "no Scene Viewer on this phone"));
      place.replaceChildren();
      notice.say(words.arMissing);
    };
    watchForMissingApp(missing, host.signal);
  }
  return link;
}

function pill<Element extends HTMLElement>(made: Element, words: Words): Element {
  made.className = "ar";
  made.setAttribute("part", "ar");
  made.setAttribute("aria-label", words.ar);
  const [long, short] = [
    node("b", { class: "long" }, words.ar),
    node("b", { class: "short" }, words.arShort),
  ];
  made.append(node("span", {}, icon(CUBE), long, short));
  return made;
}

function launched(host: Host, kind: ArKind): void {
  host.tell("vitrine-ar", { kind });
}

function pageAddress(): string {
  return document.querySelector<HTMLLinkElement>("link[rel=canonical]")?.href || location.href;
}
