/** On the phone that read the code: AR as one large button. Only the shopper's own tap may open it. */

import { copier } from "./copier.ts";
import type { ArReason, Offer } from "./offer.ts";
import { openSheet } from "./sheet.ts";
import type { Tools } from "./tools.ts";
import type { ArWords } from "./words.ts";

export interface Call {
  readonly offer: Offer;
  /** What to tap; null where this phone cannot. Hidden while the model is on its way. */
  readonly button: HTMLElement | null;
  readonly ready: Promise<unknown>;
  /** The address to copy into another browser. */
  readonly address: string;
  /** Called when the shopper has said yes or no. */
  readonly answered: () => void;
}

export function answer(tools: Tools, call: Call): void {
  const { host, node, words } = tools;
  const { button, offer } = call;
  const picture = host.product.variants?.poster?.url ?? host.element.getAttribute("poster");
  const seen = picture ? [node("img", { class: "ar-picture", src: picture, alt: "" })] : [];
  const later = node("button", { type: "button", class: "ar-later" }, button ? words.later : words.dismiss);
  const title = button ? host.product.name : words.sorry;
  const parts = button ? offered(tools, call, button) : regretted(tools, call);
  const dialog = openSheet(tools, { name: "ar-call", title, parts: [...seen, ...parts, later] });
  later.addEventListener("click", () => dialog.close());
  button?.addEventListener("click", () => setTimeout(() => dialog.close()));
  if (offer.kind === "webxr") button?.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", call.answered);
  const failed = (event: Event): void => {
    if ((event as CustomEvent<{ readonly stage: string }>).detail.stage === "failed") dialog.close();
  };
  host.element.addEventListener("vitrine-stage", failed, { signal: host.signal });
}

function offered({ node, words }: Tools, { ready }: Call, button: HTMLElement): HTMLElement[] {
  if (!button.hidden) return [button];
  const wait = node("p", { role: "status", dir: "auto" }, words.loading);
  ready.then(() => {
    wait.remove();
    button.focus();
  });
  return [wait, button];
}

function regretted(tools: Tools, { offer, address }: Call): HTMLElement[] {
  if (offer.kind !== "unavailable") return [];
  const why = tools.node("p", { dir: "auto" }, reasonIn(tools.words, offer.reason));
  return offer.browser ? [why, copier(tools, address)] : [why];
}

function reasonIn(words: ArWords, reason: ArReason): string {
  const said: Partial<Record<ArReason, string>> = {
    "in-app-browser": words.inApp,
    "no-file": words.noFile,
    "no-secure-context": words.insecure,
    "blocked-by-frame": words.framed,
  };
  return said[reason] ?? words.unsupported;
}
