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

/** AR in the page, in Google's app, in Apple's. */
export type ArKind = "webxr" | "scene-viewer" | "quick-look";

/**
 * How far an AR visit is, and what `ms` says of it (null where nothing is named):
 * - `launched`: the shopper tapped.
 * - `started`: a WebXR session runs; ms since the tap. `placed`: on a surface; ms since `started`.
 * - `lost`, `found`: the phone no longer knows where it is, and knows again; ms it was lost.
 * - `ended`: ms the session lasted.
 * - `refused`: the browser or the shopper said no. `failed`: it broke, or the app is not there.
 * - `returned`: back from another app; ms away from the page, which is not the same as time in AR.
 */
export type ArState =
  | "launched"
  | "started"
  | "placed"
  | "lost"
  | "found"
  | "ended"
  | "refused"
  | "failed"
  | "returned";

/** `vitrine-ar`: something happened on the way into AR, in it, or back. */
export interface ArDetail {
  readonly kind: ArKind;
  readonly state: ArState;
  readonly ms: number | null;
}

/** `vitrine-ar-action`: the button of Quick Look's banner was tapped; what it does is the page's to say. */
export interface ArActionDetail {
  readonly product: string;
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
  readonly "vitrine-ar-action": ArActionDetail;
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
