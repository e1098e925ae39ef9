import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fault, FaultKind } from "../src/fault.ts";
import { checkGlb } from "../src/glb.ts";

function aGlb(gltf: object, { cut = 0, magic = "glTF" } = {}): Blob {
  const text = JSON.stringify(gltf).padEnd(200);
  const head = new DataView(new ArrayBuffer(20));
  for (const [at, letter] of [...magic].entries()) head.setUint8(at, letter.charCodeAt(0));
  head.setUint32(4, 2, true);
  head.setUint32(8, 20 + text.length, true);
  head.setUint32(12, text.length, true);
  head.setUint32(16, 0x4e4f534a, true);
  return new Blob([head, text.slice(0, text.length - cut)]);
}

async function faultOf(file: Blob): Promise<FaultKind | null> {
  return checkGlb(file).then(
    () => null,
    (thrown: unknown) => (thrown as Fault).kind,
  );
}

test("a whole GLB passes", async () => {
  assert.equal(await faultOf(aGlb({ asset: { version: "2.0" } })), null);
});

test("a text is no model", async () => {
  assert.equal(await faultOf(new Blob(["<!doctype html><title>Not found</title>"])), "model");
  assert.equal(await faultOf(new Blob([])), "model");
  assert.equal(await faultOf(aGlb({}, { magic: "glTX" })), "model");
});

test("a file that ends too early is the network's fault", async () => {
  assert.equal(await faultOf(aGlb({}, { cut: 30 })), "network");
});

test("KTX2 textures are refused before they hang", async () => {
  assert.equal(await faultOf(aGlb({ extensionsUsed: ["KHR_texture_basisu"] })), "unsupported");
});
