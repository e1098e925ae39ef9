/** Points on the model with a text each, from the product's `metadata.hotspots`; a press brings the camera there. */

import { type Camera, cameraStill, glide } from "../camera.ts";
import { node } from "../dom.ts";
import { languageOf } from "../words.ts";
import { button } from "./button.ts";
import { type Spot, spotsOf } from "./spot.ts";
import type { Feature, Item, Tools } from "./tools.ts";

/** `caption` is where the text of the open one stands: inside the frame, whatever the camera does. */
export function hotspots(tools: Tools): (Feature & { readonly caption: HTMLElement }) | null {
  const { host, view, words, signal, told } = tools;
  const spots = spotsOf(host.product.metadata?.hotspots, languageOf(host.element));
  if (!spots.length) return null;
  const caption = node("div", { class: "caption", part: "caption", id: "caption", role: "status" });
  const points = spots.map((spot, at) => point(spot, at));
  let open: HTMLElement | null = null;
  const show = (made: HTMLElement | null, text = ""): void => {
    open?.setAttribute("aria-expanded", "false");
    open = made;
    open?.setAttribute("aria-expanded", "true");
    const away = button("close", words.close, close);
    caption.replaceChildren(...(made ? [node("p", { dir: "auto" }, text), away] : []));
  };
  // Where the point is low, the text stands above, so that it never lies on what it tells about.
  const place = (made: HTMLElement): void => {
    const { y } = view.queryHotspot(made.slot)?.canvasPosition ?? { y: 0 };
    if (made === open) caption.classList.toggle("up", y > view.clientHeight * 0.6);
  };
  function close(): void {
    const last = open;
    show(null);
    last?.focus();
  }
  for (const [at, made] of points.entries()) {
    const spot = spots[at];
    made.addEventListener("click", () => {
      if (!spot || made === open) return show(null);
      show(made, spot.text);
      bring(tools, spot, made);
      told("hotspot");
      place(made);
      cameraStill(view).then(() => place(made));
    });
  }
  const onKey = (event: Event): void => {
    if ((event as KeyboardEvent).key === "Escape" && open) close();
  };
  host.root.addEventListener("keydown", onKey, { signal });
  view.append(...points);
  const items = (): Item[] => [
    {
      label: words.hotspots,
      sign: "hotspots",
      checked: points.some(({ hidden }) => !hidden),
      press: () => {
        show(null);
        for (const made of points) made.hidden = !made.hidden;
        told("hotspot");
      },
    },
  ];
  return { caption, items, refresh: () => undefined };
}

function point({ position, normal, text }: Spot, at: number): HTMLButtonElement {
  const made = node("button", {
    type: "button",
    class: "hotspot",
    part: "hotspot",
    slot: `hotspot-${at}`,
    "data-position": position,
    "data-visibility-attribute": "visible",
    "aria-label": `${at + 1}: ${text}`,
    "aria-expanded": "false",
    "aria-controls": "caption",
  });
  if (normal) made.dataset.normal = normal.map((each) => `${each}m`).join(" ");
  return made;
}

/** To the camera that was given; else, to a point that looks away, round to where its normal points. */
function bring({ view }: Tools, { camera, normal }: Spot, made: HTMLElement): void {
  const goal: Partial<Camera> = camera ?? {};
  const away = !camera && normal && !made.hasAttribute("data-visible");
  glide(view, () => {
    if (goal.target) view.cameraTarget = goal.target;
    if (goal.fieldOfView) view.fieldOfView = goal.fieldOfView;
    if (goal.orbit) view.cameraOrbit = goal.orbit;
    if (away) {
      const [x, y, z] = normal;
      const { radius } = view.getCameraOrbit();
      view.cameraOrbit = `${Math.atan2(x, z)}rad ${Math.atan2(Math.hypot(x, z), y)}rad ${radius}m`;
    }
  });
}
