import assert from "node:assert/strict";
import { test } from "node:test";
import { type Gltf, swatchesOf } from "../src/controls/variants.ts";

type Material = NonNullable<Gltf["materials"]>[number];

/** One part, with a material a variant. */
function aModel(names: readonly string[], materials: readonly Material[]): Gltf {
  const mappings = names.map((_, at) => ({ material: at, variants: [at] }));
  return {
    extensions: { KHR_materials_variants: { variants: names.map((name) => ({ name })) } },
    materials,
    meshes: [{ primitives: [{ material: 0, extensions: { KHR_materials_variants: { mappings } } }] }],
  };
}

function painted(...baseColorFactor: number[]): Material {
  return { pbrMetallicRoughness: { baseColorFactor } };
}

test("a variant is shown in its material's colour, as a screen takes it", () => {
  const model = aModel(["Red", "Grey"], [painted(1, 0, 0, 1), painted(0.2158605, 0.2158605, 0.2158605, 1)]);

  assert.deepEqual(swatchesOf(model), [
    { name: "Red", colour: "rgb(255 0 0)", first: true },
    { name: "Grey", colour: "rgb(128 128 128)", first: false },
  ]);
});

test("where one is a picture, all are shown by name", () => {
  const woven = { pbrMetallicRoughness: { baseColorTexture: { index: 0 } } };

  assert.deepEqual(
    swatchesOf(aModel(["Red", "Woven"], [painted(1, 0, 0, 1), woven])).map(({ colour }) => colour),
    [null, null],
  );
});

test("one cloth in two dyes is shown in their colours", () => {
  const dyed = (...baseColorFactor: number[]): Material => ({
    pbrMetallicRoughness: { baseColorFactor, baseColorTexture: { index: 3 } },
  });

  assert.deepEqual(
    swatchesOf(aModel(["Moss", "Black"], [dyed(0, 1, 0, 1), dyed(0, 0, 0, 1)])).map(({ colour }) => colour),
    ["rgb(0 255 0)", "rgb(0 0 0)"],
  );
});

test("colours that are the same tell nothing, so names do", () => {
  const model = aModel(["Matt", "Glossy"], [painted(1, 0, 0, 1), painted(1, 0, 0, 1)]);

  assert.deepEqual(
    swatchesOf(model).map(({ colour }) => colour),
    [null, null],
  );
});

test("the largest part that changes gives the colour", () => {
  const mappings = (a: number, b: number) => ({
    KHR_materials_variants: {
      mappings: [
        { material: a, variants: [0] },
        { material: b, variants: [1] },
      ],
    },
  });
  const model: Gltf = {
    extensions: { KHR_materials_variants: { variants: [{ name: "A" }, { name: "B" }] } },
    accessors: [{ count: 10 }, { count: 500 }, { count: 9_000 }],
    materials: [painted(1, 0, 0), painted(0, 1, 0), painted(0, 0, 1), painted(1, 1, 1)],
    meshes: [
      { primitives: [{ attributes: { POSITION: 0 }, extensions: mappings(0, 1) }] },
      { primitives: [{ attributes: { POSITION: 1 }, extensions: mappings(2, 3) }] },
      { primitives: [{ attributes: { POSITION: 2 }, material: 0 }] },
    ],
  };

  assert.deepEqual(
    swatchesOf(model).map(({ colour }) => colour),
    ["rgb(0 0 255)", "rgb(255 255 255)"],
  );
});

test("a model without variants has no swatches", () => {
  assert.deepEqual(swatchesOf(null), []);
  assert.deepEqual(swatchesOf({ materials: [] }), []);
});
