import assert from "node:assert/strict";
import { test } from "node:test";
import { spokenViews, wordsFor } from "../src/words.ts";

const LANGUAGES = ["en", "de", "fr", "es", "ja", "zh"];

test("German is spoken for every German tag", async () => {
  for (const tag of ["de", "de-AT", "DE-ch"]) assert.equal((await wordsFor(tag)).left, "Nach links drehen");
});

test("what is not spoken is answered in English", async () => {
  for (const tag of ["en-GB", "nl", "den", ""]) assert.equal((await wordsFor(tag)).left, "Rotate left");
});

test("every language has every word, and says each in its own way", async () => {
  const english = await wordsFor("en");
  for (const tag of LANGUAGES) {
    const words = await wordsFor(tag);
    const borrowed = Object.entries(words).filter(
      ([key, word]) => word === english[key as keyof typeof english],
    );

    assert.deepEqual(Object.keys(words).sort(), Object.keys(english).sort());
    assert.deepEqual(
      Object.entries(words).filter(([, word]) => word === ""),
      [],
    );
    // "Animations" and "Dimensions" are French too, "Details" is German.
    assert.ok(tag === "en" || borrowed.length <= 3, `${tag}: ${borrowed}`);
  }
});

test("a page's own words go before ours", async () => {
  const words = await wordsFor("de", { reset: "Von vorn", ar: 7, unheardOf: "x" });

  assert.equal(words.reset, "Von vorn");
  assert.equal(words.ar, "In deinem Raum ansehen");
  assert.ok(!("unheardOf" in words));
});

test("every place of the camera has a spoken name", async () => {
  const spoken = JSON.parse(spokenViews(await wordsFor("de"))) as Record<string, string>;

  assert.equal(Object.keys(spoken).length, 13);
  assert.equal(spoken["upper-left"], "von oben, links");
  assert.equal(spoken.front, "vorn");
});
