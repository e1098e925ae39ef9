/** What can go wrong in a viewer, as `vitrine-error` names it. */
export type FaultKind =
  | "product" // the service did not give the product
  | "missing" // a model's address answers 4xx
  | "network" // no answer, a broken or a stalled one
  | "model" // bytes that are not a model, or that the renderer refused
  | "unsupported" // a model with KTX2 textures, which need 'unsafe-eval'
  | "script" // our own files did not load
  | "webgl" // this browser has no WebGL 2
  | "context-lost" // the graphics card went away, for a moment or for good
  | "ar"; // AR was denied or did not start

export class Fault extends Error {
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** Any thrown thing as a Fault; what we did not foresee is a model the renderer refused. */
export function asFault(thrown: unknown): Fault {
  return thrown instanceof Fault ? thrown : new Fault("model", String(thrown), thrown);
}
