/** What is around a WebXR session: what to do next, what is wrong, and the way out. model-viewer draws the rest. */

import type { ModelViewer } from "../model-viewer.ts";
import type { Tools } from "./tools.ts";

const SURFACE_PATIENCE_MS = 15_000;
const ADJUST_MS = 8_000;
const CROSS = "M6 6l12 12M18 6L6 18";

type Told = CustomEvent<{ readonly status: string }>;

/** Puts hint and close button where model-viewer lays its children over the camera. `again` starts another session. */
export function guide(tools: Tools, view: ModelViewer, again: () => void): void {
  const { node, icon, words } = tools;
  const hint = node("div", { class: "ar-hint", part: "ar-hint", role: "status", hidden: "", dir: "auto" });
  const close = node(
    "button",
    { type: "button", class: "ar-close", part: "ar-close", slot: "exit-webxr-ar-button" },
    icon(CROSS),
  );
  close.setAttribute("aria-label", words.close);
  view.append(hint, close);
  const say = (text: string | null): void => {
    hint.textContent = text;
    hint.hidden = text === null;
  };
  follow(tools, view, say);
  sayWhenInterrupted(tools, view, { close, again });
}

function follow(
  { placement, trueSize, words }: Tools,
  view: ModelViewer,
  say: (text: string | null) => void,
): void {
  let [next, lost]: [string | null, boolean] = [null, false];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const step = (text: string | null, afterMs: number, later: string | null): void => {
    clearTimeout(timer);
    next = text;
    if (!lost) say(next);
    if (text !== null && later !== text) timer = setTimeout(() => step(later, 0, later), afterMs);
  };
  view.addEventListener("ar-status", (event) => {
    const { status } = (event as Told).detail;
    if (status === "session-started") {
      lost = false;
      const seek = placement === "wall" ? words.seekWall : words.seekFloor;
      step(seek, SURFACE_PATIENCE_MS, words.noSurface);
    } else if (status === "object-placed") {
      step(trueSize ? words.adjust : words.adjustSize, ADJUST_MS, null);
    } else {
      lost = false;
      step(null, 0, null);
    }
  });
  view.addEventListener("ar-tracking", (event) => {
    lost = (event as Told).detail.status !== "tracking";
    say(lost ? words.lost : next);
  });
}

interface WayBack {
  readonly close: HTMLButtonElement;
  readonly again: () => void;
}

/** A session that ends while the page is out of sight was ended by the phone: a call, another app. */
function sayWhenInterrupted({ notice, words }: Tools, view: ModelViewer, { close, again }: WayBack): void {
  let [closed, running, said] = [false, false, false];
  close.addEventListener("click", () => {
    closed = true;
  });
  view.addEventListener("ar-status", (event) => {
    const { status } = (event as Told).detail;
    if (status === "session-started") {
      [closed, running] = [false, true];
      if (said) notice.clear();
      said = false;
    } else if (status === "not-presenting") {
      said = running && !closed && document.visibilityState === "hidden";
      if (said) notice.say(words.interrupted, { label: words.goOn, press: again });
      running = false;
    }
  });
}
