/** How long the page was left for another app. Not time in AR: nobody tells us what happens there. */

/** A launch that has not left the page by then did not happen. */
const LEAVE_WITHIN_MS = 10_000;

/** Calls `back` once, with the milliseconds between leaving and coming back; never, when the page was not left. */
export function watchReturn(back: (ms: number) => void, signal: AbortSignal): void {
  const over = new AbortController();
  const either = { signal: over.signal };
  signal.addEventListener("abort", () => over.abort(), { once: true, ...either });
  let left: number | null = null;
  const given = setTimeout(() => over.abort(), LEAVE_WITHIN_MS);
  const leave = (): void => {
    clearTimeout(given);
    left ??= performance.now();
  };
  const come = (): void => {
    if (left === null) return;
    over.abort();
    back(performance.now() - left);
  };
  const turn = (): void => (document.visibilityState === "hidden" ? leave() : come());
  document.addEventListener("visibilitychange", turn, either);
  addEventListener("pagehide", leave, either);
  addEventListener("pageshow", come, either);
}
