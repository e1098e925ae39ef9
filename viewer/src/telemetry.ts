/**
 * What a page view's viewers saw happen, told to the service in batches, each as contracts/events.schema.json says.
 *
 * No cookie, nothing stored in the browser, no identifier: the token below is random, lives in this module's memory and
 * ends with the page. Nothing is sent when the browser asks not to be tracked (Do Not Track, Global Privacy Control), or
 * where the element says `telemetry="off"`. Loaded after the poster, as a file of its own.
 */

import type { StageDetail } from "./host.ts";
import type { Model, Models, Product } from "./product.ts";

const MOST = 20;
const PATIENCE_MS = 10_000;
const OLDEST_MS = 3_600_000;
const DAY_MS = 86_400_000;
const MOST_BYTES = 4e9;

const NETWORKS = ["slow-2g", "2g", "3g", "4g"];
const AR_KINDS = ["webxr", "scene-viewer", "quick-look"];
const AR_STATES = "launched started placed lost found ended refused failed returned".split(" ");
const ACTIONS = "rotate zoom reset fullscreen share screenshot variant animation hotspot dimensions".split(
  " ",
);

type Fields = Record<string, unknown>;

/** One event the element told, and when by this page's clock. */
export type Told = readonly [name: string, detail: unknown, at: number];

/** What is known of the element by the time it is watched; the product is not where it could not be loaded. */
export interface Watched {
  /** When the element was put into the page, by this page's clock. */
  readonly since: number;
  /** What it told before. */
  readonly told: readonly Told[];
  readonly product?: Product;
  readonly models?: Models;
  readonly signal: AbortSignal;
}

/** Counts what `element` tells from here on, and what it told already. */
export function watch(element: HTMLElement, watched: Watched): void {
  const { product, models, signal, told } = watched;
  const id = product?.id ?? element.getAttribute("product") ?? "";
  if (!mayTell() || !/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)) return;
  for (const model of [models?.preview, models?.full]) if (model) files.watch(model.url);
  const take = (...[name, detail, at]: Told): void => {
    if (element.getAttribute("telemetry") === "off") return;
    const said = eventOf(name, detail as Fields, watched);
    if (!said) return;
    const about = { product: id, ...(product?.version ? { version: product.version } : {}) };
    const ms = "ms" in said ? said.ms : at - watched.since;
    put({ ...about, ...said, ms: whole(ms, DAY_MS) }, at);
  };
  for (const each of told) take(...each);
  for (const name of ["vitrine-stage", "vitrine-error", "vitrine-interaction", "vitrine-ar"])
    element.addEventListener(name, (event) => take(name, (event as CustomEvent).detail, performance.now()), {
      signal,
    });
}

/** Whether this browser's person lets us count. */
function mayTell(): boolean {
  const { doNotTrack, globalPrivacyControl } = navigator as {
    doNotTrack?: string | null;
    globalPrivacyControl?: boolean;
  };
  return doNotTrack !== "1" && globalPrivacyControl !== true;
}

/** The fields of an event that belong to its kind; null for what is not counted. */
function eventOf(name: string, detail: Fields, { product, models }: Watched): Fields | null {
  if (name === "vitrine-stage") return stageOf(detail as unknown as StageDetail, product, models);
  if (name === "vitrine-error") return { kind: "error", error: detail.kind };
  if (name === "vitrine-interaction")
    return ACTIONS.includes(String(detail.kind))
      ? { kind: "interaction", action: detail.kind, count: 1 }
      : null;
  const state = detail.state ?? "launched";
  if (!AR_KINDS.includes(String(detail.kind)) || !AR_STATES.includes(String(state))) return null;
  const took = state === "ended" ? "session_ms" : state === "returned" ? "away_ms" : "ar_ms";
  const ms = typeof detail.ms === "number" ? { [took]: whole(detail.ms, DAY_MS) } : {};
  return { kind: "ar", ar: detail.kind, state, ...ms };
}

function stageOf(
  { stage, ms, bytes, again }: StageDetail,
  product?: Product,
  models?: Models,
): Fields | null {
  if (stage === "loading" || again) return null; // one that was scrolled away and came back has loaded nothing anew
  if (stage === "poster") return { kind: stage, ms };
  const received = { kind: stage, ms, bytes: whole(bytes, MOST_BYTES) };
  const model = stage === "failed" ? null : (models?.[stage] ?? models?.full);
  return model ? { ...received, variant: variantOf(model, product), ...files.timing(model.url) } : received;
}

function variantOf({ url }: Model, product?: Product): string {
  const kinds = ["web", "mobile", "preview"] as const;
  return kinds.find((kind) => product?.variants?.[kind]?.url === url) ?? "source";
}

/** How files travelled, as far as the browser tells: of other origins only those that allow it are told. */
const files = {
  found: new Map<string, PerformanceResourceTiming | null>(),

  watch(url: string): void {
    this.found.set(url, this.found.get(url) ?? null);
  },

  /** The page's own list may be full or cleared: what comes from now on is kept here too. */
  keep(entries: readonly PerformanceEntry[]): void {
    for (const entry of entries)
      if (this.found.has(entry.name)) this.found.set(entry.name, entry as PerformanceResourceTiming);
  },

  timing(url: string): Fields {
    this.keep(observer.takeRecords());
    const listed = performance.getEntriesByName(url, "resource").at(-1) as
      | PerformanceResourceTiming
      | undefined;
    const entry = this.found.get(url) ?? listed;
    if (!entry) return {};
    const took = { file_ms: whole(entry.duration, DAY_MS) };
    if (entry.encodedBodySize === 0) return took;
    const { deliveryType } = entry as { deliveryType?: string };
    const hit = deliveryType === "cache" || entry.transferSize === 0;
    const timings = (entry.serverTiming ?? []).slice(0, 8).filter(({ name }) => /^[!-~]{1,32}$/.test(name));
    return {
      ...took,
      wire_bytes: hit ? 0 : whole(entry.transferSize, MOST_BYTES),
      cache: hit ? "hit" : "miss",
      ...(timings.length ? { server_timing: timings.map(serverTimingOf) } : {}),
    };
  },
};

function serverTimingOf({ name, duration, description }: PerformanceServerTiming): Fields {
  const say = description.replace(/[^ -~]/g, "").slice(0, 64);
  return { name, ms: whole(duration, DAY_MS), ...(say ? { say } : {}) };
}

const observer = new PerformanceObserver((list) => files.keep(list.getEntries()));
observer.observe({ type: "resource", buffered: true });

/** A whole number that the schema takes. */
function whole(value: unknown, most: number): number {
  return Math.min(Math.max(Math.round(Number(value)) || 0, 0), most);
}

/** Of the whole view; asked for early, because a page that is being left answers no questions. */
const ABOUT = { view: random(), ...circumstances() };

/** 128 bits that name nothing but what they are drawn for. */
function random(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

let waiting: { readonly fields: Fields; readonly at: number }[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

/** The same interaction again only adds to its count. */
function put(fields: Fields, at: number): void {
  const same = waiting.find(
    ({ fields: other }) =>
      fields.action && other.action === fields.action && other.product === fields.product,
  );
  if (same) same.fields.count = whole(Number(same.fields.count) + 1, 10_000);
  else waiting.push({ fields, at });
  timer ??= setTimeout(send, PATIENCE_MS);
  if (waiting.length >= MOST) send();
}

function send(): void {
  clearTimeout(timer);
  timer = undefined;
  const now = performance.now();
  const young = waiting.filter(({ at }) => now - at < OLDEST_MS);
  waiting = [];
  if (young.length === 0) return;
  const events = young.map(({ fields, at }) => ({ ...fields, age_ms: whole(now - at, OLDEST_MS) }));
  // Its own number: a browser may send it twice, and it is counted once.
  const body = JSON.stringify({ ...ABOUT, batch: random(), events });
  const url = new URL("/api/events/", import.meta.url).href;
  // text/plain: a simple request, which asks no other page's origin for leave first.
  if (navigator.sendBeacon?.(url, new Blob([body], { type: "text/plain" }))) return;
  const options = { method: "POST", body, keepalive: true, credentials: "omit", mode: "no-cors" } as const;
  fetch(url, options).catch(() => undefined); // what cannot be told now is forgotten
}

function circumstances(): Fields {
  const { effectiveType, saveData } =
    (navigator as { connection?: { effectiveType?: string; saveData?: boolean } }).connection ?? {};
  return {
    device: deviceClass(),
    ...(NETWORKS.includes(effectiveType ?? "") ? { network: effectiveType } : {}),
    ...(saveData ? { save_data: true } : {}),
  };
}

/** As coarse as it can be and still say which file was the right one. */
function deviceClass(): "phone" | "tablet" | "desktop" | "headset" {
  if (/OculusBrowser|Quest|PicoBrowser|Wolvic/.test(navigator.userAgent)) return "headset";
  if (!matchMedia("(pointer: coarse)").matches) return "desktop";
  return Math.min(screen.width, screen.height) < 600 ? "phone" : "tablet";
}

addEventListener("pagehide", send);
addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") send();
});
