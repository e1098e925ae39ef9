/** The sheet before an upload: each file's name, tags and units, and what publishing means. */

import { nameFrom, tagsFrom, tagsIn } from "./naming.js";
import { copyOf, need, sizeWords } from "./page.js";
import { word } from "./words.js";

const WITHOUT_UNITS = new Set([".obj", ".stl", ".ply"]);
const BESIDE_MODELS = new Set(
  ".bin .mtl .png .jpg .jpeg .webp .ktx2 .basis .tga .bmp .gif .tif .tiff .hdr .exr .txt .md .pdf .json .license".split(
    " ",
  ),
);

/** Call it once, at the start. */
export function prepareSheet() {
  const sheet = need("#sheet");
  need("[data-cancel]", sheet).addEventListener("click", () => sheet.close());
}

/**
 * Asks about what `bundled` gives. `limits` are the API's. Resolves with [{file, handle, name, tags, published, arEnabled,
 * units, upAxis}], empty when the person changed their mind.
 */
export function askAbout(found, limits) {
  const sheet = need("#sheet");
  const models = found.filter((one) => one.path.length === 0 || !BESIDE_MODELS.has(endOf(one.file.name)));
  const rows = (models.length > 0 ? models : found).map((one) => rowOf(one, limits));
  const sent = rows.filter(({ fault }) => !fault);
  const send = need("[data-send]", sheet);
  need("[data-files]", sheet).replaceChildren(...rows.map(({ row }) => row));
  const beside = need("[data-beside]", sheet);
  beside.hidden = rows.length === found.length;
  beside.textContent = word("beside", { count: found.length - rows.length });
  need("#sheet-title").textContent =
    rows.length === 1 ? word("sheet-one") : word("sheet-many", { count: rows.length });
  send.textContent =
    sent.length === rows.length ? word("send") : word("send-some", { count: sent.length, all: rows.length });
  send.disabled = sent.length === 0;
  sheet.returnValue = "";
  sheet.showModal();
  (sent[0]?.input ?? need("button", sheet)).focus();
  return new Promise((resolve) => {
    const closed = () => resolve(sheet.returnValue === "send" ? wishesFor(sheet, sent) : []);
    sheet.addEventListener("close", closed, { once: true });
  });
}

function rowOf({ file, path, handle, model = file.name, with: others = 0 }, limits) {
  const row = copyOf("sheet-file");
  const input = need("[data-name]", row);
  const tags = need("[data-tags]", row);
  const fault = faultOf(file, limits);
  const asks = WITHOUT_UNITS.has(endOf(model)) && !fault;
  input.value = nameFrom(model, path);
  tags.value = tagsFrom(path).join(", ");
  for (const field of [input, tags]) field.disabled = Boolean(fault);
  need("[data-units-row]", row).hidden = !asks;
  need("[data-units-words]", row).textContent = word("units-why", {
    format: endOf(model).slice(1).toUpperCase(),
  });
  const place = [...path, model].join(" / ");
  need("[data-file]", row).textContent = others ? word("bundled", { place, count: others }) : place;
  need("[data-size]", row).textContent = sizeWords(file.size);
  const words = need("[data-fault]", row);
  words.hidden = !fault;
  words.textContent = fault;
  return { file, handle, row, input, tags, fault };
}

/** Why a file cannot be sent; empty when it can. The service has the last word. */
function faultOf(file, { max_bytes: most, extensions: taken }) {
  const end = endOf(file.name);
  if (!taken.includes(end)) {
    return word("not-taken", { taken: taken.join(", "), end: end || word("no-end") });
  }
  if (file.size > most) return word("too-big", { size: sizeWords(file.size), most: sizeWords(most) });
  return file.size === 0 ? word("empty") : "";
}

function endOf(name) {
  return name.toLowerCase().match(/\.[^.]+$/)?.[0] ?? "";
}

function wishesFor(sheet, rows) {
  const published = need("[name=published]", sheet).checked;
  const arEnabled = need("[name=ar_enabled]", sheet).checked;
  return rows.map(({ file, handle, row, input, tags }) => ({
    file,
    handle,
    name: input.value.trim(),
    tags: tagsIn(tags.value),
    published,
    arEnabled,
    units: need("[name=units]", row).value,
    upAxis: need("[name=up_axis]", row).value,
  }));
}
