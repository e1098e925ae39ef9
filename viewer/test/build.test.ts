import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const HOME = join(import.meta.dirname, "..");
const DIST = join(HOME, "dist");

execFileSync(process.execPath, ["build.ts"], { cwd: HOME });
const manifest = JSON.parse(readFileSync(join(DIST, "manifest.json"), "utf8")) as Record<string, string>;

const LANGUAGES = ["de.js", "es.js", "fr.js", "ja.js", "zh.js"];

function packed(name: string): number {
  return statSync(join(DIST, `${manifest[name]}.br`)).size;
}

test("the first stage weighs at most 3 kB on the wire", () => {
  assert.ok(packed("vitrine-viewer.js") <= 3_000);
});

test("the second stage weighs at most 18.5 kB on the wire, a language 1 kB", () => {
  assert.ok(packed("stage.js") <= 18_500);
  for (const language of LANGUAGES) assert.ok(packed(language) <= 1_000, language);
});

test("the README tells what each stage weighs, to within 5 %", () => {
  const readme = readFileSync(join(HOME, "README.md"), "utf8");
  const rows = [...readme.matchAll(/^\| . \| `([\w.-]+)` \| (\d+) \| (\d+) \|/gm)];

  assert.equal(rows.length, 7);
  for (const [, name = "", gzip, brotli] of rows) {
    const content = readFileSync(join(DIST, manifest[name] ?? ""));
    const weighed = { gzip: gzipSync(content, { level: 9 }).length, brotli: packed(name) };

    assert.ok(Math.abs(Number(gzip) / weighed.gzip - 1) < 0.05, `${name}: ${weighed.gzip} with gzip`);
    assert.ok(Math.abs(Number(brotli) / weighed.brotli - 1) < 0.05, `${name}: ${weighed.brotli} with brotli`);
  }
});

test("what AR shows weighs at most 3 kB, its words 1 kB a language, the QR code 4 kB", () => {
  assert.ok(packed("experience.js") <= 3_000);
  assert.ok(packed("qr.js") <= 4_000);
  for (const language of ["en", "de", "fr", "es", "ja", "zh"])
    assert.ok(packed(`ar-${language}.js`) <= 1_000);
});

test("what counts weighs at most 2 kB on the wire", () => {
  assert.ok(packed("telemetry.js") <= 2_000);
});

test("every file but the entry can be kept for ever under its name", () => {
  const { "vitrine-viewer.js": entry, ...others } = manifest;

  assert.equal(entry, "vitrine-viewer.js");
  for (const name of Object.values(others))
    assert.match(name, /-([0-9a-f]{10}|[A-Z0-9]{8}|\d+\.\d+\.\d+)[./]/);
});

test("the bundle is what is needed at once, what is not, and the languages", () => {
  const own = Object.keys(manifest).filter((name) => !/model-viewer|draco|meshopt|workbench/.test(name));

  const later = ["experience.js", "qr.js", "stage.js", "telemetry.js", ...LANGUAGES];
  assert.deepEqual(
    own.filter((name) => !/^ar-..\.js$/.test(name)).sort(),
    ["vitrine-viewer.js", ...later].sort(),
  );
});
