import assert from "node:assert/strict";
import { test } from "node:test";
import { spotsOf } from "../src/controls/spot.ts";

const PLACE = { position: [0, 1, 0.2] };

test("a place is three numbers, or a text of them, with or without the unit", () => {
  for (const position of [[0, 1, 0.2], "0 1 0.2", " 0m  1m 0.2m "]) {
    assert.equal(spotsOf([{ position, text: "Seat" }], "en")[0]?.position, "0m 1m 0.2m");
  }
});

test("what has no place or no text is left out", () => {
  const bad = [
    null,
    "x",
    {},
    { ...PLACE, text: "" },
    { ...PLACE, text: 7 },
    { position: "0 1", text: "x" },
    { position: [0, 1, Number.NaN], text: "x" },
    { position: ["0", "1", "calc(1m)"], text: "x" },
    { position: [0, 1, Number.POSITIVE_INFINITY], text: "x" },
    { position: ["", "", ""], text: "x" },
  ];

  assert.deepEqual(spotsOf(bad, "en"), []);
  for (const none of [undefined, null, {}, "x", 7]) assert.deepEqual(spotsOf(none, "en"), []);
});

test("the text is in the page's language, else in the nearest there is", () => {
  const text = { en: "Seat", de: "Sitz", "pt-BR": "Assento" };
  const said = (language: string): string | undefined => spotsOf([{ ...PLACE, text }], language)[0]?.text;

  assert.deepEqual(["de-AT", "pt-br", "fr"].map(said), ["Sitz", "Assento", "Seat"]);
  assert.equal(spotsOf([{ ...PLACE, text: { ja: "座面" } }], "fr")[0]?.text, "座面");
});

test("of a camera the good parts are taken", () => {
  const camera = { orbit: "30deg 1.2rad 80%", target: "0m  1m 0m", fov: "url(x)" };

  assert.deepEqual(spotsOf([{ ...PLACE, text: "x", camera }], "en")[0]?.camera, {
    orbit: "30deg 1.2rad 80%",
    target: "0m 1m 0m",
  });
  assert.equal(spotsOf([{ ...PLACE, text: "x", camera: { orbit: "env(a) 0 1" } }], "en")[0]?.camera, null);
});

test("a product shows at most 40", () => {
  const many = Array.from({ length: 50 }, () => ({ ...PLACE, text: "x" }));

  assert.equal(spotsOf(many, "en").length, 40);
});
