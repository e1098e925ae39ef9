/** Fetching a model's bytes ourselves: with progress, a second try, and a fault that says what happened. */

import { asFault, Fault } from "./fault.ts";
import { checkGlb } from "./glb.ts";
import type { Model } from "./product.ts";

/** A download that gives no byte for this long is given up. */
const STALL_MS = 30_000;
const PAUSE_MS = 1_000;

export interface Order {
  readonly model: Model;
  readonly signal: AbortSignal;
  /** An answer that was asked for already. */
  readonly head?: Promise<Response> | undefined;
  /** Bytes of this file so far; starts again at 0 with a second try. */
  readonly onBytes: (bytes: number) => void;
  /** Called while we wait for the network to come back; what it gives back is called when the wait is over. */
  readonly onOffline: () => () => void;
  /** The model's address asked for anew; addresses may run out. */
  readonly renew: () => Promise<Model | null>;
}

/** The file as a whole GLB. One second try: with a new address after a 4xx, else when the network is back. */
export async function fetchModel(order: Order): Promise<Blob> {
  const { model, signal, head, renew } = order;
  try {
    return await readWhole(head ?? fetch(model.url, { signal }), order);
  } catch (thrown) {
    signal.throwIfAborted();
    const fault = asFault(thrown, "network");
    if (fault.kind !== "missing" && fault.kind !== "network") throw fault;
    const url = fault.kind === "missing" ? (await renew().catch(() => null))?.url : model.url;
    if (!url || (fault.kind === "missing" && url === model.url)) throw fault;
    if (fault.kind === "network") await networkBack(order);
    order.onBytes(0); // what came before is lost, and no progress
    return await readWhole(fetch(url, { signal, cache: "reload" }), order);
  }
}

async function readWhole(asked: Promise<Response>, { signal, onBytes }: Order): Promise<Blob> {
  const answer = await asked.catch((cause: unknown) => {
    throw new Fault("network", "no answer", cause);
  });
  if (!answer.ok || !answer.body) {
    const kind = answer.status < 500 ? "missing" : "network";
    throw new Fault(kind, `the file's address answered ${answer.status}`);
  }
  const reader = answer.body.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await orStall(reader, signal);
    if (done) break;
    parts.push(value);
    bytes += value.byteLength;
    onBytes(bytes);
  }
  const file = new Blob(parts, { type: "model/gltf-binary" });
  await checkGlb(file);
  return file;
}

type Reader = ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

async function orStall(reader: Reader, signal: AbortSignal): ReturnType<Reader["read"]> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stalled = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Fault("network", `no byte for ${STALL_MS / 1000} s`)), STALL_MS);
  });
  try {
    return await Promise.race([reader.read(), stalled]);
  } catch (thrown) {
    signal.throwIfAborted();
    reader.cancel().catch(() => undefined);
    throw asFault(thrown, "network");
  } finally {
    clearTimeout(timer);
  }
}

async function networkBack({ signal, onOffline }: Order): Promise<void> {
  const offline = !navigator.onLine;
  const over = offline ? onOffline() : null;
  try {
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      if (offline) addEventListener("online", () => resolve(), { once: true, signal });
      else setTimeout(resolve, PAUSE_MS);
    });
  } finally {
    over?.();
  }
}
