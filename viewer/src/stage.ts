/** The second stage, loaded when the element is near: words, AR, and 3D as soon as it is wanted. */

import { offerAr } from "./ar/button.ts";
import controlsCss from "./controls/controls.css";
import { farAway, nearAgain } from "./distance.ts";
import { adoptStyles, node } from "./dom.ts";
import { Fault } from "./fault.ts";
import type { Host } from "./host.ts";
import { makeNotice } from "./notice.ts";
import { type Left, present, type Scene } from "./presenting.ts";
import type { Model } from "./product.ts";
import css from "./viewer.css";
import { languageOf, ownWords, type Words, wordsFor } from "./words.ts";

/** Takes over an element whose poster is shown. Resolves when it leaves the page or was given up. */
export async function mount(host: Host): Promise<void> {
  const words = await wordsFor(languageOf(host.element), ownWords(host.element));
  host.signal.throwIfAborted();
  const { box, spoken, notice } = makeNotice();
  const place = node("div", { class: "ar-place" });
  const row = node("div", { class: "row" }, place);
  const footer = node("div", { class: "footer" }, box, spoken, row);
  adoptStyles(host.root, css + controlsCss);
  host.root.append(footer);
  const ar = offerAr(host, place, notice, words);
  if (!host.models.full) {
    notice.say(words.noView);
    return;
  }
  if (!host.webgl) {
    host.fault(new Fault("webgl", "no WebGL 2 context"));
    notice.say(words.noWebgl);
    return;
  }
  await wanted(host, row, words);
  await keepPresenting({ host, words, notice, footer, row, ar }, host.models.full);
}

/** Says that nothing can be shown, where not even the product is known. */
export async function apologize(
  root: ShadowRoot,
  element: HTMLElement,
  signal: AbortSignal,
  restart: () => void,
): Promise<void> {
  const words = await wordsFor(languageOf(element), ownWords(element));
  if (signal.aborted) return;
  const { box, notice } = makeNotice();
  adoptStyles(root, css);
  root.append(node("div", { class: "footer" }, box));
  notice.say(words.failed, { label: words.retry, press: restart });
}

async function wanted(host: Host, row: HTMLElement, words: Words): Promise<void> {
  if (!host.onDemand) return host.wanted;
  // No listener of its own: the click rises to the element, which takes any click for a wish to see it.
  const button = node("button", { type: "button", class: "start", part: "view" }, words.view);
  row.append(button);
  await host.wanted;
  button.remove();
}

/** Shows the models; lets them go while the element is far from the screen, and takes them back when it is near. */
async function keepPresenting(scene: Scene, full: Model): Promise<void> {
  const { host } = scene;
  let left: Left | null = null;
  while (!host.signal.aborted) {
    const life = new AbortController();
    const end = (): void => life.abort(host.signal.reason);
    host.signal.addEventListener("abort", end, { once: true });
    const showing = present(scene, full, { signal: life.signal, left });
    const failed = showing.failed.then(() => true);
    const givenUp = await Promise.race([failed, farAway(host.element, life.signal)]);
    host.signal.removeEventListener("abort", end);
    if (givenUp === true) return life.abort(); // its model makes room
    left = showing.leave();
    host.cover(true);
    life.abort();
    host.at("poster", true);
    await nearAgain(host.element, host.signal);
  }
}
