import assert from "node:assert/strict";
import { test } from "node:test";
import { spokenViews, wordsFor } from "../src/words.ts";

test("German is spoken for every German tag", () => {
  for (const tag of ["de", "de-AT", "DE-ch"]) assert.equal(wordsFor(tag).left, "Nach links drehen");
});

test("what is not spoken is answered in English", () => {
  for (const tag of ["en-GB", "nl", "den", ""]) assert.equal(wordsFor(tag).left, "Rotate left");
});

test("every language has every word", () => {
  for (const tag of ["en", "de"]) {
    assert.deepEqual(
      Object.entries(wordsFor(tag)).filter(([, word]) => word === ""),
      [],
    );
  }
});

test("every place of the camera has a spoken name", () => {
  const spoken = JSON.parse(spokenViews(wordsFor("de"))) as Record<string, string>;

  assert.equal(Object.keys(spoken).length, 13);
  assert.equal(spoken["upper-left"], "von oben, links");
  assert.equal(spoken.front, "vorn");
});
