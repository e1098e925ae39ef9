/** What can go wrong in a viewer, as `vitrine-error` names it. */
export type FaultKind =
  | "product" // the service did not give the product
  | "missing" // a model's address answers 4xx
  | "network" // no answer, a broken or a stalled one
  | "model" // bytes that are not a model, or that the renderer refused
  | "unsupported" // a model with KTX2 textures, which need 'unsafe-eval'
  | "script" // our own files did not load
  | "webgl" // this browser has no WebGL 2
  | "memory" // no room for the model, in the device or in its graphics card
  | "context-lost" // the graphics card went away, for a moment or for good
  | "ar"; // AR was denied or did not start

export class Fault extends Error {
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** Any thrown thing as a Fault; what we did not foresee is `otherwise`: a model the renderer refused. */
export function asFault(thrown: unknown, otherwise: FaultKind = "model"): Fault {
  if (thrown instanceof Fault) return thrown;
  return new Fault(outOfMemory(thrown) ? "memory" : otherwise, String(thrown), thrown);
}

/** By their words, since browsers have no type for it: "Array buffer allocation failed", "Out of memory". */
export function outOfMemory(thrown: unknown): boolean {
  return /allocat|out of memory/i.test(String(thrown));
}
