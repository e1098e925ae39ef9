/** One showing of a product: the small model, then the full one, with the controls, until it is let go. */

import type { Ar } from "./ar/button.ts";
import { type Camera, cameraOf, placeCamera, wantsStillness } from "./camera.ts";
import { type Controls, makeControls } from "./controls/bar.ts";
import { fetchModel } from "./download.ts";
import { asFault, Fault, type FaultKind } from "./fault.ts";
import { firstOf } from "./first.ts";
import type { Host } from "./host.ts";
import { defineModelViewer, forgetUnusedModels, type ModelViewer, makeModelViewer } from "./model-viewer.ts";
import type { Notice } from "./notice.ts";
import { type Pace, paceOf, thisConnection, whenDue } from "./pace.ts";
import type { Model } from "./product.ts";
import { makeProgress, type Progress } from "./progress.ts";
import { framesDrawn, show, upgrade } from "./progressive.ts";
import { spokenViews, type Words } from "./words.ts";

/** Everything of one element that outlives a showing. */
export interface Scene {
  readonly host: Host;
  readonly words: Words;
  readonly notice: Notice;
  readonly footer: HTMLElement;
  /** Where the buttons stand. */
  readonly row: HTMLElement;
  readonly ar: Promise<Ar>;
}

/** What a shopper left behind when the element went out of sight. */
export interface Left {
  readonly camera: Camera | null;
  readonly variant: string | null;
  readonly animation: string | null;
  readonly paused: boolean;
  readonly pace: Pace;
}

export interface Showing {
  /** Resolves when it was given up: the picture and a word are in its place. Never rejects. */
  readonly failed: Promise<void>;
  /** What to come back to. */
  leave(): Left;
}

interface Turn {
  readonly scene: Scene;
  readonly view: ModelViewer;
  readonly full: Model;
  readonly preview: Model | null;
  /** Aborted when this showing ends. */
  readonly signal: AbortSignal;
  readonly left: Left | null;
  readonly pace: Pace;
  /** Tells the fault, puts the picture and a word in the place of 3D, and ends the showing. */
  readonly giveUp: (fault: Fault) => void;
}

/** A context that is lost again so soon after its return will be lost for ever: the model is too much for it. */
const LASTING_MS = 60_000;

/** What each fault is called to the shopper; all others are `failed`. */
const SAID: Partial<Record<FaultKind, keyof Words>> = {
  memory: "memory",
  "context-lost": "lost",
  webgl: "noWebgl",
};

export function present(scene: Scene, full: Model, { signal, left }: Pick<Turn, "signal" | "left">): Showing {
  const { host } = scene;
  const view = makeModelViewer(firstOf(host.product.metadata?.view));
  const pace = left?.pace ?? paceOf(host.element.getAttribute("full"), thisConnection());
  let end = (): void => undefined;
  const failed = new Promise<void>((resolve) => {
    end = resolve;
  });
  const giveUp = (fault: Fault): void => {
    fail(scene, fault, left !== null);
    end();
  };
  run({ scene, view, full, preview: host.models.preview, signal, left, pace, giveUp });
  return {
    failed,
    leave() {
      const stage = host.element.getAttribute("stage");
      const shown = stage === "preview" || stage === "full";
      return {
        camera: shown ? cameraOf(view) : (left?.camera ?? null),
        variant: view.variantName,
        animation: view.animationName ?? null,
        paused: shown && view.availableAnimations.length > 0 && view.paused,
        // What was fetched once is in the browser's cache.
        pace: stage === "full" ? "now" : pace,
      };
    },
  };
}

function fail({ host, notice, words, ar }: Scene, fault: Fault, again: boolean): void {
  host.fault(fault);
  host.cover(true);
  host.at("failed", again);
  const said = words[SAID[fault.kind] ?? "failed"];
  if (fault.kind === "webgl") notice.say(said);
  else notice.say(said, { label: words.retry, press: () => host.restart() });
  ar.then((offer) => offer.withoutView());
}

async function run(turn: Turn): Promise<void> {
  const { scene, full, signal, left } = turn;
  const { host, words } = scene;
  host.at("loading", left !== null);
  const loading = makeProgress(full.size + (turn.preview?.size ?? 0), words.loading);
  host.root.append(loading.bar);
  signal.addEventListener("abort", () => loading.progress.done());
  try {
    await loadInTurn(turn, loading.progress);
  } catch (thrown) {
    if (signal.aborted) return;
    const fault = asFault(thrown);
    if (host.element.getAttribute("stage") === "preview") host.fault(fault);
    else turn.giveUp(fault);
  } finally {
    loading.progress.done();
  }
}

/** The preview's bytes travel beside the renderer's script; the full model's once both are here. */
async function loadInTurn(turn: Turn, progress: Progress): Promise<void> {
  const { scene, view, full, preview, signal, left, pace } = turn;
  const { host, notice, words } = scene;
  const again = left !== null;
  const script = defineModelViewer(host.base).catch((cause: unknown) => {
    throw new Fault("script", "model-viewer did not load", cause);
  });
  const first = fetchInto(turn, preview ?? full, progress, again ? null : host.head);
  const [file] = await Promise.all([firstOrNull(turn, first), script]);
  signal.throwIfAborted();
  const early = preview && file && pace === "now" ? fetchInto(turn, full, progress, null) : null;
  early?.catch(() => undefined); // awaited below, after the preview is shown
  const shown = file ?? (await fetchInto(turn, full, progress, null));
  const controls = await reveal(turn, shown);
  const small = preview !== null && file !== null;
  host.at(small ? "preview" : "full", again);
  if (!again) notice.tell(words.ready);
  if (!small) return;
  if (pace !== "now") {
    progress.hide();
    await whenDue(pace, host, signal);
  }
  const whole = await (early ?? fetchInto(turn, full, progress, null));
  await upgrade(view, whole, signal);
  signal.throwIfAborted();
  controls.refresh();
  host.at("full", again);
}

/** A preview that cannot be had is no reason to stop: null, and the full model comes first. */
function firstOrNull({ scene, preview, signal }: Turn, file: Promise<Blob>): Promise<Blob | null> {
  if (!preview) return file;
  return file.catch((thrown: unknown) => {
    signal.throwIfAborted();
    scene.host.fault(asFault(thrown));
    return null;
  });
}

let files = 0;

function fetchInto(
  { scene: { host, words, notice }, signal, full }: Turn,
  model: Model,
  progress: Progress,
  head: Promise<Response> | null,
): Promise<Blob> {
  const name = `file ${files++}`;
  let before = 0;
  return fetchModel({
    model,
    signal,
    head: head ?? undefined,
    onBytes: (bytes) => {
      host.received(bytes - before);
      before = bytes;
      progress.set(name, bytes);
    },
    onOffline: () => notice.say(words.offline),
    renew: async () => {
      const models = await host.renew();
      return model === full ? models.full : (models.preview ?? models.full);
    },
  });
}

/** Puts the view under the poster, shows the first model in it, and takes the poster away. */
async function reveal(turn: Turn, file: Blob): Promise<Controls> {
  const { scene, view, signal, left } = turn;
  const { host, words, row, ar } = scene;
  dress(turn);
  host.root.prepend(view);
  nameSurface(view, words);
  signal.addEventListener("abort", () => letGo(view), { once: true });
  await show(view, file);
  signal.throwIfAborted();
  if (left?.camera) placeCamera(view, left.camera);
  if (left?.paused) view.pause();
  const told = (kind: Parameters<Parameters<typeof makeControls>[0]["told"]>[0]): void =>
    host.tell("vitrine-interaction", { kind });
  const controls = makeControls({ host, view, words, notice: scene.notice, signal, told });
  view.after(...controls.over);
  row.before(...controls.above);
  row.prepend(controls.bar); // before the AR button, for the eye and for the Tab key
  row.after(controls.list);
  const placed = [...controls.over, ...controls.above, controls.bar, controls.list];
  signal.addEventListener("abort", () => {
    for (const each of placed) each.remove();
  });
  host.cover(false);
  watchContext(turn, [view, ...placed]);
  ar.then((offer) => offer.use(view));
  return controls;
}

function dress({ scene: { host, words }, view, left }: Turn): void {
  const wishes = {
    alt: host.product.alt || host.product.name,
    a11y: spokenViews(words),
    "camera-controls": "",
    "touch-action": "pan-y",
    "ar-modes": "webxr",
    ...(wantsStillness() ? {} : { autoplay: "" }),
  };
  for (const [name, value] of Object.entries(wishes)) view.setAttribute(name, value);
  if (left?.variant) view.variantName = left.variant;
  if (left?.animation) view.animationName = left.animation;
  view.classList.add("view");
}

function nameSurface(view: ModelViewer, words: Words): void {
  // An image that takes keys says nothing to screen readers; an application lets its keys through.
  const surface = view.shadowRoot?.querySelector(".userInput");
  surface?.setAttribute("role", "application");
  surface?.setAttribute("aria-roledescription", words.region);
}

/** Takes the view out of the page; its model goes a moment later, when nothing holds it. */
function letGo(view: ModelViewer): void {
  view.remove();
  setTimeout(forgetUnusedModels, 100);
}

/**
 * The graphics card may go away; the picture stands in until model-viewer has its light back, and what would do nothing
 * meanwhile is out of reach.
 */
function watchContext(
  { scene: { host, words, notice }, view, signal, giveUp }: Turn,
  placed: readonly HTMLElement[],
): void {
  let returned = Number.NEGATIVE_INFINITY;
  const stop = (stopped: boolean): void => {
    host.cover(stopped);
    for (const each of placed) each.inert = stopped;
  };
  const onError = (event: Event): void => {
    if ((event as CustomEvent<{ readonly type: string }>).detail.type !== "webglcontextlost") return;
    const fault = new Fault("context-lost", "the WebGL context was lost");
    if (performance.now() - returned < LASTING_MS) {
      giveUp(fault);
      return;
    }
    host.fault(fault);
    stop(true);
    const unsay = notice.say(words.lost);
    signal.addEventListener("abort", unsay, { once: true });
    const back = async (): Promise<void> => {
      await framesDrawn();
      signal.throwIfAborted();
      returned = performance.now();
      unsay();
      stop(false);
    };
    view.addEventListener("environment-change", () => back().catch(() => undefined), { once: true, signal });
  };
  view.addEventListener("error", onError, { signal });
}
