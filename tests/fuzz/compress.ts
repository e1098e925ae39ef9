/** `node compress.ts draco|meshopt|khr|quantized`: the GLB on stdin, compressed, on stdout. */
import { readFileSync, writeSync } from "node:fs";
import { draco, meshopt } from "@gltf-transform/functions";
import { pack } from "gltfpack";
import { MeshoptEncoder } from "meshoptimizer";
import { createIO } from "../../engine/src/reading.ts";

/** By gltfpack: `khr` is KHR_meshopt_compression, which glTF-Transform does not write. */
const PACKED: Record<string, string[]> = { khr: ["-c", "-ce", "khr"], quantized: [] };

async function compressed(how: string, glb: Uint8Array): Promise<Uint8Array> {
  const options = PACKED[how];
  if (options) return packed(glb, options);
  const io = await createIO({ dracoEncoder: true });
  const document = await io.readBinary(glb as Uint8Array<ArrayBuffer>);
  await document.transform(how === "draco" ? draco() : meshopt({ encoder: MeshoptEncoder }));
  return io.writeBinary(document);
}

async function packed(glb: Uint8Array, options: string[]): Promise<Uint8Array> {
  let out: Uint8Array = new Uint8Array();
  await pack(["-i", "in.glb", "-o", "out.glb", ...options], {
    read: () => glb,
    write: (_: string, data: Uint8Array) => {
      out = data.slice();
    },
  });
  return out;
}

let bytes = await compressed(process.argv[2] ?? "", new Uint8Array(readFileSync(0)));
while (bytes.length > 0) bytes = bytes.subarray(writeSync(1, bytes));
