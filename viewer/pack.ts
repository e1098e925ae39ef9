/**
 * Writes what the npm package has beside the build: types/, custom-elements.json, LICENSE. `npm pack` runs it.
 * The manifest is read off the doc comment of the element's class; the kept-up analyzer brings forty packages and two
 * install scripts, for one element.
 */

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";

const HERE = import.meta.dirname;
const TYPES = join(HERE, "types");
const SOURCE = "src/placeholder.ts";

/** Declarations as tsc makes them, with names that a consumer's compiler finds, and only those that index.d.ts needs. */
function writeTypes(): void {
  rmSync(TYPES, { recursive: true, force: true });
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.types.json"], { cwd: HERE, stdio: "inherit" });
  const needed = new Set<string>();
  const follow = (file: string): void => {
    if (needed.has(file) || !existsSync(file)) return;
    needed.add(file);
    const text = readFileSync(file, "utf8").replaceAll(/(["'])(\.{1,2}\/[^"']+)\.ts\1/g, '"$2.js"');
    writeFileSync(file, text);
    for (const [, path = ""] of text.matchAll(/"(\.{1,2}\/[^"]+)\.js"/g))
      follow(join(dirname(file), `${path}.d.ts`));
  };
  follow(join(TYPES, "index.d.ts"));
  for (const entry of readdirSync(TYPES, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() && !needed.has(file)) rmSync(file);
  }
}

interface Tag {
  readonly name: string;
  readonly description: string;
  readonly type: string | null;
}

/** The lines ` * @kind {type} name - description` of a comment. */
function tags(comment: string, kind: string): Tag[] {
  const line = RegExp(`^ \\* @${kind} (?:\\{([^}]+)\\} )?(\\S+) - (.+)$`, "gm");
  return [...comment.matchAll(line)].map(([, type = null, name = "", description = ""]) => ({
    name,
    description,
    type,
  }));
}

/** Custom Elements Manifest, schema 2.1.0. */
export function manifestOf(source: string): object {
  const [comment = ""] = source.match(/\/\*\*(?:(?!\*\/)[\s\S])*@tag [\s\S]*?\*\//) ?? [];
  const typed = (kind: string): object[] =>
    tags(comment, kind).map(({ type, ...rest }) => (type ? { ...rest, type: { text: type } } : rest));
  const path = "dist/vitrine-viewer.js";
  const declaration = { name: "VitrineViewer", module: path };
  const element = {
    kind: "class",
    name: "VitrineViewer",
    tagName: "vitrine-viewer",
    customElement: true,
    superclass: { name: "HTMLElement" },
    description: comment
      .split("\n *\n")[0]
      ?.replaceAll(/^\/\*\*\n|^ \* /gm, "")
      .replaceAll("\n", " "),
    attributes: typed("attr"),
    members: [{ kind: "field", name: "words", type: { text: "Partial<Words> | null" } }],
    events: typed("fires"),
    slots: typed("slot"),
    cssProperties: typed("cssprop"),
    cssParts: typed("csspart"),
  };
  const exports = [
    { kind: "js", name: "VitrineViewer", declaration },
    { kind: "custom-element-definition", name: "vitrine-viewer", declaration },
  ];
  const module = { kind: "javascript-module", path, declarations: [element], exports };
  return { schemaVersion: "2.1.0", readme: "README.md", modules: [module] };
}

if (import.meta.main) {
  writeTypes();
  const manifest = manifestOf(readFileSync(join(HERE, SOURCE), "utf8"));
  writeFileSync(join(HERE, "custom-elements.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFileSync(join(HERE, "..", "LICENSE"), join(HERE, "LICENSE"));
  process.stderr.write(`viewer: ${relative(HERE, TYPES)}/, custom-elements.json, LICENSE\n`);
}
