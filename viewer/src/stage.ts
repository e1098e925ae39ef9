/** The second stage, loaded when the element is near: words, AR, and 3D as soon as it is wanted. */

import { type Ar, offerAr } from "./ar/button.ts";
import { makeControls } from "./controls.ts";
import { adoptStyles, node } from "./dom.ts";
import { fetchModel } from "./download.ts";
import { asFault, Fault } from "./fault.ts";
import type { Host } from "./host.ts";
import { defineModelViewer, type ModelViewer, makeModelViewer } from "./model-viewer.ts";
import { makeNotice, type Notice } from "./notice.ts";
import type { Model } from "./product.ts";
import { makeProgress, type Progress } from "./progress.ts";
import { framesDrawn, show, upgrade } from "./progressive.ts";
import css from "./viewer.css";
import { languageOf, spokenViews, type Words, wordsFor } from "./words.ts";

/** Everything of one element that the steps below share. */
interface Scene {
  readonly host: Host;
  readonly words: Words;
  readonly notice: Notice;
  /** Where the buttons stand. */
  readonly row: HTMLElement;
  readonly ar: Promise<Ar>;
}

/** Takes over an element whose poster is shown. Resolves when the full model is shown, or it was given up. */
export async function mount(host: Host): Promise<void> {
  const words = wordsFor(languageOf(host.element));
  const { box, notice } = makeNotice();
  const place = node("div", { class: "ar-place" });
  const row = node("div", { class: "row" }, place);
  adoptStyles(host.root, css);
  host.root.append(node("div", { class: "footer" }, box, row));
  const ar = offerAr(host, place, notice, words);
  if (!host.models.full) return notice.say(words.noView);
  if (!host.webgl) {
    host.fault(new Fault("webgl", "no WebGL 2 context"));
    return notice.say(words.noWebgl);
  }
  await wanted(host, row, words);
  await present({ host, words, notice, row, ar }, host.models.full);
}

/** Says that nothing can be shown, where not even the product is known. */
export function apologize(root: ShadowRoot, element: HTMLElement, restart: () => void): void {
  const words = wordsFor(languageOf(element));
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

async function present(scene: Scene, full: Model): Promise<void> {
  const { host, words, notice } = scene;
  const { preview } = host.models;
  const { bar, progress } = makeProgress(full.size + (preview?.size ?? 0), words.loading);
  host.root.append(bar);
  host.at("loading");
  const view = makeModelViewer();
  try {
    await loadInTurn(scene, view, { preview, full, progress });
  } catch (thrown) {
    if (host.signal.aborted) return;
    host.fault(asFault(thrown));
    if (host.element.getAttribute("stage") === "preview") return;
    host.at("failed");
    notice.say(words.failed, { label: words.retry, press: () => host.restart() });
  } finally {
    progress.done();
  }
}

interface Turn {
  readonly preview: Model | null;
  readonly full: Model;
  readonly progress: Progress;
}

/** The preview's bytes travel beside the renderer's script; the full model's once both are here. */
async function loadInTurn(scene: Scene, view: ModelViewer, { preview, full, progress }: Turn): Promise<void> {
  const { host } = scene;
  const script = defineModelViewer(host.base).catch((cause: unknown) => {
    throw new Fault("script", "model-viewer did not load", cause);
  });
  const first = fetchInto(scene, preview ?? full, progress, host.head);
  const [file] = await Promise.all([firstOrNull(scene, first, preview), script]);
  host.signal.throwIfAborted();
  const next = !preview || !file ? null : fetchInto(scene, full, progress, null);
  next?.catch(() => undefined); // awaited below, after the preview is shown
  const shown = file ?? (await fetchInto(scene, full, progress, null));
  const refresh = await reveal(scene, view, shown);
  host.at(next ? "preview" : "full");
  if (!next) return;
  const whole = await next;
  await upgrade(view, whole);
  host.signal.throwIfAborted();
  refresh();
  host.at("full");
}

/** A preview that cannot be had is no reason to stop: null, and the full model comes first. */
function firstOrNull(scene: Scene, file: Promise<Blob>, preview: Model | null): Promise<Blob | null> {
  if (!preview) return file;
  return file.catch((thrown: unknown) => {
    scene.host.signal.throwIfAborted();
    scene.host.fault(asFault(thrown));
    return null;
  });
}

let files = 0;

function fetchInto(
  { host, words, notice }: Scene,
  model: Model,
  progress: Progress,
  head: Promise<Response> | null,
): Promise<Blob> {
  const name = `file ${files++}`;
  let before = 0;
  return fetchModel({
    model,
    signal: host.signal,
    head: head ?? undefined,
    onBytes: (bytes) => {
      host.received(bytes - before);
      before = bytes;
      progress.set(name, bytes);
    },
    onOffline: (offline) => (offline ? notice.say(words.offline) : notice.clear()),
    renew: async () => {
      const models = await host.renew();
      return model === host.models.full ? models.full : (models.preview ?? models.full);
    },
  });
}

/** Puts the view under the poster, shows the first model in it, and takes the poster away. */
async function reveal(scene: Scene, view: ModelViewer, file: Blob): Promise<() => void> {
  const { host, words, row, ar } = scene;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const wishes = {
    alt: host.product.alt || host.product.name,
    a11y: spokenViews(words),
    "camera-controls": "",
    "touch-action": "pan-y",
    "ar-modes": "webxr",
    ...(still ? {} : { autoplay: "" }),
  };
  for (const [name, value] of Object.entries(wishes)) view.setAttribute(name, value);
  view.classList.add("view");
  host.root.prepend(view);
  host.signal.addEventListener("abort", () => view.remove(), { once: true });
  await show(view, file);
  host.signal.throwIfAborted();
  const { bar, refresh } = makeControls(view, words);
  row.append(bar);
  host.cover(false);
  watchContext(host, view);
  ar.then((offer) => offer.use(view));
  return refresh;
}

/** The graphics card may go away; the picture stands in until model-viewer has its light back. */
function watchContext(host: Host, view: ModelViewer): void {
  view.addEventListener("error", (event: Event) => {
    if ((event as CustomEvent<{ readonly type: string }>).detail.type !== "webglcontextlost") return;
    host.fault(new Fault("context-lost", "the WebGL context was lost"));
    host.cover(true);
    const back = async (): Promise<void> => {
      await framesDrawn();
      host.cover(false);
    };
    view.addEventListener("environment-change", back, { once: true });
  });
}
