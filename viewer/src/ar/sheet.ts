/** A dialog over the page, light or dark as it is. The browser keeps the focus in it and closes it by Escape. */

import type { Tools } from "./tools.ts";

const CROSS = "M6 6l12 12M18 6L6 18";

export interface Sheet {
  readonly name: string;
  readonly title: string;
  readonly parts: readonly HTMLElement[];
}

/** A dialog that was closed is taken out of the page later. */
export function openSheet(
  { host, node, icon, words }: Tools,
  { name, title, parts }: Sheet,
): HTMLDialogElement {
  // It gets the focus: the title is read out first, and no button looks as if it had been chosen.
  const heading = node("h2", { id: "ar-title", tabindex: "-1", autofocus: "" }, title);
  const cross = node("button", { type: "button", class: "ar-cross" }, icon(CROSS));
  cross.setAttribute("aria-label", words.dismiss);
  const attributes = { class: `ar-sheet ${name}`, part: "ar-dialog", "aria-labelledby": "ar-title" };
  const dialog = node("dialog", attributes, node("div", { class: "ar-page" }, heading, cross, ...parts));
  cross.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside the page in it
  });
  // What another app was opened from must stay a moment: Safari talks to that very link.
  dialog.addEventListener("close", () => setTimeout(() => dialog.remove(), 60_000));
  host.signal.addEventListener("abort", () => dialog.remove(), { once: true });
  host.root.querySelector("dialog.ar-sheet")?.remove();
  host.root.append(dialog);
  dialog.showModal();
  return dialog;
}
