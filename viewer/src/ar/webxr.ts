/** AR inside the page. The browser is asked once; a session is model-viewer's to run, and ours to follow. */

import type { ArState } from "../host.ts";
import type { ModelViewer } from "../model-viewer.ts";
import type { XRSupport } from "./offer.ts";

interface XRSystem {
  isSessionSupported(mode: string): Promise<boolean>;
  requestSession(...wishes: unknown[]): Promise<unknown>;
}

function system(): XRSystem | undefined {
  return (navigator as Navigator & { readonly xr?: XRSystem }).xr;
}

/** After one refusal model-viewer asks no more, whichever element of the page it was for. */
let spent = false;
/** When AR was last tapped for; a page has one session at a time. */
let tapped = 0;

export async function webXRSupport(): Promise<XRSupport> {
  if (!isSecureContext) return "no-secure-context";
  const xr = system();
  if (!xr || spent) return frameAllows() ? "unsupported" : "blocked-by-frame";
  try {
    return (await xr.isSessionSupported("immersive-ar")) ? "yes" : "unsupported";
  } catch (thrown) {
    return (thrown as Error).name === "SecurityError" ? "blocked-by-frame" : "unsupported";
  }
}

/** What the browser says of this frame's rights; one that does not say allows. */
function frameAllows(): boolean {
  const { featurePolicy } = document as Document & {
    readonly featurePolicy?: { features(): string[]; allowsFeature(name: string): boolean };
  };
  const name = "xr-spatial-tracking";
  return !featurePolicy?.features().includes(name) || featurePolicy.allowsFeature(name);
}

export type Entry = "started" | "refused" | "failed";

/** Starts a session within the tap. Resolves once it runs, or will not. */
export async function enterWebXR(view: ModelViewer): Promise<Entry> {
  if (spent) return "failed";
  tapped = performance.now();
  const heard = overhear(system());
  try {
    await view.activateAR();
  } finally {
    heard.stop();
  }
  if (RUNNING.has(view.getAttribute("ar-status") ?? "")) return "started";
  spent = true;
  return REFUSALS.has(heard.refusal ?? "") ? "refused" : "failed";
}

/** model-viewer's words for it. */
const RUNNING = new Set(["session-started", "object-placed"]);

/** Chrome calls it not supported when the shopper says no, though it said before that it is. */
const REFUSALS = new Set(["NotAllowedError", "SecurityError", "NotSupportedError"]);

interface Heard {
  /** The name of the error that model-viewer was given, and keeps to itself. */
  refusal: string | null;
  stop(): void;
}

/** Listens to what the browser answers to model-viewer's question for a session. */
function overhear(xr: XRSystem | undefined): Heard {
  const heard: Heard = { refusal: null, stop: () => undefined };
  if (!xr) return heard;
  const own = Object.getOwnPropertyDescriptor(xr, "requestSession");
  const ask = xr.requestSession;
  const overheard = async (...wishes: unknown[]): Promise<unknown> => {
    try {
      return await ask.apply(xr, wishes);
    } catch (thrown) {
      heard.refusal = (thrown as Error).name;
      throw thrown;
    }
  };
  Object.defineProperty(xr, "requestSession", { value: overheard, configurable: true, writable: true });
  heard.stop = () => {
    if (own) Object.defineProperty(xr, "requestSession", own);
    else Reflect.deleteProperty(xr, "requestSession");
  };
  return heard;
}

/** Tells the states of the view's sessions, from `started` to `ended`. */
export function followSessions(view: ModelViewer, tell: (state: ArState, ms: number | null) => void): void {
  let [started, lost] = [0, 0];
  const now = (): number => performance.now();
  view.addEventListener("ar-status", (event) => {
    const { status } = (event as CustomEvent<{ readonly status: string }>).detail;
    if (status === "session-started") {
      started = now();
      tell("started", started - tapped);
    } else if (started && status === "object-placed") {
      tell("placed", now() - started);
    } else if (started && status === "not-presenting") {
      tell("ended", now() - started);
      started = 0;
    }
  });
  view.addEventListener("ar-tracking", (event) => {
    if (!started) return;
    const found = (event as CustomEvent<{ readonly status: string }>).detail.status === "tracking";
    tell(found ? "found" : "lost", found ? now() - lost : null);
    lost = now();
  });
}
