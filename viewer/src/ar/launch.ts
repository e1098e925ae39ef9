/** What a tap on an AR button does, and what is told of it. */

import { cameraOf, placeCamera } from "../camera.ts";
import { node } from "../dom.ts";
import { Fault } from "../fault.ts";
import type { ArKind, ArState, Host } from "../host.ts";
import type { ModelViewer } from "../model-viewer.ts";
import { watchReturn } from "./away.ts";
import type { Offer } from "./offer.ts";
import { onBannerTap } from "./quick-look.ts";
import { watchForMissingApp } from "./scene-viewer.ts";
import { type Entry, enterWebXR } from "./webxr.ts";

export function tell(host: Host, kind: ArKind, state: ArState, ms: number | null = null): void {
  host.tell("vitrine-ar", { kind, state, ms });
}

type Outside = Extract<Offer, { readonly href: string }>;

/** A link that opens another app's AR. `missing` is called when the phone has no such app. */
export function linkOut(host: Host, { kind, href }: Outside, missing: () => void): HTMLAnchorElement {
  const link = node("a", kind === "quick-look" ? { href, rel: "ar" } : { href });
  if (kind === "quick-look") {
    // Safari opens Quick Look only for a link whose first child is an image, with at most one other child.
    link.append(node("img", { alt: "" }));
    onBannerTap(link, () => host.tell("vitrine-ar-action", { product: host.product.id }));
  }
  link.addEventListener("click", () => {
    tell(host, kind, "launched");
    watchReturn((ms) => tell(host, kind, "returned", ms), host.signal);
    if (kind !== "scene-viewer") return;
    const gone = (): void => {
      tell(host, kind, "failed");
      host.fault(new Fault("ar", "no Scene Viewer on this phone"));
      missing();
    };
    watchForMissingApp(gone, host.signal);
  });
  return link;
}

/** Opens AR in the page. It is told and ours to follow from `started` on; anything else is what went wrong. */
export async function enterRoom(host: Host, view: ModelViewer): Promise<Entry> {
  tell(host, "webxr", "launched");
  const camera = cameraOf(view);
  const entry = await enterWebXR(view);
  if (entry === "started") return entry;
  // model-viewer puts back a target that it never took, and then the model stands half out of the frame.
  view.cameraTarget = "auto auto auto"; // the same again would be no change, and left where it is
  placeCamera(view, camera);
  tell(host, "webxr", entry);
  host.fault(new Fault("ar", `the session was ${entry === "refused" ? "refused" : "not started"}`));
  return entry;
}
