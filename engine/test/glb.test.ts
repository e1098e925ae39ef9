import assert from "node:assert/strict";
import { test } from "node:test";
import { countGlb } from "../src/counting.ts";
import { dress } from "../src/dressing.ts";
import { ModelFault } from "../src/failure.ts";
import { standIn, standsFor } from "../src/geometry.ts";
import { type Json, readGlb, writeGlb } from "../src/glb.ts";

const picture = (text: string, mime = "image/webp") => ({
  bytes: Buffer.from(text),
  mime,
  width: 1,
  height: 1,
  coded: "webp 80",
});

/** Three floats, then two stand-ins, the second texture first. */
function undressed(): Uint8Array {
  const images = [standIn(1, false), standIn(0, true)];
  const bin = Buffer.concat([Buffer.from("geometry----"), ...images.map((image) => Buffer.from(image))]);
  const starts = [12, 12 + (images[0]?.length ?? 0)];
  const json: Json = {
    asset: { version: "2.0", generator: "other" },
    buffers: [{ byteLength: bin.length }],
    bufferViews: [
      { buffer: 0, byteLength: 12 },
      ...images.map((image, index) => ({
        buffer: 0,
        byteOffset: starts[index] as number,
        byteLength: image.length,
      })),
    ],
    images: [
      { bufferView: 1, mimeType: "image/png" },
      { bufferView: 2, mimeType: "image/png" },
    ],
    textures: [{ source: 0 }, { source: 1 }],
  };
  return writeGlb({ json, bin });
}

test("a GLB written and read again is the same", () => {
  const json: Json = { asset: { version: "2.0" }, buffers: [{ byteLength: 5 }] };

  const again = readGlb(writeGlb({ json, bin: Buffer.from("12345") }));

  assert.deepEqual(again.json, json);
  assert.equal(Buffer.from(again.bin).toString("latin1"), "12345\0\0\0");
});

test("what is no GLB is the model's fault", () => {
  assert.throws(() => readGlb(Buffer.from("no model at all, only a text")), ModelFault);
});

test("a stand-in tells which texture it stands for", () => {
  assert.equal(standsFor(standIn(17, false)), 17);
});

test("pictures come where their stand-ins were, WebP by its extension", () => {
  const { json, bin } = readGlb(dress(undressed(), [picture("first"), picture("second!", "image/jpeg")]));

  const texts = json.bufferViews?.map((view) =>
    Buffer.from(bin.subarray(view.byteOffset ?? 0, (view.byteOffset ?? 0) + view.byteLength)).toString(),
  );
  assert.deepEqual(texts, ["geometry----", "second!", "first"]);
  assert.deepEqual(
    json.images?.map((image) => image.mimeType),
    ["image/jpeg", "image/webp"],
  );
  assert.deepEqual(json.textures, [{ source: 0 }, { extensions: { EXT_texture_webp: { source: 1 } } }]);
  assert.deepEqual(json.extensionsRequired, ["EXT_texture_webp"]);
  assert.equal(json.asset.generator, "Vitrine");
});

test("a picture used twice is stored once", () => {
  const one = picture("only once");

  const { json } = readGlb(dress(undressed(), [one, one]));

  assert.equal(json.bufferViews?.[1]?.byteOffset, json.bufferViews?.[2]?.byteOffset);
});

test("triangles are counted as often as they are drawn, vertices once", () => {
  const json: Json = {
    asset: { version: "2.0" },
    accessors: [
      { count: 8, type: "VEC3", componentType: 5126 },
      { count: 12, type: "SCALAR", componentType: 5123 },
    ],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] }],
    nodes: [{ mesh: 0, children: [1] }, { mesh: 0 }, { mesh: 0 }],
    scenes: [{ nodes: [0] }],
  };

  assert.deepEqual(countGlb(json), { triangles: 8, vertices: 8, draws: 2 });
});
