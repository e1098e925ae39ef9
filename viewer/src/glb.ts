/** A look at a GLB before the renderer gets it: is it whole, and can we show it? */

import { Fault } from "./fault.ts";

const MAGIC = 0x46546c67; // "glTF", little endian
const JSON_CHUNK = 0x4e4f534a; // "JSON"
const HEADER = 20; // bytes: file header 12, first chunk's header 8

/** Throws a Fault for what is not a whole GLB 2.0, and for KTX2, which would hang without a word. */
export async function checkGlb(file: Blob): Promise<void> {
  if (file.size < HEADER) throw new Fault("model", `not a GLB: ${file.size} bytes`);
  const head = new DataView(await file.slice(0, HEADER).arrayBuffer());
  const [magic, version, length] = [0, 4, 8].map((at) => head.getUint32(at, true));
  if (magic !== MAGIC || version !== 2 || head.getUint32(16, true) !== JSON_CHUNK) {
    throw new Fault("model", "not a GLB 2.0 file");
  }
  if (length === undefined || length > file.size) {
    throw new Fault("network", `the GLB ends after ${file.size} of ${length} bytes`);
  }
  const text = await file.slice(HEADER, HEADER + head.getUint32(12, true)).text();
  if (text.includes('"KHR_texture_basisu"'))
    throw new Fault("unsupported", "KTX2 textures are not displayed");
}
