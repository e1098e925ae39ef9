/** One line of words over the picture, read out by screen readers; with a button where something can be done. */

import { node } from "./dom.ts";

export interface Notice {
  say(text: string, action?: { readonly label: string; readonly press: () => void }): void;
  clear(): void;
}

export function makeNotice(): { box: HTMLElement; notice: Notice } {
  const box = node("div", { class: "notice", part: "notice", role: "status" });
  const notice: Notice = {
    say(text, action) {
      box.replaceChildren(node("span", {}, text));
      if (!action) return;
      const button = node("button", { type: "button", part: "button" }, action.label);
      button.addEventListener("click", action.press);
      box.append(button);
    },
    clear() {
      box.replaceChildren();
    },
  };
  return { box, notice };
}
