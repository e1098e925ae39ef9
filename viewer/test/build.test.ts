import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const HOME = join(import.meta.dirname, "..");
const DIST = join(HOME, "dist");

execFileSync(process.execPath, ["build.ts"], { cwd: HOME });
const manifest = JSON.parse(readFileSync(join(DIST, "manifest.json"), "utf8")) as Record<string, string>;

test("the first stage weighs at most 3 kB on the wire", () => {
  assert.ok(statSync(join(DIST, "vitrine-viewer.js.br")).size <= 3_000);
});

test("the second stage weighs at most 9 kB on the wire", () => {
  assert.ok(statSync(join(DIST, `${manifest["stage.js"]}.br`)).size <= 9_000);
});

test("what counts weighs at most 2 kB on the wire", () => {
  assert.ok(statSync(join(DIST, `${manifest["telemetry.js"]}.br`)).size <= 2_000);
});

test("every file but the entry can be kept for ever under its name", () => {
  const { "vitrine-viewer.js": entry, ...others } = manifest;

  assert.equal(entry, "vitrine-viewer.js");
  for (const name of Object.values(others))
    assert.match(name, /-([0-9a-f]{10}|[A-Z0-9]{8}|\d+\.\d+\.\d+)[./]/);
});

test("the bundle is three files: what is needed at once, what is not, and what counts", () => {
  const own = Object.keys(manifest).filter((name) => !/model-viewer|draco|meshopt/.test(name));

  assert.deepEqual(own.sort(), ["stage.js", "telemetry.js", "vitrine-viewer.js"]);
});
