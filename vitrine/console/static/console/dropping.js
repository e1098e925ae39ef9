/** Files and folders that are dropped anywhere on the page, or chosen: each as {file, path, handle}. */

import { need } from "./page.js";

const MOST = 2_000;

/** `take` gets what was dropped. `path` are the folders it lay in; `handle` leads back to it, where there are such. */
export function takeDrops(take) {
  const veil = need("#drop");
  const holdsFiles = (event) =>
    event.dataTransfer?.types.includes("Files") && !document.querySelector("dialog[open]");
  addEventListener("dragenter", (event) => {
    if (holdsFiles(event)) veil.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) veil.hidden = true;
  });
  addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  addEventListener("drop", async (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    veil.hidden = true;
    if (holdsFiles(event)) take(await filesIn(event.dataTransfer));
  });
}

export function chosen(files) {
  return [...files].map((file) => ({ file, path: file.webkitRelativePath.split("/").slice(0, -1) }));
}

/** All must be asked for before the first wait: then the browser takes them back. */
async function filesIn(data) {
  const items = [...data.items].filter(({ kind }) => kind === "file");
  const found = items.map((item) => ({
    entry: item.webkitGetAsEntry?.() ?? null,
    handle: item.getAsFileSystemHandle?.().catch(() => null) ?? null,
    file: item.getAsFile(),
  }));
  const lists = await Promise.all(
    found.map(async ({ entry, handle, file }) => {
      if (entry?.isDirectory) return [...(await within(entry, []))];
      const way = await handle;
      return file ? [{ file, path: [], ...(way?.kind === "file" ? { handle: way } : {}) }] : [];
    }),
  );
  return lists.flat().slice(0, MOST);
}

async function within(entry, path) {
  if (entry.isFile) {
    const file = await new Promise((resolve) => entry.file(resolve, () => resolve(null)));
    return file ? [{ file, path }] : [];
  }
  const found = [];
  const reader = entry.createReader();
  while (found.length < MOST) {
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (some.length === 0) break;
    for (const one of some) {
      if (!one.name.startsWith(".")) found.push(...(await within(one, [...path, entry.name])));
    }
  }
  return found;
}
