/** A button that copies an address, in browsers that have no clipboard too. */

import type { Tools } from "./tools.ts";

const SAID_MS = 2_500;

export function copier({ node, words }: Tools, address: string): HTMLElement {
  const label = node("span", { "aria-live": "polite" }, words.copy);
  const button = node("button", { type: "button", class: "ar-copy", part: "button" }, label);
  button.addEventListener("click", async () => {
    if (!(await copied(address))) return button.replaceWith(byHand(node, address, words.copy));
    label.textContent = words.copied;
    setTimeout(() => {
      label.textContent = words.copy;
    }, SAID_MS);
  });
  return button;
}

async function copied(address: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(address);
    return true;
  } catch {
    return false; // no clipboard without https, and in some apps' browsers
  }
}

/** The address itself, marked, for the phone's own "copy". */
function byHand(node: Tools["node"], address: string, label: string): HTMLElement {
  const field = node("input", { class: "ar-address", readonly: "", value: address, "aria-label": label });
  requestAnimationFrame(() => field.select());
  return field;
}
