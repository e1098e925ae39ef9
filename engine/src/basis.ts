/** Basis Universal KTX2 to raw pixels, by the transcoder that three.js carries. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { compileFunction } from "node:vm";
import { ModelFault } from "./failure.ts";
import type { Raster } from "./pixels.ts";

interface KtxFile {
  isValid(): boolean;
  getWidth(): number;
  getHeight(): number;
  startTranscoding(): number;
  getImageTranscodedSizeInBytes(level: number, layer: number, face: number, format: number): number;
  transcodeImage(
    target: Uint8Array,
    level: number,
    layer: number,
    face: number,
    format: number,
    alpha: number,
    channel0: number,
    channel1: number,
  ): number;
  close(): void;
  delete(): void;
}

interface Transcoder {
  initializeBasis(): void;
  KTX2File: new (bytes: Uint8Array) => KtxFile;
}

const RGBA32 = 13; // the transcoder's number for uncompressed pixels
let transcoder: Promise<Transcoder> | undefined;

export async function decodeKtx2(bytes: Uint8Array, limitPx: number): Promise<Raster> {
  transcoder ??= load();
  const file = new (await transcoder).KTX2File(bytes);
  try {
    return transcode(file, limitPx);
  } finally {
    file.close();
    file.delete();
  }
}

function transcode(file: KtxFile, limitPx: number): Raster {
  if (!file.isValid()) {
    throw new ModelFault(
      "ktx2-not-basis",
      "A KTX2 texture is not Basis Universal (ETC1S or UASTC), the only kind that KHR_texture_basisu allows. Export it anew.",
    );
  }
  const [width, height] = [file.getWidth(), file.getHeight()];
  if (width * height > limitPx) {
    throw new ModelFault(
      "image-too-large",
      `A KTX2 texture has ${width} × ${height} px; the limit is ${limitPx} px in all.`,
    );
  }
  if (!file.startTranscoding()) throw new ModelFault("ktx2-broken", "A KTX2 texture cannot be transcoded.");
  const data = new Uint8Array(file.getImageTranscodedSizeInBytes(0, 0, 0, RGBA32));
  if (data.length !== width * height * 4 || !file.transcodeImage(data, 0, 0, 0, RGBA32, 0, -1, -1)) {
    throw new ModelFault("ktx2-broken", "A KTX2 texture cannot be transcoded.");
  }
  return { data, width, height, channels: 4 };
}

async function load(): Promise<Transcoder> {
  const require = createRequire(import.meta.url);
  const path = require.resolve("three/examples/jsm/libs/basis/basis_transcoder.js");
  const module = { exports: {} as unknown };
  // It is a CommonJS file inside a package of ES modules: Node would not load it as what it is.
  const wrapper = compileFunction(readFileSync(path, "utf8"), [
    "module",
    "exports",
    "require",
    "__dirname",
    "__filename",
  ]);
  wrapper(module, module.exports, require, dirname(path), path);
  const create = module.exports as (options: { wasmBinary: Uint8Array }) => Promise<Transcoder>;
  const ready = await create({ wasmBinary: readFileSync(path.replace(/js$/, "wasm")) });
  ready.initializeBasis();
  return ready;
}
