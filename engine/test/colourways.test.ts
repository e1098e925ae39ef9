import assert from "node:assert/strict";
import { test } from "node:test";
import { Document, type Material } from "@gltf-transform/core";
import { KHRMaterialsSheen, KHRMaterialsVariants } from "@gltf-transform/extensions";
import sharp from "sharp";
import { colourwaysOf, sharesIn, weightsIn } from "../src/colourways.ts";
import { studyAll } from "../src/study.ts";

/** A seat and a leg: the seat comes in moss and may be had in rust, the leg is the same in both. */
function chair(): Document {
  const document = new Document();
  const variants = document.createExtension(KHRMaterialsVariants);
  const sheen = document.createExtension(KHRMaterialsSheen);
  const [moss, rust, wood, nap] = ["moss", "rust", "wood", "nap"].map((name) => document.createTexture(name));
  const clothed = (colour: typeof moss) =>
    document
      .createMaterial()
      .setBaseColorTexture(colour ?? null)
      .setExtension("KHR_materials_sheen", sheen.createSheen().setSheenColorTexture(nap ?? null));
  const list = variants.createMappingList();
  const [mossy, rusty] = [clothed(moss), clothed(rust)];
  for (const [name, material] of [
    ["Moss", mossy],
    ["Rust", rusty],
  ] as [string, Material][]) {
    list.addMapping(variants.createMapping().setMaterial(material).addVariant(variants.createVariant(name)));
  }
  const seat = document.createPrimitive().setMaterial(mossy).setExtension("KHR_materials_variants", list);
  const leg = document
    .createPrimitive()
    .setMaterial(document.createMaterial().setBaseColorTexture(wood ?? null));
  document.createMesh().addPrimitive(seat).addPrimitive(leg);
  return document;
}

const [MOSS, RUST, WOOD, NAP] = [0, 1, 2, 3];

test("each colourway shows its own textures and those of the parts that it leaves alone", () => {
  const { worn } = colourwaysOf(chair());

  assert.deepEqual(
    worn.map((one) => [...one].sort()),
    [
      [MOSS, WOOD, NAP],
      [RUST, WOOD, NAP],
    ],
  );
});

test("a texture of another colourway knows which one it takes the place of", () => {
  const { replaced } = colourwaysOf(chair());

  assert.deepEqual(replaced, [[], [MOSS], [], []]);
});

test("a model without material variants has one colourway, with everything in it", () => {
  const document = new Document();
  document.createTexture("worn by nobody");

  const colourways = colourwaysOf(document);

  assert.deepEqual(weightsIn(colourways, 0, [0.1, 0.2]), [0.1, 0.2]);
  assert.deepEqual(sharesIn([0.7, 0.3], colourways.worn.length), [0.7, 0.3]);
});

test("the parts of a mean are one together, however many colourways there are", () => {
  for (const count of [1, 2, 5, 30]) {
    const total = sharesIn([5 / 7, 2 / 7], count).reduce((all, one) => all + one, 0);

    assert.ok(Math.abs(total - 1) < 1e-9, `${count}`);
  }
});

test("what the renderer never saw weighs as much as what it is worn instead of, in its own colourway", async () => {
  const document = chair();
  for (const texture of document.getRoot().listTextures()) texture.setImage(await grain());
  const losses = { [MOSS as number]: [0.3, 0.6], [WOOD as number]: [0.001, 0.002], [NAP as number]: [0, 0] };
  const scales = { [MOSS as number]: 0.5, [WOOD as number]: 0.5, [NAP as number]: 0.5 };

  const softness = { views: ["front", "close-1"], shares: [5 / 7, 2 / 7], losses, scales };
  const studied = await studyAll(document, new Set(["web" as const]), softness, () => {});

  const [moss, rust] = [studied[MOSS as number]?.weights ?? [], studied[RUST as number]?.weights ?? []];
  assert.ok(moss[0] !== undefined && moss[0] > 0.1);
  assert.deepEqual(moss.slice(2), [0, 0]);
  assert.deepEqual(rust, [0, 0, ...moss.slice(0, 2)]);
});

async function grain(): Promise<Uint8Array<ArrayBuffer>> {
  const data = Buffer.alloc(128 * 128 * 3);
  for (let at = 0, seed = 1; at < data.length; at++) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    data[at] = seed % 256;
  }
  const png = await sharp(data, { raw: { width: 128, height: 128, channels: 3 } })
    .png()
    .toBuffer();
  return new Uint8Array(png);
}
