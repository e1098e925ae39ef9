/** Files as they travel to whoever takes brotli: made once, beside the file, where it is worth it. */
import { readFileSync, writeFileSync } from "node:fs";
import { packed } from "../wire.ts";

export interface PackOrder {
  /** Path of a file -> path to pack it to. */
  files: Record<string, string>;
  /** The most that a packed file may be of its source, 0 to 1: a little is not worth a second file. */
  most: number;
}

/** Which sources were packed, and to how many bytes. */
export async function pack(order: PackOrder): Promise<object> {
  const sizes: Record<string, number> = {};
  for (const [source, target] of Object.entries(order.files)) {
    const bytes = readFileSync(source);
    const small = packed(bytes);
    if (small.length > bytes.length * order.most) continue;
    writeFileSync(target, small);
    sizes[source] = small.length;
  }
  return { packed: sizes };
}
