/** Putting pictures where the stand-ins were. Works on the container, so that no writer can change the rest. */
import type { Picture } from "./codecs.ts";
import { standsFor } from "./geometry.ts";
import { type Glb, type Json, readGlb, type View, writeGlb } from "./glb.ts";

const WEBP = "EXT_texture_webp";

/** `pictures` by texture index, as `standIn` counted them. A picture used twice is stored once. */
export function dress(glb: Uint8Array, pictures: Picture[]): Uint8Array {
  const { json, bin } = readGlb(glb);
  const shown = (json.images ?? []).map((image) => {
    const view = json.bufferViews?.[image.bufferView ?? -1];
    if (!view) throw new Error("an image without a buffer view");
    const start = view.byteOffset ?? 0;
    return pictures[standsFor(bin.subarray(start, start + view.byteLength))] as Picture;
  });
  nameImages(json, shown);
  return writeGlb(rebuilt(json, bin, shown));
}

function nameImages(json: Json, shown: Picture[]): void {
  for (const [index, image] of (json.images ?? []).entries()) image.mimeType = shown[index]?.mime ?? "";
  for (const texture of json.textures ?? []) {
    if (texture.source === undefined || shown[texture.source]?.mime !== "image/webp") continue;
    texture.extensions = { ...texture.extensions, [WEBP]: { source: texture.source } };
    delete texture.source;
  }
  if (shown.some((one) => one.mime === "image/webp")) {
    json.extensionsUsed = [...new Set([...(json.extensionsUsed ?? []), WEBP])];
    json.extensionsRequired = [...new Set([...(json.extensionsRequired ?? []), WEBP])];
  }
  json.asset.generator = "Vitrine";
  const credit = json.asset.copyright ?? json.asset.extras?.copyright;
  if (credit) json.asset.copyright = credit;
}

/** The binary chunk anew: each region that something refers to, the pictures last, nothing else. */
function rebuilt(json: Json, bin: Uint8Array, shown: Picture[]): Glb {
  const imageViews = new Map(
    (json.images ?? []).map((image, index) => [image.bufferView, shown[index] as Picture]),
  );
  const parts: Uint8Array[] = [];
  let length = 0;
  const place = (bytes: Uint8Array): number => {
    const at = length;
    const rest = (4 - (bytes.length % 4)) % 4;
    parts.push(bytes, new Uint8Array(rest));
    length += bytes.length + rest;
    return at;
  };
  for (const [index, view] of (json.bufferViews ?? []).entries()) {
    if (imageViews.has(index)) continue;
    for (const region of regions(view)) {
      const start = region.byteOffset ?? 0;
      region.byteOffset = place(bin.subarray(start, start + region.byteLength));
    }
  }
  const placed = new Map<Picture, number>();
  for (const [index, view] of (json.bufferViews ?? []).entries()) {
    const one = imageViews.get(index);
    if (!one) continue;
    const at = placed.get(one) ?? place(one.bytes);
    placed.set(one, at);
    view.byteOffset = at;
    view.byteLength = one.bytes.length;
  }
  if (json.buffers?.[0]) json.buffers[0].byteLength = length;
  return { json, bin: Buffer.concat(parts) };
}

/** What a view reads from the binary chunk, which is buffer 0: itself, or its compressed bytes. */
function regions(view: View): { byteOffset?: number; byteLength: number }[] {
  const compressed = Object.values(view.extensions ?? {}).find(
    (extension) => extension.byteLength !== undefined,
  );
  if (compressed) return compressed.buffer === 0 ? [compressed] : [];
  return view.buffer === 0 ? [view] : [];
}
