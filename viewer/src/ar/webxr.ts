/** AR inside the page. The browser is asked once; a session is model-viewer's to run. */

import type { ModelViewer } from "../model-viewer.ts";

interface XRSystem {
  isSessionSupported(mode: string): Promise<boolean>;
}

export async function webXRWorks(): Promise<boolean> {
  const xr = (navigator as Navigator & { readonly xr?: XRSystem }).xr;
  if (!xr) return false;
  // A frame without the permission rejects: as good as no.
  return xr.isSessionSupported("immersive-ar").catch(() => false);
}

/** Starts a session within the tap. Resolves true once it runs, false when it was denied or never began. */
export async function enterWebXR(view: ModelViewer): Promise<boolean> {
  const outcome = new Promise<boolean>((resolve) => {
    const onStatus = (event: Event): void => {
      const { status } = (event as CustomEvent<{ readonly status: string }>).detail;
      if (status !== "session-started" && status !== "not-presenting" && status !== "failed") return;
      view.removeEventListener("ar-status", onStatus);
      resolve(status === "session-started");
    };
    view.addEventListener("ar-status", onStatus);
  });
  await view.activateAR();
  return outcome;
}
