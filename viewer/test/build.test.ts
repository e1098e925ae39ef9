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

test("the second stage weighs at most 10 kB on the wire", () => {
  assert.ok(statSync(join(DIST, `${manifest["stage.js"]}.br`)).size <= 10_000);
});

test("what AR shows weighs at most 3 kB, its words 1 kB a language, the QR code 4 kB", () => {
  const sizeOf = (name: string): number => statSync(join(DIST, `${manifest[name]}.br`)).size;

  assert.ok(sizeOf("experience.js") <= 3_000);
  assert.ok(sizeOf("qr.js") <= 4_000);
  for (const language of ["en", "de", "fr", "es", "ja", "zh"])
    assert.ok(sizeOf(`ar-${language}.js`) <= 1_000);
});

test("every file but the entry can be kept for ever under its name", () => {
  const { "vitrine-viewer.js": entry, ...others } = manifest;

  assert.equal(entry, "vitrine-viewer.js");
  for (const name of Object.values(others))
    assert.match(name, /-([0-9a-f]{10}|[A-Z0-9]{8}|\d+\.\d+\.\d+)[./]/);
});

test("nothing is shared between files, so that nothing is waited for twice", () => {
  const own = Object.keys(manifest).filter((name) => !/model-viewer|draco|meshopt/.test(name));

  assert.deepEqual(own.filter((name) => !/^ar-..\.js$/.test(name)).sort(), [
    "experience.js",
    "qr.js",
    "stage.js",
    "vitrine-viewer.js",
  ]);
});
