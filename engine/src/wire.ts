/** Bytes as they travel: GLBs are served with brotli. */
import { brotliCompressSync, constants } from "node:zlib";

/** Quality 9: within a few percent of 11 at a tenth of its time. */
export function packed(bytes: Uint8Array): Uint8Array {
  return brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
}

export function onTheWire(bytes: Uint8Array): number {
  return Math.min(packed(bytes).length, bytes.length);
}
