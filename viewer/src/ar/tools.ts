/**
 * What the second stage lends to AR's own file. Types only: code that both would import becomes a third file, which
 * every shopper would then wait for.
 */

import type { adoptStyles, icon, node } from "../dom.ts";
import type { Host } from "../host.ts";
import type { Notice } from "../notice.ts";
import type { Placement } from "./wishes.ts";
import type { ArWords } from "./words.ts";

export interface Loan {
  readonly host: Host;
  readonly notice: Notice;
  readonly language: string;
  readonly placement: Placement;
  readonly trueSize: boolean;
  readonly node: typeof node;
  readonly icon: typeof icon;
  readonly adoptStyles: typeof adoptStyles;
}

export interface Tools extends Loan {
  readonly words: ArWords;
}
