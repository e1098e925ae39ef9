/** A thin bar that tells the truth: bytes received of the bytes there are, both models together. */

import { node } from "./dom.ts";

export interface Progress {
  /** Bytes of one file so far; files are told apart by name. */
  set(name: string, bytes: number): void;
  /** Out of sight until more bytes come. */
  hide(): void;
  done(): void;
}

/** `total` in bytes, as the files are on disk; the browser counts them unpacked too. */
export function makeProgress(total: number, label: string): { bar: HTMLElement; progress: Progress } {
  const fill = node("div", { class: "fill" });
  const bar = node(
    "div",
    { class: "progress", part: "progress", role: "progressbar", "aria-label": label },
    fill,
  );
  const files = new Map<string, number>();
  const progress: Progress = {
    set(name, bytes) {
      bar.hidden = false;
      files.set(name, bytes);
      const received = [...files.values()].reduce((sum, each) => sum + each, 0);
      const share = Math.min(received / Math.max(total, 1), 1);
      fill.style.setProperty("--share", share.toFixed(4));
      bar.setAttribute("aria-valuenow", String(Math.round(share * 100)));
    },
    hide() {
      bar.hidden = true;
    },
    done() {
      bar.remove();
    },
  };
  progress.set("", 0);
  return { bar, progress };
}
