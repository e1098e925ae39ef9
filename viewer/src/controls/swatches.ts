/** The model's colours and materials, to choose one: a group of radio buttons, kept when the full model comes. */

import { node } from "../dom.ts";
import { languageOf } from "../words.ts";
import type { Feature, Tools } from "./tools.ts";
import { type Swatch, spokenName, swatchesOf } from "./variants.ts";

export function swatches({ host, view, words, told }: Tools): Feature & { readonly group: HTMLElement } {
  const group = node("div", {
    class: "swatches",
    part: "variants",
    role: "radiogroup",
    "aria-label": words.variants,
  });
  const radios = (): HTMLElement[] => [...group.querySelectorAll<HTMLElement>("[role=radio]")];
  const mark = (chosen: HTMLElement | undefined): void => {
    for (const each of radios()) {
      each.setAttribute("aria-checked", String(each === chosen));
      each.tabIndex = each === (chosen ?? radios()[0]) ? 0 : -1;
    }
  };
  const choose = (radio: HTMLElement | undefined): void => {
    if (!radio?.dataset.name || radio.ariaChecked === "true") return;
    mark(radio);
    view.variantName = radio.dataset.name;
    told("variant");
  };
  group.addEventListener("click", ({ target }) => choose(radioAt(target)));
  group.addEventListener("keydown", (event) => {
    const next = neighbour(event, radios());
    if (!next) return;
    event.preventDefault();
    next.focus();
    choose(next);
  });
  const refresh = (): void => {
    const known = swatchesOf(view.originalGltfJson);
    // The same radios stay in place: one of them may have the focus.
    if (
      known.map(({ name }) => name).join() !==
      radios()
        .map(({ dataset }) => dataset.name)
        .join()
    ) {
      const said = (name: string): string =>
        spokenName(host.product.metadata?.colourways, name, languageOf(host.element));
      group.replaceChildren(...known.map((one) => radio(one, said(one.name))));
    }
    group.hidden = known.length < 2;
    const now = view.variantName ?? known.find(({ first }) => first)?.name;
    mark(radios().find(({ dataset }) => dataset.name === now));
  };
  refresh();
  return { group, refresh };
}

function radio({ name, colour }: Swatch, said: string): HTMLElement {
  const label = node("span", { class: "name", dir: "auto" }, said);
  const made = node(
    "button",
    { type: "button", class: "swatch", part: "swatch", role: "radio", "data-name": name },
    label,
  );
  if (!colour) return made;
  const dot = node("i");
  dot.style.setProperty("--swatch", colour);
  made.prepend(dot);
  made.classList.add("dot");
  made.setAttribute("aria-label", said);
  label.ariaHidden = "true";
  return made;
}

function radioAt(target: EventTarget | null): HTMLElement | undefined {
  return (target instanceof Element && target.closest<HTMLElement>("[role=radio]")) || undefined;
}

function neighbour({ key, target }: KeyboardEvent, all: readonly HTMLElement[]): HTMLElement | undefined {
  const at = all.indexOf(target as HTMLElement);
  if (key === "ArrowDown" || key === "ArrowRight") return all[(at + 1) % all.length];
  if (key === "ArrowUp" || key === "ArrowLeft") return all[(at - 1 + all.length) % all.length];
  return undefined;
}
