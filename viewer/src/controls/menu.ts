/** The rarer controls behind one button: the menu pattern of the ARIA practices. */

import { node } from "../dom.ts";
import { button, sign } from "./button.ts";
import type { Item } from "./tools.ts";

export interface Menu {
  readonly opener: HTMLButtonElement;
  readonly list: HTMLElement;
  /** Hides the button when there is nothing to choose. */
  refresh(): void;
}

/** `items` is asked each time it opens. */
export function makeMenu(label: string, items: () => readonly Item[], signal: AbortSignal): Menu {
  const list = node("div", { class: "menu", part: "menu", role: "menu", id: "menu", "aria-label": label });
  const opener = button("more", label, () => (list.hidden ? open() : close()));
  const say = (): void => opener.setAttribute("aria-expanded", String(!list.hidden));
  const hide = (): void => {
    list.hidden = true;
    say();
  };
  const close = (): void => {
    hide();
    opener.focus();
  };
  const open = (last = false): void => {
    fill(list, items(), close);
    list.hidden = false;
    say();
    const shown = visible(list);
    shown[last ? shown.length - 1 : 0]?.focus();
  };
  list.hidden = true;
  opener.setAttribute("aria-haspopup", "menu");
  opener.setAttribute("aria-controls", "menu");
  say();
  opener.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    open(event.key === "ArrowUp");
  });
  list.addEventListener("keydown", (event) => onKey(event, list, close));
  const elsewhere = (event: Event): void => {
    if (!event.composedPath().some((each) => each === list || each === opener)) hide();
  };
  document.addEventListener("pointerdown", elsewhere, { signal });
  list.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && relatedTarget !== opener && !list.contains(relatedTarget)) hide();
  });
  return {
    opener,
    list,
    refresh: () => {
      opener.hidden = items().length === 0;
    },
  };
}

function fill(list: HTMLElement, items: readonly Item[], close: () => void): void {
  list.replaceChildren(...items.filter(({ choice }) => !choice).map((item) => line(item, close)));
  for (const heading of new Set(items.map(({ choice }) => choice))) {
    if (!heading) continue;
    const lines = items.filter(({ choice }) => choice === heading).map((item) => line(item, close));
    const title = node("div", { class: "heading", "aria-hidden": "true" }, heading);
    list.append(node("div", { class: "group", role: "group", "aria-label": heading }, title, ...lines));
  }
}

function line(item: Item, close: () => void): HTMLElement {
  const { checked, choice, narrow } = item;
  const role = checked === undefined ? "menuitem" : choice ? "menuitemradio" : "menuitemcheckbox";
  const made = node("button", { type: "button", part: "item", role, tabindex: "-1" });
  if (checked !== undefined) made.setAttribute("aria-checked", String(checked));
  made.classList.toggle("narrow", narrow === true);
  const place = node("i");
  if (item.sign) place.append(sign(item.sign));
  made.append(place, node("span", { class: "line", dir: "auto" }, item.label));
  if (checked) {
    const tick = sign("check");
    tick.classList.add("tick");
    made.append(tick);
  }
  made.addEventListener("click", () => {
    close();
    item.press();
  });
  return made;
}

function visible(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>("button")].filter((each) => each.offsetHeight > 0);
}

function onKey(event: KeyboardEvent, list: HTMLElement, close: () => void): void {
  const lines = visible(list);
  const at = lines.indexOf(event.target as HTMLElement);
  const goals: Record<string, number> = {
    ArrowDown: (at + 1) % lines.length,
    ArrowUp: (at - 1 + lines.length) % lines.length,
    Home: 0,
    End: lines.length - 1,
  };
  const goal = goals[event.key];
  if (goal !== undefined) lines[goal]?.focus();
  else if (event.key === "Escape") close();
  else if (event.key.length === 1 && event.key !== " ") startingWith(lines, at, event.key)?.focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** The next line that begins with a letter, as in every menu. */
function startingWith(lines: readonly HTMLElement[], at: number, letter: string): HTMLElement | undefined {
  const after = [...lines.slice(at + 1), ...lines.slice(0, at + 1)];
  return after.find((each) => each.textContent.trim().toLowerCase().startsWith(letter.toLowerCase()));
}
