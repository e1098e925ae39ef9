import assert from "node:assert/strict";
import { test } from "node:test";
import { AR_LANGUAGES, arWordsFor } from "../src/ar/words.ts";

test("AR speaks six languages, each with every word", async () => {
  assert.deepEqual(AR_LANGUAGES, ["en", "de", "fr", "es", "ja", "zh"]);

  for (const language of AR_LANGUAGES) {
    const words = await arWordsFor(`${language}-XX`);
    assert.deepEqual(Object.keys(words), Object.keys(await arWordsFor("en")));
    assert.ok(Object.values(words).every((word) => word.trim() !== ""));
  }
});

test("what AR does not speak is answered in English", async () => {
  for (const tag of ["nl", "", "constructor", "den-DE"]) assert.equal((await arWordsFor(tag)).goOn, "Go on");
});
