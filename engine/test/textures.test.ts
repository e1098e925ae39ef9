import assert from "node:assert/strict";
import { test } from "node:test";
import sharp from "sharp";
import { allocate } from "../src/allocation.ts";
import { type Candidate, candidatesOf, frontier, scalesOf } from "../src/candidates.ts";
import { encode, picture } from "../src/codecs.ts";
import { errorOf, tintOf } from "../src/measuring.ts";
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

/** A flat normal map whose normals all lean by `degrees`, in waves. */
function leaning(degrees: number): Raster {
  const raster = waves(128);
  for (let i = 0; i < raster.data.length; i += 3) {
    const lean = (degrees * Math.PI * Math.sin(i / 3 / 7)) / 180;
    raster.data[i] = 127.5 * (1 + Math.sin(lean));
    raster.data[i + 1] = 128;
    raster.data[i + 2] = 127.5 * (1 + Math.cos(lean));
  }
  return raster;
}

test("normals have the more error the further they lean", () => {
  const [flat, two, six] = [0, 2, 6].map((degrees) => errorOf(NORMAL, leaning(0), leaning(degrees)));

  assert.ok(Math.abs(flat ?? 1) < 1e-6);
  assert.ok((two ?? 0) > 0.001 && (six ?? 0) > 2 * (two ?? 0), `${two} ${six}`);
});

test("of data only the channels count that are read", () => {
  const raster = waves(128);
  const spoilt = { ...raster, data: raster.data.map((value, i) => (i % 3 === 0 ? 255 - value : value)) };

  assert.ok(
    Math.abs(errorOf({ ...NORMAL, role: "data", channels: [false, true, true] }, raster, spoilt)) < 1e-6,
  );
  assert.ok(errorOf({ ...NORMAL, role: "data", channels: [true, false, false] }, raster, spoilt) > 0.1);
});

test("where only a part of the blocks is looked at, the error is about the same", async () => {
  const raster = waves(512);
  const poor = await decode(await encode(raster, { codec: "jpeg", quality: 40 }), false, 1e9);

  const [all, quarter] = [errorOf(COLOUR, raster, poor), errorOf(COLOUR, raster, poor, 2)];

  assert.ok(Math.abs(all - quarter) < 0.1 * all + 0.002, `${all} ${quarter}`);
});

test("every candidate has the size and the error that the texture itself then has", async () => {
  const raster = waves(512);
  const found = await candidatesOf(await scalesOf(raster, COLOUR), COLOUR, "displayed");

  for (const { codec, quality, bytes, error } of found.filter(({ scale }) => scale === 1)) {
    assert.ok(codec !== "kept");
    const coded = await encode(raster, { codec, quality });
    assert.ok(Math.abs(coded.length - bytes) < 0.15 * coded.length + 500, `${codec} ${quality}`);
    const real = errorOf(COLOUR, raster, await decode(coded, false, 1e9));
    assert.ok(Math.abs(real - error) < 0.02 + 0.15 * real, `${codec} ${quality}: ${real} ${error}`);
  }
});

test("a frontier goes from the best looks to the fewest bytes, each saving dearer than the one before", async () => {
  const hull = frontier(await candidatesOf(await scalesOf(waves(256), NORMAL), NORMAL, "displayed"));

  const slopes = hull.slice(1).map((one, index) => {
    const before = hull[index] as Candidate;
    assert.ok(one.bytes < before.bytes && one.error > before.error);
    return (before.bytes - one.bytes) / (one.error - before.error);
  });
  assert.ok(slopes.length > 2);
  assert.deepEqual(
    slopes,
    slopes.toSorted((a, b) => b - a),
  );
});

test("readers of core glTF get PNG and JPEG only, and alpha never as JPEG", async () => {
  const plain = await candidatesOf(await scalesOf(waves(128), COLOUR), COLOUR, "core");
  const blended = await candidatesOf(await scalesOf(waves(128, 4), BLENDED), BLENDED, "core");

  assert.deepEqual([...new Set(plain.map(({ codec }) => codec))].sort(), ["jpeg", "jpeg-444", "png"]);
  assert.deepEqual([...new Set(blended.map(({ codec }) => codec))], ["png"]);
});

const candidate = (bytes: number, error: number): Candidate => ({
  codec: "webp",
  quality: 50,
  scale: 1,
  bytes,
  error,
  tint: 0,
});
const HULL = [candidate(1000, 0), candidate(400, 0.1), candidate(200, 0.3)];
const ALLOWED = { views: [0.04, 0.04], shares: [0.5, 0.5], mean: 0.02 };

test("a colour may not be turned into another, however calm the place", async () => {
  const calm = { ...waves(128), data: waves(128).data.map((_, at) => [250, 214, 90][at % 3] as number) };
  const turned = { ...calm, data: calm.data.map((value, at) => (at % 3 === 2 ? value - 20 : value)) };

  assert.ok(errorOf(COLOUR, calm, turned) < 0.2);
  assert.equal(tintOf(calm, turned), 20);
  const found = await candidatesOf(await scalesOf(waves(256), COLOUR), COLOUR, "displayed");
  assert.ok(found.every(({ tint, scale }) => tint <= 5 || scale < 1));
});

test("what a step along the hull leaves unused is filled from above it", () => {
  const above = candidate(700, 0.06);
  const texture = { candidates: HULL, all: [...HULL, above], weights: [0.3, 0.3] };

  assert.deepEqual(allocate([texture], ALLOWED), [above]);
});

test("a probe is measured away from its seams", async () => {
  const raster = waves(1024);
  const probe = probeOf(raster);
  const back = await decode(await encode(probe, { codec: "webp", quality: 80 }), false, 1e9);
  const { tile: _, ...seamed } = probe;

  const whole = await decode(await encode(raster, { codec: "webp", quality: 80 }), false, 1e9);
  const [real, found] = [tintOf(raster, whole), tintOf(probe, back)];
  assert.ok(Math.abs(found - real) < 1, `${found} ${real}`);
  assert.ok(found < tintOf(seamed, back));
});

test("what shows less is made smaller", () => {
  const shown = { candidates: HULL, all: HULL, weights: [0.3, 0.3] };
  const hidden = { candidates: HULL, all: HULL, weights: [0.01, 0.01] };

  assert.deepEqual(allocate([shown, hidden], ALLOWED), [HULL[0], HULL[2]]);
});

test("no view loses more than it may, nor does their mean", () => {
  const onlyClose = { candidates: HULL, all: HULL, weights: [0, 0.3] };

  assert.deepEqual(allocate([onlyClose], ALLOWED), [HULL[1]]);
  assert.deepEqual(allocate([onlyClose], { ...ALLOWED, mean: 0.01 }), [HULL[0]]);
  assert.deepEqual(allocate([onlyClose], { ...ALLOWED, views: [0.04, 0.02] }), [HULL[0]]);
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
