/** What every control works with, and what it gives to the bar. Types, and the list of controls. */

import type { Host, Interaction } from "../host.ts";
import type { ModelViewer } from "../model-viewer.ts";
import type { Notice } from "../notice.ts";
import type { Words } from "../words.ts";
import type { Sign } from "./button.ts";

export const CONTROLS = [
  "rotate",
  "zoom",
  "reset",
  "fullscreen",
  "share",
  "dimensions",
  "variants",
  "animations",
  "hotspots",
] as const;

export type Control = (typeof CONTROLS)[number];

export interface Tools {
  readonly host: Host;
  readonly view: ModelViewer;
  readonly words: Words;
  readonly notice: Notice;
  /** Aborted when this view goes away; a later view of the same element gets tools of its own. */
  readonly signal: AbortSignal;
  told(kind: Interaction): void;
}

/** One line of the menu behind "More". Those with `checked` say whether they are on. */
export interface Item {
  readonly label: string;
  readonly sign?: Sign;
  readonly checked?: boolean;
  /** The heading over a choice of one among several; lines of the same heading stand together. */
  readonly choice?: string;
  /** Shown only where the frame is too narrow for the button of the same meaning. */
  readonly narrow?: boolean;
  press(): void;
}

/** Something that follows the model: `refresh` is called when another one has taken its place. */
export interface Feature {
  refresh(): void;
  items?(): readonly Item[];
}

/** The attribute `controls`: names with spaces between; without it all, with `none` no control. */
export function controlsOf(attribute: string | null): ReadonlySet<Control> {
  if (attribute === null) return new Set(CONTROLS);
  const asked = attribute.toLowerCase().split(/\s+/);
  return new Set(CONTROLS.filter((each) => asked.includes(each)));
}
