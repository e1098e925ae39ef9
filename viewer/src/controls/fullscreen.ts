/** Full screen, where the browser lets an element have it (iPhones do not). */

import { button, relabel } from "./button.ts";
import type { Tools } from "./tools.ts";

export function fullscreenButton({ host, words, signal, told }: Tools): HTMLButtonElement | null {
  if (!document.fullscreenEnabled) return null;
  const { element } = host;
  const inside = (): boolean => element.matches(":fullscreen");
  const made = button("fullscreen", words.fullscreen, () => {
    told("fullscreen");
    // A page may forbid it in a way that only shows now: then nothing happens.
    (inside() ? document.exitFullscreen() : element.requestFullscreen()).catch(() => undefined);
  });
  const refresh = (): void => {
    if (inside()) relabel(made, "leave", words.leaveFullscreen);
    else relabel(made, "fullscreen", words.fullscreen);
  };
  document.addEventListener("fullscreenchange", refresh, { signal });
  refresh();
  return made;
}
