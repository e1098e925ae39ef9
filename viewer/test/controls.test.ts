import assert from "node:assert/strict";
import { test } from "node:test";
import { CONTROLS, controlsOf } from "../src/controls/tools.ts";

test("a page that asks for nothing gets all controls", () => {
  assert.deepEqual([...controlsOf(null)], [...CONTROLS]);
});

test("a page gets the controls that it names, and no others", () => {
  assert.deepEqual([...controlsOf("  Zoom rotate  flying ")], ["rotate", "zoom"]);
  assert.deepEqual([...controlsOf("none")], []);
  assert.deepEqual([...controlsOf("")], []);
});
