/** `node compress.ts draco|meshopt`: the GLB on stdin, compressed, on stdout. */
import { readFileSync, writeSync } from "node:fs";
import { draco, meshopt } from "@gltf-transform/functions";
import { MeshoptEncoder } from "meshoptimizer";
import { createIO } from "../../engine/src/reading.ts";

const io = await createIO({ dracoEncoder: true });
const document = await io.readBinary(new Uint8Array(readFileSync(0)));
await document.transform(process.argv[2] === "draco" ? draco() : meshopt({ encoder: MeshoptEncoder }));
let bytes = await io.writeBinary(document);
while (bytes.length > 0) bytes = bytes.subarray(writeSync(1, bytes));
