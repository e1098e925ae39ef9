/** The bar under the model and what stands round it: everything a hand can do, for keys and single taps too. */

import { node } from "../dom.ts";
import { animations } from "./animations.ts";
import { button } from "./button.ts";
import { reset, rotateButtons, zoomButtons } from "./camera-buttons.ts";
import { dimensions } from "./dimensions.ts";
import { fullscreenButton } from "./fullscreen.ts";
import { watchGestures } from "./gestures.ts";
import { hotspots } from "./hotspots.ts";
import { makeMenu } from "./menu.ts";
import { shareItems } from "./share.ts";
import { swatches } from "./swatches.ts";
import { controlsOf, type Item, type Tools } from "./tools.ts";

/** The elements in the order of the Tab key; the caller finds each its place. */
export interface Controls {
  /** Over the view, without a touch of its own. */
  readonly over: readonly HTMLElement[];
  /** Above the bar. */
  readonly above: readonly HTMLElement[];
  readonly bar: HTMLElement;
  /** Opens from the bar, outside it: a blurred background holds what is positioned inside. */
  readonly list: HTMLElement;
  /** To be called when another model is shown. */
  refresh(): void;
}

export function makeControls(tools: Tools): Controls {
  const { host, words, signal } = tools;
  const asked = controlsOf(host.element.getAttribute("controls"));
  watchGestures(tools);
  const moving = asked.has("animations") ? animations(tools) : null;
  const variants = asked.has("variants") ? swatches(tools) : null;
  const spots = asked.has("hotspots") ? hotspots(tools) : null;
  const sizes = asked.has("dimensions") ? dimensions(tools) : null;
  const features = [moving, variants, spots, sizes].filter((each) => each !== null);
  const back: Item = { label: words.reset, sign: "reset", narrow: true, press: () => reset(tools) };
  const items = (): Item[] => [
    ...(asked.has("reset") ? [back] : []),
    ...features.flatMap((feature) => feature.items?.() ?? []),
    ...(asked.has("share") ? shareItems(tools) : []),
  ];
  const menu = makeMenu(words.more, items, signal);
  const start = asked.has("reset") ? button("reset", words.reset, () => reset(tools)) : null;
  start?.classList.add("wide");
  const buttons: HTMLElement[] = [
    asked.has("rotate") ? rotateButtons(tools) : null,
    asked.has("zoom") ? zoomButtons(tools) : null,
    start,
    moving?.player ?? null,
    asked.has("fullscreen") ? fullscreenButton(tools) : null,
    menu.opener,
  ].filter((each) => each !== null);
  const bar = node(
    "div",
    { class: "bar", part: "bar", role: "group", "aria-label": words.controls },
    ...buttons,
  );
  const refresh = (): void => {
    for (const feature of features) feature.refresh();
    menu.refresh();
    const lines = items();
    // A menu with nothing but what a wide bar shows itself is for narrow bars only.
    menu.opener.classList.toggle("narrow", lines.length > 0 && lines.every(({ narrow }) => narrow));
    bar.hidden = buttons.every(({ hidden }) => hidden);
  };
  refresh();
  return {
    over: sizes ? [sizes.sheet] : [],
    above: [...(variants ? [variants.group] : []), ...(spots ? [spots.caption] : [])],
    bar,
    list: menu.list,
    refresh,
  };
}
