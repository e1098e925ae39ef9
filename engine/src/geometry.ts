/** Meshes, animations and the scene, without the textures: those are placeholders until the file is dressed. */
import {
  type AnimationChannel,
  type Document,
  type NodeIO,
  Primitive,
  type vec3,
  type vec4,
} from "@gltf-transform/core";
import { KHRDracoMeshCompression } from "@gltf-transform/extensions";
import { cloneDocument, dedup, draco, prune, resample, weld } from "@gltf-transform/functions";
import { pack } from "gltfpack";
import { countGlb } from "./counting.ts";
import { readGlb } from "./glb.ts";
import { createIO } from "./reading.ts";
import { useOf } from "./roles.ts";

/** `bits` of each attribute; `simplify` the most error as part of the model's size, 0 for none. */
export interface Precision {
  position: number;
  uv: number;
  normal: number;
  simplify: number;
}

/** Triangles to aim for, and how far from the original the surface may go for it. */
export interface Target {
  triangles: number;
  error: number;
  /** May it collapse across seams of texture coordinates? */
  seams?: boolean;
  /** Reach the number whatever it costs in looks. */
  force?: boolean;
}

/**
 * A texture's stand-in: too small to weigh, and it tells which texture it stands for. gltfpack looks at a PNG's header
 * to see whether a blended material needs its blending, so the header says what the texture's would.
 */
export function standIn(index: number, alpha: boolean): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(33);
  header.write("\x89PNG\r\n\x1a\n", 0, "latin1");
  header.writeUInt32BE(13, 8);
  header.write("IHDR", 12, "latin1");
  header.writeUInt32BE(4, 16);
  header.writeUInt32BE(4, 20);
  header[24] = 8;
  header[25] = alpha ? 6 : 2;
  return new Uint8Array(Buffer.concat([header, Buffer.from(`stand-in ${index}`)]));
}

export function standsFor(bytes: Uint8Array): number {
  const match = /stand-in (\d+)/.exec(Buffer.from(bytes).toString("latin1"));
  if (!match) throw new Error("an image that is no stand-in");
  return Number(match[1]);
}

/** Keys stay where they are: at a fixed rate they were larger, and fast movements other ones. */
const KEYS = ["-af", "0"];

/** Cleaned, with stand-ins for all textures, as one GLB. `still`: without its animations. */
export async function bare(source: Document, { still = false } = {}): Promise<Uint8Array> {
  const document = cloneDocument(source);
  for (const [index, texture] of document.getRoot().listTextures().entries()) {
    texture.setImage(standIn(index, useOf(texture).alpha)).setMimeType("image/png");
  }
  if (still) freeze(document);
  await document.transform(
    dedup({ propertyTypes: ["Accessor", "Mesh", "Material", "Skin"] }),
    resample({ tolerance: 1e-5 }),
    prune({ keepAttributes: false, keepSolidTextures: true }),
  );
  return (await createIO()).writeBinary(document);
}

/** Without animations, in the pose that the first one begins with: what a viewer shows when it starts to play. */
function freeze(document: Document): void {
  const [first] = document.getRoot().listAnimations();
  for (const channel of first?.listChannels() ?? []) pose(channel);
  for (const animation of document.getRoot().listAnimations()) animation.dispose();
}

function pose(channel: AnimationChannel): void {
  const [node, sampler] = [channel.getTargetNode(), channel.getSampler()];
  const output = sampler?.getOutput();
  const keys = sampler?.getInput()?.getCount() ?? 0;
  if (!node || !output || keys === 0) return;
  const cubic = sampler?.getInterpolation() === "CUBICSPLINE";
  const values = output.getCount() / keys / (cubic ? 3 : 1);
  // A cubic spline's key holds a tangent, the value and another tangent.
  const at = cubic ? values : 0;
  const value = Array.from({ length: values }, (_, index) =>
    output.getElement(at + index, [] as number[]),
  ).flat();
  const path = channel.getTargetPath();
  if (path === "translation") node.setTranslation(value as vec3);
  if (path === "rotation") node.setRotation(value as vec4);
  if (path === "scale") node.setScale(value as vec3);
  if (path === "weights") node.setWeights(value);
}

/** Meshopt by gltfpack's library: quantized, filtered, compressed. */
export async function meshopt(glb: Uint8Array, precision: Precision, target?: Target): Promise<Uint8Array> {
  return run(glb, ["-cc", ...KEYS, ...quantized(precision), ...simplified(glb, precision, target)]);
}

/** Core glTF in floats, merged and simplified by gltfpack. */
export async function plain(glb: Uint8Array, simplify: number, target?: Target): Promise<Uint8Array> {
  const precision = { position: 16, uv: 16, normal: 16, simplify };
  return run(glb, ["-noq", ...KEYS, ...simplified(glb, precision, target)]);
}

/** Draco, from what `plain` has made; nothing where its encoder gives up on how the triangles hang together. */
export async function dracoed(
  glb: Uint8Array,
  precision: Precision,
  io: NodeIO,
): Promise<Uint8Array | undefined> {
  try {
    return await coded(glb, precision, io);
  } catch (error) {
    if (typeof error !== "number") throw error; // C++'s exceptions come out of WebAssembly as addresses
    return undefined;
  }
}

async function coded(glb: Uint8Array, precision: Precision, io: NodeIO): Promise<Uint8Array> {
  const document = await io.readBinary(glb as Uint8Array<ArrayBuffer>);
  await document.transform(
    weld(),
    draco({
      method: "edgebreaker",
      encodeSpeed: 3,
      decodeSpeed: 5,
      quantizePosition: precision.position,
      quantizeNormal: Math.max(8, precision.normal),
      quantizeTexcoord: precision.uv,
      quantizeColor: 8,
      quantizeGeneric: 12,
      quantizationVolume: "scene",
    }),
  );
  return io.writeBinary(document);
}

/** Draco knows triangles only, and keeps no order that morph targets could follow. */
export function dracoFits(source: Document): boolean {
  const primitives = source
    .getRoot()
    .listMeshes()
    .flatMap((mesh) => mesh.listPrimitives());
  return primitives.every(
    (primitive) => primitive.getMode() === Primitive.Mode.TRIANGLES && primitive.listTargets().length === 0,
  );
}

export async function dracoIO(): Promise<NodeIO> {
  return (await createIO({ dracoEncoder: true })).registerExtensions([KHRDracoMeshCompression]);
}

function quantized({ position, uv, normal }: Precision): string[] {
  return ["-vp", String(position), "-vt", String(uv), "-vn", String(normal)];
}

/**
 * `-sv` moves the vertices that are left to where they show least: at one number of triangles a render loses half as
 * much. `-sp` collapses across seams too; only a preview has to go that far.
 */
function simplified(glb: Uint8Array, { simplify }: Precision, target?: Target): string[] {
  if (target) {
    const { triangles } = countGlb(readGlb(glb).json);
    const ratio = Math.min(1, target.triangles / triangles);
    if (ratio === 1) return [];
    const force = target.force ? ["-sa"] : [];
    return [
      "-si",
      ratio.toFixed(6),
      "-se",
      String(target.error),
      "-sv",
      ...(target.seams ? ["-sp"] : []),
      ...force,
    ];
  }
  return simplify > 0 ? ["-si", "0.02", "-se", String(simplify), "-sv"] : [];
}

async function run(glb: Uint8Array, options: string[]): Promise<Uint8Array> {
  let out: Uint8Array | undefined;
  await pack(["-i", "in.glb", "-o", "out.glb", ...options], {
    read: () => glb,
    write: (_, data) => {
      out = data.slice();
    },
  });
  if (!out) throw new Error("gltfpack wrote nothing");
  return out;
}
