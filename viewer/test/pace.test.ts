import assert from "node:assert/strict";
import { test } from "node:test";
import { paceOf } from "../src/pace.ts";

test("on a quick or an unknown network the full model comes at once", () => {
  assert.equal(paceOf(null, {}), "now");
  assert.equal(paceOf(null, { effectiveType: "4g", saveData: false }), "now");
});

test("on a slow network, or one where data is saved, it waits for the shopper", () => {
  for (const effectiveType of ["slow-2g", "2g", "3g"])
    assert.equal(paceOf(null, { effectiveType }), "interaction");
  assert.equal(paceOf(null, { effectiveType: "4g", saveData: true }), "interaction");
});

test("the page's wish goes first", () => {
  assert.equal(paceOf("now", { effectiveType: "2g" }), "now");
  assert.equal(paceOf("idle", {}), "idle");
  assert.equal(paceOf("sometime", { effectiveType: "2g" }), "interaction");
});
