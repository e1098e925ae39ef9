import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { manifestOf } from "../pack.ts";

const HOME = join(import.meta.dirname, "..");
const NPM = join(dirname(process.execPath), "..", "lib", "node_modules", "npm", "bin", "npm-cli.js");
const TSC = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

interface Packed {
  readonly name: string;
  readonly files: readonly { readonly path: string }[];
}

function pack(): Packed | undefined {
  const said = execFileSync(process.execPath, [NPM, "pack", "--dry-run", "--json", "--silent"], {
    cwd: HOME,
  });
  const answer: unknown = JSON.parse(said.toString().slice(said.toString().search(/^[[{]/m)));
  return Object.values(answer as Packed[])[0];
}

const packed = pack();

test("the package holds the build, its types, its manifest and its licence, and nothing else", () => {
  const paths = packed?.files.map(({ path }) => path) ?? [];
  const kinds = new Set(paths.map((path) => path.replace(/^(dist|types)\/.*$/, "$1/")));

  assert.equal(packed?.name, "@vitrine/viewer");
  assert.deepEqual([...kinds].sort(), [
    "LICENSE",
    "README.md",
    "custom-elements.json",
    "dist/",
    "package.json",
    "types/",
  ]);
  for (const path of ["dist/vitrine-viewer.js", "dist/manifest.json", "types/index.d.ts"])
    assert.ok(paths.includes(path));
  assert.ok(paths.some((path) => /^dist\/draco-\w+\/draco_decoder\.wasm$/.test(path)));
  assert.deepEqual(
    paths.filter((path) => path.endsWith(".br") || /types\/(controls|ar|stage)/.test(path)),
    [],
  );
});

const CONSUMER = `
import "@vitrine/viewer";
import type { Details, VitrineViewer, Words } from "@vitrine/viewer";

const viewer: VitrineViewer | null = document.querySelector("vitrine-viewer");
const own: Partial<Words> = { reset: "Start over" };
if (viewer) viewer.words = own;
viewer?.addEventListener("vitrine-stage", ({ detail }) => detail.ms.toFixed(detail.stage === "full" ? 0 : 1));
viewer?.addEventListener("vitrine-interaction", ({ detail: { kind } }) => {
  const known: Details["vitrine-interaction"]["kind"] = kind;
  // @ts-expect-error: no such thing can be done
  if (kind === "eat") return;
  document.title = known;
});
// @ts-expect-error: no such word
own.unheardOf = "x";
`;

for (const resolution of ["bundler", "nodenext"]) {
  test(`a consumer's own code is checked against the types (${resolution})`, (run) => {
    const place = mkdtempSync(join(tmpdir(), "consumer-"));
    run.after(() => rmSync(place, { recursive: true }));
    mkdirSync(join(place, "node_modules", "@vitrine"), { recursive: true });
    symlinkSync(HOME, join(place, "node_modules", "@vitrine", "viewer"));
    writeFileSync(join(place, "package.json"), '{ "type": "module" }');
    writeFileSync(join(place, "shop.ts"), CONSUMER);

    const module = resolution === "bundler" ? "esnext" : "nodenext";
    const options = ["--noEmit", "--strict", "--target", "es2022", "--types", "", "--module", module];
    const checked = spawnSync(
      process.execPath,
      [TSC, ...options, "--moduleResolution", resolution, "shop.ts"],
      {
        cwd: place,
      },
    );

    assert.equal(checked.stdout.toString(), "");
    assert.equal(checked.status, 0);
  });
}

interface Manifest {
  readonly modules: readonly {
    readonly declarations: readonly Record<string, readonly { readonly name: string }[]>[];
  }[];
}

test("the manifest knows the element, and the guide tells of all that is in it", () => {
  const source = readFileSync(join(HOME, "src", "placeholder.ts"), "utf8");
  const guide = readFileSync(join(HOME, "..", "docs", "frontend.md"), "utf8");
  const element = (manifestOf(source) as Manifest).modules[0]?.declarations[0];

  const counts = ["attributes", "events", "slots", "cssProperties", "cssParts"].map(
    (key) => element?.[key]?.length,
  );
  const names = ["attributes", "events", "cssProperties", "cssParts"].flatMap((key) => element?.[key] ?? []);

  assert.deepEqual(counts, [13, 5, 1, 8, 20]);
  assert.deepEqual(
    names.map(({ name }) => name).filter((name) => !guide.includes(`\`${name}\``)),
    [],
  );
});
