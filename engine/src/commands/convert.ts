/** Any glTF that we take to one plain core GLB: nothing compressed, nothing quantized, textures PNG or JPEG. */
import { readFileSync, writeFileSync } from "node:fs";
import { type Accessor, type Document, type Scene, type Texture, TextureChannel } from "@gltf-transform/core";
import {
  dedup,
  dequantize,
  getTextureChannelMask,
  metalRough,
  prune,
  uninstance,
  unpartition,
} from "@gltf-transform/functions";
import { creditLine, creditsOf, fieldsOf } from "../credits.ts";
import { type Facts, factsOf } from "../facts.ts";
import { ModelFault } from "../failure.ts";
import { type Json, readGlb } from "../glb.ts";
import { decode, isKtx2, measureWhole, mimeOf, toPng } from "../pixels.ts";
import { type Placement, place } from "../placement.ts";
import { createIO, readModel } from "../reading.ts";
import { repairDocument, repairJson } from "../repairs.ts";
import { type Notice, progress } from "../report.ts";

export interface ConvertOrder {
  source: string;
  format: "glb" | "gltf";
  /** URI in the model -> path of the file that it means. */
  resources?: Record<string, string>;
  target: string;
  limits: { image_px: number; drawn_elements: number };
  placement?: Placement | null;
}

const DROPPED = [
  "KHR_draco_mesh_compression",
  "EXT_meshopt_compression",
  "KHR_mesh_quantization",
  "KHR_texture_basisu",
  "EXT_texture_webp",
  "EXT_texture_avif",
];

export async function convert(order: ConvertOrder): Promise<object> {
  const notices: Notice[] = [];
  const { json, resources } = load(order);
  repairJson(json);
  const extensions = [...(json.extensionsUsed ?? [])].sort();
  progress(0.1, "reading");
  const document = await readModel(json, resources, notices);
  const scene = oneScene(document, notices);
  if (extensions.includes("KHR_materials_pbrSpecularGlossiness")) {
    await document.transform(metalRough());
    notices.push({
      code: "metal-rough",
      detail: "Specular-glossiness materials were turned into metallic-roughness.",
    });
  }
  if (extensions.includes("EXT_mesh_gpu_instancing")) await document.transform(uninstance());
  progress(0.3, "decoding textures");
  const sides = await plainTextures(document, order.limits.image_px);
  progress(0.7, "decoding geometry");
  await plainGeometry(document);
  repairDocument(document);
  if (order.placement) place(document, scene, order.placement);
  const credits = creditsOf(json);
  const generator = json.asset.generator ?? "";
  const facts = { ...factsOf(document, scene, sides), extensions, generator, ...credits };
  refuseUnusable(facts, order.limits.drawn_elements);
  document.getRoot().getAsset().generator = "Vitrine";
  sign(document, creditLine(credits));
  await document.transform(
    unpartition(),
    dedup({ propertyTypes: ["Texture"] }),
    prune({ propertyTypes: ["Texture"], keepSolidTextures: true }),
  );
  // Their numbers: by these a renderer's findings and the engine's textures are brought together.
  for (const [index, texture] of document.getRoot().listTextures().entries()) texture.setName(String(index));
  progress(0.9, "writing");
  const bytes = await (await createIO()).writeBinary(document);
  writeFileSync(order.target, bytes);
  return { facts, bytes: bytes.length, notices };
}

/** Twice, since gltfpack writes the asset anew and keeps only its extras: `dress` puts it back from there. */
function sign(document: Document, credit: string): void {
  if (!credit) return;
  const asset = document.getRoot().getAsset();
  asset.copyright = credit;
  asset.extras = { ...fieldsOf(asset.extras), copyright: credit };
}

function load(order: ConvertOrder): { json: Json; resources: Record<string, Uint8Array> } {
  const bytes = readFileSync(order.source);
  const glb =
    order.format === "glb"
      ? readGlb(bytes)
      : { json: JSON.parse(bytes.toString("utf8")) as Json, bin: undefined };
  const resources: Record<string, Uint8Array> = {};
  for (const [uri, path] of Object.entries(order.resources ?? {})) resources[uri] = readFileSync(path);
  if (glb.bin) resources["@glb.bin"] = glb.bin;
  for (const { uri } of [...(glb.json.buffers ?? []), ...(glb.json.images ?? [])]) {
    if (uri === undefined || uri.startsWith("data:")) continue;
    const found = resources[uri] ?? resources[decodeURIComponent(uri)];
    if (!found)
      throw new ModelFault(
        "resource-missing",
        `The model names a file that did not come with it: ${uri.slice(0, 200)}.`,
      );
    resources[uri] = found;
  }
  return { json: glb.json, resources };
}

/** Viewers show one scene. Keep that one; a model that has none gets one of all its roots. */
function oneScene(document: Document, notices: Notice[]): Scene {
  const root = document.getRoot();
  const [first, ...others] = root.listScenes();
  let scene = root.getDefaultScene() ?? first;
  if (!scene) {
    scene = document.createScene();
    for (const node of root.listNodes()) if (!node.getParentNode()) scene.addChild(node);
    notices.push({
      code: "scene-added",
      detail: "The file names no scene; all its nodes were put into one.",
    });
  } else if (others.length > 0) {
    for (const other of root.listScenes()) if (other !== scene) other.dispose();
    notices.push({
      code: "scenes-dropped",
      detail: `Of ${others.length + 1} scenes only the one shown was kept.`,
    });
  }
  root.setDefaultScene(scene);
  return scene;
}

async function plainTextures(document: Document, limitPx: number): Promise<number[]> {
  const textures = document.getRoot().listTextures();
  const sides: number[] = [];
  for (const [index, texture] of textures.entries()) {
    sides.push(await plainTexture(texture, limitPx));
    progress(0.3 + (0.4 * (index + 1)) / textures.length, "decoding textures");
  }
  return sides;
}

/** PNG or JPEG stay byte for byte. Returns the longer side in px. */
async function plainTexture(texture: Texture, limitPx: number): Promise<number> {
  const image = texture.getImage();
  if (!image) throw new ModelFault("image-missing", "A texture has no image.");
  const mime = mimeOf(image);
  try {
    if (mime === "image/png" || mime === "image/jpeg") {
      texture.setMimeType(mime).setURI("");
      const [width, height] = await measureWhole(image, limitPx);
      return Math.max(width, height);
    }
    const alpha = (getTextureChannelMask(texture) & TextureChannel.A) !== 0;
    const raster = await decode(image, alpha, limitPx);
    texture
      .setImage((await toPng(raster)) as Uint8Array<ArrayBuffer>)
      .setMimeType("image/png")
      .setURI("");
    return Math.max(raster.width, raster.height);
  } catch (error) {
    if (error instanceof ModelFault) throw error;
    const kind = isKtx2(image) ? "KTX2" : mime;
    throw new ModelFault(
      "image-broken",
      `A texture (${kind}) cannot be decoded: ${String(error).slice(0, 200)}`,
    );
  }
}

async function plainGeometry(document: Document): Promise<void> {
  await document.transform(dequantize());
  for (const accessor of document.getRoot().listAccessors()) {
    accessor.setSparse(false);
    refuseNotFinite(accessor);
  }
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives())
      refuseWildIndices(primitive.getIndices(), primitive.getAttribute("POSITION"));
  }
  for (const extension of document.getRoot().listExtensionsUsed()) {
    if (DROPPED.includes(extension.extensionName)) extension.dispose();
  }
}

/** What was inside a compression could not be seen by the gate. */
function refuseNotFinite(accessor: Accessor): void {
  const array = accessor.getArray();
  if (!(array instanceof Float32Array)) return;
  const at = array.findIndex((value) => !Number.isFinite(value));
  if (at >= 0)
    throw new ModelFault(
      "not-finite",
      `An accessor holds ${array[at]} at element ${at}; every number must be finite.`,
    );
}

function refuseWildIndices(indices: Accessor | null, positions: Accessor | null): void {
  const array = indices?.getArray();
  const count = positions?.getCount() ?? 0;
  const wild = array?.find((index) => index >= count);
  if (wild !== undefined) throw new ModelFault("wild-index", `An index names vertex ${wild} of ${count}.`);
}

function refuseUnusable(facts: Facts, drawnElements: number): void {
  if (facts.triangles === 0) {
    throw new ModelFault(
      "no-triangles",
      "The scene draws 0 triangles; at least 1 is needed. Points and lines alone are not shown.",
    );
  }
  if (facts.triangles * 3 > drawnElements) {
    throw new ModelFault(
      "too-many-triangles",
      `The scene draws ${facts.triangles} triangles; the limit is ${Math.floor(drawnElements / 3)}.`,
    );
  }
}
