import assert from "node:assert/strict";
import { test } from "node:test";
import { spokenName } from "../src/controls/variants.ts";
import { firstOf } from "../src/first.ts";

test("a first frame is read in the viewer's own words", () => {
  const view = {
    orbit: "40deg 60.5deg 80%",
    target: "0m 0.4m -1cm",
    fov: "25deg",
    exposure: 1.2,
    room: "neutral",
  };

  assert.deepEqual(firstOf(view), {
    cameraOrbit: "40deg 60.5deg 80%",
    cameraTarget: "0m 0.4m -1cm",
    fieldOfView: "25deg",
    exposure: 1.2,
    environmentImage: "neutral",
  });
});

test("what of a first frame is not right is left out", () => {
  for (const bad of [
    null,
    "x",
    7,
    { orbit: "calc(1deg) 1deg 1m" },
    { orbit: " 1deg 1deg 1m" },
    { target: "0 0 0", fov: "25" },
    { exposure: Number.NaN, room: "https://elsewhere.example/sky.hdr" },
    { exposure: 9 },
    { exposure: "1" },
  ]) {
    assert.deepEqual(firstOf(bad), {});
  }
});

test("a colourway has the name that the shop gave it, in the page's language", () => {
  const names = { mat_01: "Moss", mat_02: { en: "Rust", de: "Rost" }, mat_03: 7 };

  assert.equal(spokenName(names, "mat_01", "de"), "Moss");
  assert.equal(spokenName(names, "mat_02", "de-AT"), "Rost");
  assert.equal(spokenName(names, "mat_03", "en"), "mat_03");
  assert.equal(spokenName(undefined, "toString", "en"), "toString");
  assert.equal(spokenName({}, "toString", "en"), "toString");
});
