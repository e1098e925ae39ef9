/** Models that are several files, such as a glTF with its textures: each becomes one zip of it and what it names. */

import { zipOf } from "./zipping.js";

const PICTURES = /\.(png|jpe?g|webp|ktx2|tga|bmp|gif|tiff?)$/i;
const HEAD_BYTES = 1 << 16; // an OBJ names its materials at its top
const MOST_TEXT = 1 << 28; // no larger glTF is read here; it goes as it is, and the service has its say

/**
 * Takes [{file, path, handle}]. A model whose files lie there, too, comes back as {file, path, model, with}: `file` is
 * the zip, `model` the file's own name, `with` how many came along. Those are left out; all else is as it was.
 */
export async function bundled(found) {
  const lying = new Map(found.map((one) => [placeOf(one), one]));
  const taken = new Set();
  const made = await Promise.all(
    found.map(async (one) => {
      const others = await beside(one, lying);
      if (others.length === 0) return one;
      for (const other of others) taken.add(other);
      const entries = [one, ...others].map((each) => ({ name: placeOf(each), file: each.file }));
      const zip = await zipOf(entries, one.file.name.replace(/\.[^.]+$/, ".zip"));
      return zip ? { file: zip, path: one.path, model: one.file.name, with: others.length } : one;
    }),
  );
  return made.filter((one) => !taken.has(one));
}

function placeOf({ file, path }) {
  return [...path, file.name].join("/");
}

async function beside(one, lying) {
  if (/\.gltf$/i.test(one.file.name)) return named(await namesIn(one.file), one, lying);
  if (!/\.obj$/i.test(one.file.name)) return [];
  const materials = named(await materialsIn(one.file), one, lying);
  if (materials.length === 0) return [];
  // Exporters write their own machine's paths for pictures: all that lie there come along.
  const folder = one.path.join("/");
  const pictures = [...lying.values()].filter(
    ({ file, path }) => PICTURES.test(file.name) && `${path.join("/")}/`.startsWith(folder && `${folder}/`),
  );
  return [...new Set([...materials, ...pictures])];
}

/** Those of the names, relative to the model, that lie there. */
function named(names, { file, path }, lying) {
  const places = new Set(names.map((name) => resolved(path, name)));
  places.delete([...path, file.name].join("/"));
  return [...places].map((place) => lying.get(place)).filter(Boolean);
}

function resolved(path, name) {
  const steps = [...path];
  for (const step of name.replaceAll("\\", "/").split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "." && step !== "") steps.push(step);
  }
  return steps.join("/");
}

async function namesIn(file) {
  if (file.size > MOST_TEXT) return [];
  try {
    const { buffers = [], images = [] } = JSON.parse(await file.text());
    const uris = [...buffers, ...images].map(({ uri }) => uri);
    return uris.filter((uri) => typeof uri === "string" && !/^[a-z]+:/i.test(uri)).map(decodeURIComponent);
  } catch {
    return []; // not a glTF: the service says what it is
  }
}

async function materialsIn(file) {
  const head = await file
    .slice(0, HEAD_BYTES)
    .text()
    .catch(() => "");
  return [...head.matchAll(/^mtllib[ \t]+(.+?)\s*$/gm)].map(([, name]) => name);
}
