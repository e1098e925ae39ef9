/** glTF-Transform with all we can decode. Never reads a path of the model's: bytes and resources are handed over. */
import { type Document, Logger, NodeIO } from "@gltf-transform/core";
import { ALL_EXTENSIONS } from "@gltf-transform/extensions";
import draco3d from "draco3dgltf";
import { MeshoptDecoder, MeshoptEncoder } from "meshoptimizer";
import { ModelFault } from "./failure.ts";
import type { Json } from "./glb.ts";
import type { Notice } from "./report.ts";

const known = new Set(ALL_EXTENSIONS.map((extension) => extension.EXTENSION_NAME));

export async function createIO({ dracoEncoder = false } = {}): Promise<NodeIO> {
  await MeshoptDecoder.ready;
  const io = new NodeIO()
    .setLogger(new Logger(Logger.Verbosity.SILENT))
    .registerExtensions(ALL_EXTENSIONS)
    .registerDependencies({
      "draco3d.decoder": await draco3d.createDecoderModule(),
      "meshopt.decoder": MeshoptDecoder,
      "meshopt.encoder": MeshoptEncoder,
    });
  if (dracoEncoder) io.registerDependencies({ "draco3d.encoder": await draco3d.createEncoderModule() });
  return io;
}

/** Read a model whose JSON may name only `resources`. What was left behind is added to `notices`. */
export async function readModel(
  json: Json,
  resources: Record<string, Uint8Array>,
  notices: Notice[],
): Promise<Document> {
  const text = JSON.stringify(json);
  // The ratified twin of EXT_meshopt_compression: same layout, and our decoder knows its newer codec.
  const renamed = text.includes("KHR_meshopt_compression")
    ? text.replaceAll("KHR_meshopt_compression", "EXT_meshopt_compression")
    : text;
  const model = JSON.parse(renamed) as Json;
  refuseUnknown(model);
  nameTargetsSafely(model);
  const dropped = (model.extensionsUsed ?? []).filter((name) => !known.has(name));
  if (dropped.length > 0) {
    notices.push({
      code: "extensions-dropped",
      detail: `Optional extensions that we do not know were dropped: ${dropped.join(", ")}.`,
    });
  }
  const io = await createIO();
  try {
    return await io.readJSON({ json: model as never, resources: resources as never });
  } catch (error) {
    if (error instanceof RangeError || error instanceof Error) {
      throw new ModelFault("unreadable", `The model cannot be decoded: ${error.message}`.slice(0, 500));
    }
    throw error;
  }
}

/** `extras` may be of any type (glTF 2.0, 3.5), yet the names of morph targets are written into a mesh's: other types
 * than an object are kept in one. */
function nameTargetsSafely(json: Json): void {
  for (const mesh of json.meshes ?? []) {
    const { extras } = mesh;
    const isObject = typeof extras === "object" && extras !== null && !Array.isArray(extras);
    if (extras !== undefined && !isObject) mesh.extras = { value: extras };
  }
}

function refuseUnknown(json: Json): void {
  const unknown = (json.extensionsRequired ?? []).filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new ModelFault(
      "extension-unknown",
      `The model requires ${unknown.join(", ")}, which we cannot read. Export it without, or make it optional.`,
    );
  }
}
