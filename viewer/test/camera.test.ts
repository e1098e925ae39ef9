import assert from "node:assert/strict";
import { test } from "node:test";
import { framedFieldOfView } from "../src/camera.ts";

test("in a wide frame the field of view is what is shown", () => {
  assert.ok(Math.abs(framedFieldOfView(30, 1, 2) - 30) < 1e-9);
});

test("in a narrow frame the opening by the model's ideal is taken back", () => {
  const asked = 24;
  const opened = (2 * Math.atan(Math.tan((asked / 2) * (Math.PI / 180)) * (1.6 / 0.8)) * 180) / Math.PI;

  assert.ok(Math.abs(framedFieldOfView(opened, 1.6, 0.8) - asked) < 1e-9);
});
