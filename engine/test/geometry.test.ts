import assert from "node:assert/strict";
import { test } from "node:test";
import { dracoEarnsItsDecoder } from "../src/variants.ts";

test("Draco has to save a twelfth, and its decoder too", () => {
  assert.ok(!dracoEarnsItsDecoder(1_000, 4_000), "the decoder costs more than it saves");
  assert.ok(!dracoEarnsItsDecoder(95_000, 100_000), "slower for next to nothing");
  assert.ok(dracoEarnsItsDecoder(80_000, 100_000));
});
