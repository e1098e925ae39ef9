import assert from "node:assert/strict";
import { test } from "node:test";
import sharp from "sharp";
import { CORE, choose, encode, picture } from "../src/codecs.ts";
import { errorOf, worstSpot } from "../src/measuring.ts";
import { decode, type Raster, resize, shrink } from "../src/pixels.ts";
import { probeOf } from "../src/probe.ts";
import type { Use } from "../src/roles.ts";

const COLOUR: Use = { role: "colour", channels: [true, true, true], alpha: false };
const NORMAL: Use = { ...COLOUR, role: "normal" };
const BLENDED: Use = { ...COLOUR, alpha: true };

/** Waves with some grain, the same each time. */
function waves(side: number, channels: 3 | 4 = 3): Raster {
  const data = new Uint8Array(side * side * channels);
  let seed = 1;
  for (let i = 0; i < data.length; i++) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    const pixel = Math.floor(i / channels);
    const [x, y] = [pixel % side, Math.floor(pixel / side)];
    data[i] = 128 + 60 * Math.sin(x / 9 + (i % channels)) + 30 * Math.cos(y / 5) + (seed % 16);
  }
  return { data, width: side, height: side, channels };
}

test("the same picture has no error, a worse one has more than a better one", async () => {
  const raster = waves(128);
  const poor = await decode(await encode(raster, { codec: "jpeg", quality: 30 }), false, 1e9);
  const good = await decode(await encode(raster, { codec: "jpeg", quality: 90 }), false, 1e9);

  assert.ok(Math.abs(errorOf(COLOUR, raster, raster)) < 1e-6);
  assert.ok(errorOf(COLOUR, raster, poor) > errorOf(COLOUR, raster, good));
});

test("a choice keeps to its bound", async () => {
  for (const use of [COLOUR, NORMAL]) {
    const choice = await choose(waves(128), use, 0.01);

    assert.ok(choice.error <= 0.01);
  }
});

test("where nothing is good enough it is lossless", async () => {
  assert.equal((await choose(waves(128), NORMAL, 0)).codec, "webp-lossless");
  assert.equal((await choose(waves(128), NORMAL, 0, CORE)).codec, "png");
});

test("an alpha that is used is never made a JPEG", async () => {
  assert.ok(!(await choose(waves(128, 4), BLENDED, 0.2, CORE)).codec.startsWith("jpeg"));
});

test("the same picture twice gives the same bytes", async () => {
  const recipe = { codec: "webp", quality: 80 } as const;

  const [one, two] = [await picture(waves(64), recipe), await picture(waves(64), recipe)];

  assert.deepEqual(one.bytes, two.bytes);
});

test("a probe is small, and is the picture itself when that is small", () => {
  const small = waves(256);

  assert.equal(probeOf(small), small);
  assert.equal(probeOf(waves(1024)).width, 384);
});

test("shrinking keeps the proportions and never grows", async () => {
  const raster = await resize(waves(128), 128, 32);

  const less = await shrink(raster, 64);
  assert.deepEqual([less.width, less.height], [64, 16]);
  assert.equal(await shrink(raster, 512), raster);
});

test("a small mark is a worst spot", () => {
  const raster = waves(128);
  const marked = { ...raster, data: raster.data.map((value, index) => (index < 30 ? 255 - value : value)) };

  assert.ok(worstSpot(raster, marked) > 6);
});

test("an SVG is not rendered", async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');

  await assert.rejects(decode(svg, false, 1e9));
});

test("an image over the limit of pixels is not decoded", async () => {
  const png = await sharp({ create: { width: 200, height: 200, channels: 3, background: "red" } })
    .png()
    .toBuffer();

  await assert.rejects(decode(png, false, 10_000), /pixel limit/);
});

test("grey and 16 bits become eight bits of three channels", async () => {
  const grey = await sharp({ create: { width: 4, height: 4, channels: 3, background: "#808080" } })
    .toColourspace("grey16")
    .png()
    .toBuffer();

  const { data, channels } = await decode(grey, false, 1e9);

  assert.equal(channels, 3);
  assert.equal(data.length, 48);
  assert.ok(data.every((value) => Math.abs(value - 128) <= 1));
});
