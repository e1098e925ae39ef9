/**
 * Builds the element into dist/: `node build.ts`. Every name but `vitrine-viewer.js` holds a version or a hash of what
 * is in it, so a server may let browsers keep those for ever; `manifest.json` says which logical name became which file.
 */

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { brotliCompressSync } from "node:zlib";

const HERE = import.meta.dirname;
const OUT = join(HERE, "dist");
const ENTRY = "vitrine-viewer.js";
const DRACO = ["draco_decoder.js", "draco_decoder.wasm", "draco_wasm_wrapper.js"];

const resolve = createRequire(import.meta.url).resolve;

type Esbuild = typeof import("esbuild");
type BuildOptions = import("esbuild").BuildOptions;

/** npm may have skipped esbuild's own install step; then its binary does not answer until that has run. */
async function esbuild(): Promise<Esbuild> {
  const home = dirname(resolve("esbuild/package.json"));
  try {
    execFileSync(join(home, "bin", "esbuild"), ["--version"], { stdio: "ignore" });
  } catch {
    execFileSync(process.execPath, [join(home, "install.js")], { stdio: "inherit" });
  }
  return import("esbuild");
}

function hashOf(...contents: readonly Buffer[]): string {
  const hash = createHash("sha256");
  for (const content of contents) hash.update(content);
  return hash.digest("hex").slice(0, 10);
}

/** Copies what browsers fetch as it is. Gives logical name -> file in dist/. */
function copyParts(): Record<string, string> {
  const packageFile = resolve("@google/model-viewer/package.json");
  const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { readonly version: string };
  const modelViewer = `model-viewer-${version}.min.js`;
  cpSync(join(dirname(packageFile), "dist", "model-viewer.min.js"), join(OUT, modelViewer));

  const from = dirname(resolve("three/examples/jsm/libs/draco/gltf/draco_decoder.wasm"));
  const draco = `draco-${hashOf(...DRACO.map((name) => readFileSync(join(from, name))))}`;
  for (const name of DRACO) cpSync(join(from, name), join(OUT, draco, name));

  const switchedOn = Buffer.from("/* Loading this switches on the meshopt decoder inside model-viewer. */\n");
  const meshopt = `meshopt-on-${hashOf(switchedOn)}.js`;
  writeFileSync(join(OUT, meshopt), switchedOn);

  return {
    "model-viewer.min.js": modelViewer,
    "meshopt-on.js": meshopt,
    ...Object.fromEntries(DRACO.map((name) => [`draco/${name}`, `${draco}/${name}`])),
  };
}

async function bundle(parts: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const { build, transform } = await esbuild();
  const names = {
    __MODEL_VIEWER__: parts["model-viewer.min.js"],
    __MESHOPT__: parts["meshopt-on.js"],
    __DRACO__: `${dirname(parts["draco/draco_decoder.js"] ?? "")}/`,
  };
  const common: BuildOptions = {
    outdir: OUT,
    bundle: true,
    format: "esm",
    minify: true,
    target: ["es2022", "safari16.4"],
    define: Object.fromEntries(Object.entries(names).map(([word, name]) => [word, JSON.stringify(name)])),
    absWorkingDir: HERE,
    logLevel: "warning",
    plugins: [
      {
        name: "css as a minified string",
        setup: ({ onLoad }) =>
          onLoad({ filter: /\.css$/ }, async ({ path }) => {
            const { code } = await transform(readFileSync(path, "utf8"), { loader: "css", minify: true });
            return { contents: code.trim(), loader: "text" };
          }),
      },
    ],
  };
  const element = { "vitrine-viewer": join(HERE, "src/index.ts") };
  const { metafile } = await build({
    ...common,
    metafile: true,
    entryPoints: element,
    splitting: true,
    chunkNames: "[name]-[hash]",
  });
  // Apart, so that the console's needs never move what a shopper's page loads.
  const bench = await build({
    ...common,
    metafile: true,
    entryPoints: { workbench: join(HERE, "src/workbench.ts") },
    entryNames: "[name]-[hash]",
  });
  const outputs = { ...metafile.outputs, ...bench.metafile.outputs };
  const made = Object.keys(outputs).map((path) => path.slice("dist/".length));
  return Object.fromEntries(made.map((name) => [name.replace(/-[A-Z0-9]{8}\.js$/, ".js"), name]));
}

/** Everything that shrinks also lies there as .br, packed as hard as it goes, for servers that hand it out. */
function compress(names: readonly string[]): void {
  for (const name of names) {
    if (name !== ENTRY && existsSync(join(OUT, `${name}.br`))) continue; // the same name has the same content
    const content = readFileSync(join(OUT, name));
    const packed = brotliCompressSync(content);
    if (packed.length < content.length) writeFileSync(join(OUT, `${name}.br`), packed);
  }
}

/** Takes away what earlier builds left, after the new files stand, so that a running server never misses one. */
function sweep(kept: readonly string[]): void {
  const tops = new Set(kept.flatMap((name) => [name, `${name}.br`]).map((name) => name.split("/")[0]));
  for (const name of readdirSync(OUT)) {
    if (!tops.has(name)) rmSync(join(OUT, name), { recursive: true });
  }
}

mkdirSync(OUT, { recursive: true });
const parts = copyParts();
const manifest = { ...(await bundle(parts)), ...parts };
if (!manifest[ENTRY]) throw new Error(`the build made no ${ENTRY}: ${readdirSync(OUT).join(", ")}`);
compress(Object.values(manifest));
writeFileSync(join(OUT, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
sweep([...Object.values(manifest), "manifest.json"]);
const packed = statSync(join(OUT, `${ENTRY}.br`)).size;
process.stdout.write(
  `viewer/dist: ${Object.keys(manifest).length} files, ${ENTRY} ${packed} bytes (brotli)\n`,
);
