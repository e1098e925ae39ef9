/** The sheet before an upload: each file's name, and what publishing means. */

import { copyOf, need, sizeWords } from "./page.js";

/** Call it once, at the start. */
export function prepareSheet() {
  const sheet = need("#sheet");
  need("[data-cancel]", sheet).addEventListener("click", () => sheet.close());
}

/** Resolves with [{file, name, published, arEnabled}], empty when the person changed their mind. */
export function askAbout(files) {
  const sheet = need("#sheet");
  const rows = files.map(rowOf);
  const sent = rows.filter(({ fault }) => !fault);
  const send = need("[data-send]", sheet);
  need("[data-files]", sheet).replaceChildren(...rows.map(({ row }) => row));
  need("#sheet-title").textContent = rows.length === 1 ? "Upload a model" : `Upload ${rows.length} models`;
  send.textContent = sent.length === rows.length ? "Upload" : `Upload ${sent.length} of ${rows.length}`;
  send.disabled = sent.length === 0;
  sheet.returnValue = "";
  sheet.showModal();
  (sent[0]?.input ?? need("button", sheet)).focus();
  return new Promise((resolve) => {
    sheet.addEventListener(
      "close",
      () => resolve(sheet.returnValue === "send" ? wishesFor(sheet, sent) : []),
      {
        once: true,
      },
    );
  });
}

/** A name for people from a file's name: red_lounge-chair.v2.glb becomes Red lounge chair v2. */
export function nameFrom(fileName) {
  const words = fileName
    .replace(/\.[^.]+$/, "")
    .replace(/[-_.\s]+/g, " ")
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .trim();
  return (words.charAt(0).toUpperCase() + words.slice(1)).slice(0, 200);
}

function rowOf(file) {
  const row = copyOf("sheet-file");
  const input = need("input", row);
  const fault = faultOf(file);
  input.value = nameFrom(file.name);
  input.disabled = Boolean(fault);
  need("[data-file]", row).textContent = file.name;
  need("[data-size]", row).textContent = sizeWords(file.size);
  const words = need("[data-fault]", row);
  words.hidden = !fault;
  words.textContent = fault;
  return { file, row, input, fault };
}

/** Why a file cannot be sent; empty when it can. The service has the last word. */
function faultOf(file) {
  const most = Number(document.body.dataset.mostBytes);
  const taken = need("#files").accept.split(",");
  const extension = file.name.toLowerCase().match(/\.[^.]+$/)?.[0] ?? "";
  if (!taken.includes(extension)) {
    return `We take ${taken.join(", ")} and not ${extension || "files without an extension"}, so it stays out.`;
  }
  if (file.size > most) return `It has ${sizeWords(file.size)}, and at most ${sizeWords(most)} are taken.`;
  return file.size === 0 ? "It is empty (0 bytes)." : "";
}

function wishesFor(sheet, rows) {
  const published = need("[name=published]", sheet).checked;
  const arEnabled = need("[name=ar_enabled]", sheet).checked;
  return rows.map(({ file, input }) => ({ file, name: input.value.trim(), published, arEnabled }));
}
