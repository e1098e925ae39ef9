/** What the small first stage hands to the second, and what the element tells the page. Types only. */

import type { Fault, FaultKind } from "./fault.ts";
import type { Models, Product } from "./product.ts";

/**
 * How far the element is: the picture; model bytes on their way; the small model in 3D; the full one; given up,
 * the picture stays.
 */
export type Stage = "poster" | "loading" | "preview" | "full" | "failed";

/**
 * `vitrine-stage`. `ms` since the element was put into the page, `bytes` of models received so far. `again` is set when
 * the element had let its model go, out of view, and takes it back: such times are no loading times.
 */
export interface StageDetail {
  readonly stage: Stage;
  readonly ms: number;
  readonly bytes: number;
  readonly again?: boolean;
}

/** `vitrine-error`: something went wrong; what is on the screen stays. `message` is for logs, in English. */
export interface ErrorDetail {
  readonly kind: FaultKind;
  readonly message: string;
}

/** `vitrine-ar`: the shopper tapped for AR, and this is what was opened. */
export interface ArDetail {
  readonly kind: "webxr" | "scene-viewer" | "quick-look";
}

/** What a shopper can do with the model; a picture saved is a `screenshot`. */
export type Interaction =
  | "rotate"
  | "zoom"
  | "reset"
  | "fullscreen"
  | "share"
  | "screenshot"
  | "variant"
  | "animation"
  | "hotspot"
  | "dimensions";

/** `vitrine-interaction`: the shopper did this, by a control, or on the model itself once a gesture. */
export interface InteractionDetail {
  readonly kind: Interaction;
}

export interface Details {
  readonly "vitrine-stage": StageDetail;
  readonly "vitrine-error": ErrorDetail;
  readonly "vitrine-ar": ArDetail;
  readonly "vitrine-interaction": InteractionDetail;
}

export interface Host {
  readonly element: HTMLElement;
  readonly root: ShadowRoot;
  /** The address of the element's own script; all other files lie beside it. */
  readonly base: string;
  readonly product: Product;
  readonly models: Models;
  readonly webgl: boolean;
  /** Whether 3D waits for a tap. */
  readonly onDemand: boolean;
  /** Aborted when the element leaves the page or gets another product. */
  readonly signal: AbortSignal;
  /** The first model's answer, when it was asked for already. */
  readonly head: Promise<Response> | null;
  /** Resolves when 3D is wanted: the element was seen, or touched. */
  readonly wanted: Promise<void>;
  /** Asks the service for the product anew. */
  renew(): Promise<Models>;
  /** `again`: see `StageDetail`. */
  at(stage: Stage, again?: boolean): void;
  received(bytes: number): void;
  fault(fault: Fault): void;
  tell<Name extends keyof Details>(name: Name, detail: Details[Name]): void;
  /** Puts the poster over the 3D view, or takes it away. */
  cover(covered: boolean): void;
  /** Starts from the beginning. */
  restart(): void;
}
