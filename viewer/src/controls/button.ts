/** A round button with a drawn sign. */

import { icon, node } from "../dom.ts";

const SIGNS = {
  left: "M11 6.5c5.5 0 10 2 10 4.7s-4.5 4.8-10 4.8H6.5M9.8 12.5L6.3 16l3.5 3.5",
  right: "M13 6.5c-5.5 0-10 2-10 4.7s4.5 4.8 10 4.8h4.5M14.2 12.5L17.7 16l-3.5 3.5",
  closer: "M12 5v14M5 12h14",
  farther: "M5 12h14",
  reset: "M4.5 4.5v5h5M4.9 9.5a7.6 7.6 0 1 1-.5 4",
  play: "M8.5 5.5v13l10-6.5z",
  pause: "M9 5.5v13M15 5.5v13",
  fullscreen: "M4.5 9V4.5H9M15 4.5h4.5V9M19.5 15v4.5H15M9 19.5H4.5V15",
  leave: "M9 4.5V9H4.5M19.5 9H15V4.5M15 19.5V15h4.5M4.5 15H9v4.5",
  more: "M5.5 12h0m-.6 0a.6.6 0 1 1 0 .01M11.4 12a.6.6 0 1 1 0 .01M17.9 12a.6.6 0 1 1 0 .01",
  close: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  dimensions: "M3.5 15.5l12-12 5 5-12 12zM7 12l2 2M10 9l2.5 2.5M13 6l2 2",
  share: "M12 15V3.5M8 7l4-3.5L16 7M6.5 11h-1v9.5h13V11h-1",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
  picture: "M4 5h16v14H4zM4 16l4.5-4.5 4 4 2.5-2.5 5 5M15.5 9h.01",
  hotspots: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z",
  check: "M5.5 12.5l4.5 4.5 9-10",
};

export type Sign = keyof typeof SIGNS;

export function sign(name: Sign): SVGSVGElement {
  return icon(SIGNS[name]);
}

export function button(name: Sign, label: string, press: () => void): HTMLButtonElement {
  const made = node("button", { type: "button", part: "button" });
  relabel(made, name, label);
  made.addEventListener("click", press);
  return made;
}

/** Another sign and other words on the same button, which keeps the focus. */
export function relabel(made: HTMLButtonElement, name: Sign, label: string): void {
  made.setAttribute("aria-label", label);
  made.title = label;
  made.replaceChildren(sign(name));
}
