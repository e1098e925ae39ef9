/** The GLB container: a JSON chunk and a binary one. Reads only what the gate has let through. */
import { ModelFault } from "./failure.ts";

const MAGIC = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;
const BIN_CHUNK = 0x004e4942;

/** As much of glTF's JSON as is touched here. */
export interface Json {
  asset: { version: string; generator?: string; copyright?: string; extras?: { copyright?: string } };
  buffers?: { byteLength: number; uri?: string; extensions?: Record<string, unknown> }[];
  bufferViews?: View[];
  accessors?: { count: number; type: string; componentType: number; bufferView?: number }[];
  images?: { uri?: string; bufferView?: number; mimeType?: string; name?: string }[];
  textures?: { source?: number; sampler?: number; extensions?: Record<string, { source?: number }> }[];
  meshes?: { primitives: Primitive[]; name?: string; extras?: unknown }[];
  nodes?: { mesh?: number; children?: number[]; extensions?: Record<string, unknown> }[];
  scenes?: { nodes?: number[] }[];
  scene?: number;
  materials?: object[];
  animations?: object[];
  skins?: object[];
  extensionsUsed?: string[];
  extensionsRequired?: string[];
}

export interface View {
  buffer: number;
  byteOffset?: number;
  byteLength: number;
  byteStride?: number;
  target?: number;
  extensions?: Record<string, { buffer: number; byteOffset?: number; byteLength: number }>;
}

export interface Primitive {
  attributes: Record<string, number>;
  indices?: number;
  mode?: number;
  material?: number;
  targets?: Record<string, number>[];
}

export interface Glb {
  json: Json;
  bin: Uint8Array;
}

export function readGlb(bytes: Uint8Array): Glb {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 20 || view.getUint32(0, true) !== MAGIC) {
    throw new ModelFault("not-glb", "The file does not begin as a GLB does.");
  }
  let json: Json | undefined;
  let bin: Uint8Array = new Uint8Array(0);
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at, true);
    const type = view.getUint32(at + 4, true);
    const chunk = bytes.subarray(at + 8, at + 8 + length);
    if (type === JSON_CHUNK) json = JSON.parse(Buffer.from(chunk).toString("utf8")) as Json;
    if (type === BIN_CHUNK) bin = chunk;
    at += 8 + length;
  }
  if (!json) throw new ModelFault("no-json", "The GLB holds no JSON chunk.");
  return { json, bin };
}

export function writeGlb({ json, bin }: Glb): Uint8Array {
  const text = padded(Buffer.from(JSON.stringify(json)), 0x20);
  const body = padded(bin, 0);
  const size = 12 + 8 + text.length + (body.length > 0 ? 8 + body.length : 0);
  const out = Buffer.alloc(size);
  out.writeUInt32LE(MAGIC, 0);
  out.writeUInt32LE(2, 4);
  out.writeUInt32LE(size, 8);
  out.writeUInt32LE(text.length, 12);
  out.writeUInt32LE(JSON_CHUNK, 16);
  out.set(text, 20);
  if (body.length > 0) {
    out.writeUInt32LE(body.length, 20 + text.length);
    out.writeUInt32LE(BIN_CHUNK, 24 + text.length);
    out.set(body, 28 + text.length);
  }
  return out;
}

function padded(bytes: Uint8Array, filler: number): Uint8Array {
  const rest = (4 - (bytes.length % 4)) % 4;
  if (rest === 0) return bytes;
  const out = new Uint8Array(bytes.length + rest).fill(filler);
  out.set(bytes);
  return out;
}
