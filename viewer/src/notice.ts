/** One line of words over the picture, read out by screen readers; with a button where something can be done. */

import { node } from "./dom.ts";

export interface Notice {
  /** Gives back what takes these words away, unless others have come in their place. */
  say(text: string, more?: Action | Moment): () => void;
  clear(): void;
  /** For screen readers only: eyes see it anyway. */
  tell(text: string): void;
}

export interface Action {
  readonly label: string;
  readonly press: () => void;
}

/** Says it for so long and then no more. */
export interface Moment {
  readonly forMs: number;
}

export function makeNotice(): { box: HTMLElement; spoken: HTMLElement; notice: Notice } {
  const box = node("div", { class: "notice", part: "notice", role: "status" });
  const spoken = node("div", { class: "spoken", role: "status" });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const notice: Notice = {
    say(text, more) {
      clearTimeout(timer);
      const said = node("span", { dir: "auto" }, text);
      box.replaceChildren(said);
      const unsay = (): void => {
        if (said.isConnected) notice.clear();
      };
      if (!more) return unsay;
      if ("forMs" in more) {
        timer = setTimeout(() => notice.clear(), more.forMs);
        return unsay;
      }
      const button = node("button", { type: "button", part: "button" }, more.label);
      button.addEventListener("click", more.press);
      box.append(button);
      return unsay;
    },
    clear() {
      clearTimeout(timer);
      box.replaceChildren();
    },
    tell(text) {
      spoken.textContent = text;
    },
  };
  return { box, spoken, notice };
}
