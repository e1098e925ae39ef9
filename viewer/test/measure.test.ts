import assert from "node:assert/strict";
import { test } from "node:test";
import { lengthText, unitFor } from "../src/controls/measure.ts";

test("inches are for the three countries that measure in them", () => {
  assert.deepEqual(
    ["en-US", "en-LR", "my-MM", "es-US", "en-GB", "de", "fr-CA", "not a tag"].map((tag) =>
      unitFor(null, tag, []),
    ),
    ["in", "in", "in", "in", "cm", "cm", "cm", "cm"],
  );
});

test("a page in plain English is measured as its reader's English is", () => {
  assert.equal(unitFor(null, "en", ["en-US", "de-DE"]), "in");
  assert.equal(unitFor(null, "en", ["de-DE", "en-GB"]), "cm");
  assert.equal(unitFor(null, "de", ["en-US"]), "cm");
});

test("the page's own wish goes first", () => {
  assert.equal(unitFor("in", "de", []), "in");
  assert.equal(unitFor("cm", "en-US", []), "cm");
  assert.equal(unitFor("miles", "en-US", []), "in");
});

test("lengths are written as the language writes them", () => {
  assert.equal(lengthText(0.6, "in", "en"), "23.6 in");
  assert.equal(lengthText(0.605, "cm", "de"), "60,5 cm");
  assert.equal(lengthText(1.2345, "cm", "en"), "123 cm");
  assert.equal(lengthText(0.6, "cm", "not a tag"), "60 cm");
});
