/** Far away from the screen, or back near it: phones run out of graphics memory when every model stays. */

/** Two screens off, for so long; less would throw away what a quick scroll comes back to. */
const FAR = "200%";
const NEAR = "50%";
const FAR_FOR_MS = 4_000;

export function farAway(element: Element, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    watch(element, FAR, signal, (near) => {
      clearTimeout(timer);
      if (!near) timer = setTimeout(resolve, FAR_FOR_MS);
    });
    signal.addEventListener("abort", () => clearTimeout(timer));
  });
}

export function nearAgain(element: Element, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    watch(element, NEAR, signal, (near) => near && resolve());
  });
}

function watch(element: Element, margin: string, signal: AbortSignal, tell: (near: boolean) => void): void {
  const observer = new IntersectionObserver((entries) => tell(entries.at(-1)?.isIntersecting ?? true), {
    rootMargin: `${margin} 0px`,
  });
  observer.observe(element);
  signal.addEventListener("abort", () => observer.disconnect());
}
