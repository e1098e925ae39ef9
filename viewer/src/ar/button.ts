/** The AR button: a link where another app takes over, a button where AR runs in the page or a code leads to a phone. */

import { adoptStyles, icon, node } from "../dom.ts";
import type { Host } from "../host.ts";
import type { ModelViewer } from "../model-viewer.ts";
import type { Notice } from "../notice.ts";
import { languageOf, type Words } from "../words.ts";
import { answerCall, callAddress, isCalled, isLoopback, pageAddress } from "./address.ts";
import { type Device, thisDevice } from "./device.ts";
import type { Experience } from "./experience.ts";
import { enterRoom, linkOut, tell } from "./launch.ts";
import { type Offer, offerFor, type XRSupport } from "./offer.ts";
import { followSessions, webXRSupport } from "./webxr.ts";
import { hasTrueSize, placementOf, sessionWishes } from "./wishes.ts";

const CUBE = "M12 3l7.8 4.4v9.2L12 21l-7.8-4.4V7.4zM4.2 7.4L12 12l7.8-4.6M12 12v9";

export interface Ar {
  /** Tells AR inside the page which view to take, and each that comes in its place; until then such a button stays hidden. */
  use(view: ModelViewer): void;
  /** 3D in the page was given up: leaves what runs in an app of its own. */
  withoutView(): void;
}

/** Everything that the steps below share. */
interface Stand {
  readonly host: Host;
  readonly place: HTMLElement;
  readonly notice: Notice;
  readonly words: Words;
  readonly device: Device;
  readonly language: string;
  readonly page: string;
  /** Dialogs and hints: a file of their own, fetched when the first of them is near. */
  readonly experience: () => Promise<Experience>;
  /** Resolves when there is a view for WebXR to take: the first, which another may have replaced since. */
  readonly view: Promise<ModelViewer>;
  /** The view that stands now. */
  readonly newest: () => ModelViewer | null;
}

/** Finds out what works here, puts it into `place`, and writes `ar-status` and `ar-reason` on the element. */
export async function offerAr(host: Host, place: HTMLElement, notice: Notice, words: Words): Promise<Ar> {
  let newest: ModelViewer | null = null;
  let first: (view: ModelViewer) => void = () => undefined;
  const view = new Promise<ModelViewer>((resolve) => {
    first = resolve;
  });
  const device = thisDevice();
  const language = languageOf(host.element);
  const experience = onceAsked(host, notice, language);
  const stand: Stand = {
    ...{ host, place, notice, words, device, language, experience, view },
    newest: () => newest,
    page: pageAddress(),
  };
  // Only what can be turned around in 3D here can be put into the room from here.
  const shown = host.models.full && host.webgl && !device.inApp;
  put(stand, shown ? await webXRSupport() : "unsupported");
  return {
    use(shown) {
      newest = shown;
      first(shown);
      if (host.element.getAttribute("ar-status") === "webxr") prepare(stand, shown);
    },
    withoutView() {
      if (host.element.getAttribute("ar-status") === "webxr") put(stand, "unsupported");
    },
  };
}

function onceAsked(host: Host, notice: Notice, language: string): () => Promise<Experience> {
  let made: Promise<Experience> | null = null;
  const make = async (): Promise<Experience> => {
    const { makeExperience } = await import("./experience.ts");
    return makeExperience({
      ...{ host, notice, language, node, icon, adoptStyles },
      placement: placementOf(host.product),
      trueSize: hasTrueSize(host.product),
    });
  };
  return () => {
    made ??= make().catch((thrown: unknown) => {
      made = null; // the network may be back when it is asked for again
      throw thrown;
    });
    return made;
  };
}

/** Without that file, what it would have said or shown is left out; the button stands all the same. */
function withExperience({ experience }: Stand, use: (made: Experience) => unknown): void {
  experience().then(use, () => undefined);
}

/** Shows what `xr` and the device make possible, and answers an address that asked for it. */
function put(stand: Stand, xr: XRSupport): void {
  const { host, device, language, page, place } = stand;
  const offer = offerFor(host.product, device, { xr, page, language });
  write(host.element, offer);
  place.replaceChildren();
  const made = launcher(stand, offer);
  if (made) place.append(made);
  else if (offer.kind === "unavailable") explain(stand, offer);
  if (isCalled(host.product.id) && device.os !== "other") answer(stand, offer);
}

function write(element: HTMLElement, offer: Offer): void {
  element.setAttribute("ar-status", offer.kind);
  if (offer.kind === "unavailable") element.setAttribute("ar-reason", offer.reason);
  else element.removeAttribute("ar-reason");
}

function launcher(stand: Stand, offer: Offer): HTMLElement | null {
  const { host, notice, words, view } = stand;
  if (offer.kind === "unavailable") return offer.reason === "desktop" ? deskButton(stand) : null;
  if (offer.kind !== "webxr") {
    const missing = (): void => {
      write(host.element, { kind: "unavailable", reason: "unsupported" });
      stand.place.replaceChildren();
      notice.say(words.arMissing);
    };
    return pill(linkOut(host, offer, missing), words);
  }
  const made = pill(node("button", { type: "button" }), words);
  made.hidden = true;
  view.then((shown) => {
    made.hidden = false;
    made.addEventListener("click", () => enter(stand, stand.newest() ?? shown));
  });
  return made;
}

function deskButton(stand: Stand): HTMLElement {
  const { host, words, page } = stand;
  const made = pill(node("button", { type: "button", "aria-haspopup": "dialog" }), words);
  const address = callAddress(page, host.product.id);
  const local = isLoopback(new URL(address).hostname);
  made.addEventListener("click", () => withExperience(stand, ({ desk }) => desk(address, local)));
  return made;
}

/** Why not, where the shopper can do something about it. */
function explain(stand: Stand, offer: Offer): void {
  const { host, place, words, page } = stand;
  if (offer.kind !== "unavailable" || !offer.browser) return;
  const text = words[offer.browser];
  const shown = node("div", { class: "hint", part: "hint" }, node("span", { dir: "auto" }, text));
  place.append(shown);
  const address = callAddress(page, host.product.id);
  withExperience(stand, ({ copier }) => shown.append(copier(address)));
}

function answer(stand: Stand, offer: Offer): void {
  const { host, page, view } = stand;
  const button = offer.kind === "unavailable" ? null : launcher(stand, offer);
  const { id } = host.product;
  const call = {
    ...{ offer, button, ready: view },
    address: callAddress(page, id),
    answered: () => answerCall(id),
  };
  withExperience(stand, (made) => made.answer(call));
}

function prepare(stand: Stand, view: ModelViewer): void {
  const { host } = stand;
  for (const [name, value] of Object.entries(sessionWishes(host.product))) view.setAttribute(name, value);
  followSessions(view, (state, ms) => tell(host, "webxr", state, ms));
  withExperience(stand, ({ guide }) => guide(view, () => enter(stand, view)));
}

async function enter(stand: Stand, view: ModelViewer): Promise<void> {
  const { host, notice, words } = stand;
  const entry = await enterRoom(host, view);
  if (entry === "started") return;
  // model-viewer asks for the camera once a page; what else this phone has may still work.
  put(stand, "unsupported");
  notice.say(words.arFailed);
  if (entry !== "refused") return;
  const another = host.element.getAttribute("ar-status") !== "unavailable";
  withExperience(stand, ({ refused }) => refused(another));
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
