/** Play and pause for models that move, and which of several movements. */

import { button, relabel } from "./button.ts";
import type { Feature, Item, Tools } from "./tools.ts";

export function animations({ view, words, told }: Tools): Feature & { readonly player: HTMLButtonElement } {
  const player = button("play", words.play, () => {
    if (view.paused) view.play();
    else view.pause();
    refresh();
    told("animation");
  });
  const refresh = (): void => {
    const sign = view.paused ? "play" : "pause";
    player.hidden = view.availableAnimations.length === 0;
    relabel(player, sign, words[sign]);
  };
  const choose = async (name: string): Promise<void> => {
    view.animationName = name;
    await view.updateComplete;
    view.play();
    refresh();
    told("animation");
  };
  const items = (): Item[] => {
    const names = view.availableAnimations;
    if (names.length < 2) return [];
    const running = view.animationName ?? names[0];
    return names.map((name) => ({
      label: name,
      choice: words.animations,
      checked: name === running,
      press: () => choose(name),
    }));
  };
  refresh();
  return { player, refresh, items };
}
