/** When the full model follows the small one: at once, when the browser is idle, or when the shopper touches it. */

import type { Details, Host } from "./host.ts";

export type Pace = "now" | "idle" | "interaction";

const IDLE_AT_MOST_MS = 5_000;

interface Connection {
  readonly saveData?: boolean;
  readonly effectiveType?: string;
}

export function thisConnection(): Connection {
  return (navigator as { readonly connection?: Connection }).connection ?? {};
}

/** `asked` is the attribute `full`. A browser that tells nothing of its network is taken for a quick one. */
export function paceOf(asked: string | null, { saveData, effectiveType }: Connection): Pace {
  if (asked === "now" || asked === "idle" || asked === "interaction") return asked;
  return saveData || /2g|3g/.test(effectiveType ?? "") ? "interaction" : "now";
}

export function whenDue(pace: Pace, { element }: Host, signal: AbortSignal): Promise<void> {
  if (pace === "now") return Promise.resolve();
  return new Promise((resolve) => {
    if (pace === "interaction") {
      const touched: keyof Details = "vitrine-interaction";
      element.addEventListener(touched, () => resolve(), { once: true, signal });
    } else if ("requestIdleCallback" in window) {
      requestIdleCallback(() => resolve(), { timeout: IDLE_AT_MOST_MS });
    } else {
      setTimeout(resolve, IDLE_AT_MOST_MS / 2); // Safari
    }
  });
}
