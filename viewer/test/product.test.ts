import assert from "node:assert/strict";
import { test } from "node:test";
import { modelsOf } from "../src/product.ts";
import { aFile, aProduct } from "./builders.ts";

function names(...given: Parameters<typeof modelsOf>): (string | undefined)[] {
  const { preview, full } = modelsOf(...given);
  return [preview?.url.split("/").at(-1), full?.url.split("/").at(-1)];
}

test("a desktop gets the preview, then the web file", () => {
  assert.deepEqual(names(aProduct(), false), ["preview.glb", "web.glb"]);
});

test("a phone gets the preview, then the mobile file", () => {
  assert.deepEqual(names(aProduct(), true), ["preview.glb", "mobile.glb"]);
});

test("a phone gets the web file where there is no mobile one", () => {
  const variants = { preview: aFile("preview.glb"), web: aFile("web.glb"), mobile: null };

  assert.deepEqual(names(aProduct({ variants }), true), ["preview.glb", "web.glb"]);
});

test("a preview that is the full file is not shown twice", () => {
  const variants = { preview: aFile("web.glb"), web: aFile("web.glb") };

  assert.deepEqual(names(aProduct({ variants }), false), [undefined, "web.glb"]);
});

test("without variants the model itself is shown", () => {
  assert.deepEqual(names(aProduct({ variants: {} }), false), [undefined, "android.glb"]);
});

test("a preview alone is the full model", () => {
  const product = aProduct({ format: "usdz", variants: { preview: aFile("preview.glb") } });

  assert.deepEqual(names(product, false), [undefined, "preview.glb"]);
});

test("a usdz alone has nothing to show in 3D", () => {
  const product = aProduct({ format: "usdz", variants: { ios: aFile("ios.usdz") } });

  assert.deepEqual(modelsOf(product, false), { preview: null, full: null });
});
