/** Uploads: one after another, each as a card that becomes the product's own when it has arrived. */

import { fetchCard, place } from "./cards.js";
import { copyOf, need, say, sizeWords } from "./page.js";
import { sendProduct } from "./service.js";
import { askAbout, prepareSheet } from "./sheet.js";

const waiting = [];
let sending = null;

/** Where files come from: the button, and dropping them anywhere on the page. */
export function startUploads() {
  const choose = need("#choose");
  const files = need("#files");
  choose.hidden = false;
  choose.addEventListener("click", () => files.click());
  files.addEventListener("change", () => {
    const chosen = [...files.files];
    files.value = "";
    take(chosen);
  });
  prepareSheet();
  takeDrops();
  addEventListener("beforeunload", (event) => {
    if (sending || waiting.length > 0) event.preventDefault();
  });
}

function takeDrops() {
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
  addEventListener("drop", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    veil.hidden = true;
    if (holdsFiles(event)) take([...event.dataTransfer.files]);
  });
}

async function take(files) {
  if (files.length === 0) return;
  const wishes = await askAbout(files);
  const uploads = wishes.map(uploadOf);
  for (const upload of uploads.toReversed()) place(upload.card);
  uploads[0]?.card.scrollIntoView({ block: "nearest" });
  waiting.push(...uploads);
  next();
}

function uploadOf(wish) {
  const card = copyOf("sending");
  const upload = { wish, card, life: new AbortController() };
  need("[data-name]", card).textContent = wish.name;
  need("progress", card).setAttribute("aria-label", `Upload of ${wish.name}`);
  need("[data-step]", card).textContent = "Waits for its turn";
  need("[data-stop]", card).addEventListener("click", () => stop(upload));
  need("[data-again]", card).addEventListener("click", () => again(upload));
  return upload;
}

async function next() {
  if (sending || waiting.length === 0) return;
  sending = waiting.shift();
  const { card, wish } = sending;
  try {
    say(`Uploading ${wish.name}`);
    const product = await sendProduct(
      formOf(wish),
      (sent, all) => showSent(card, sent, all),
      sending.life.signal,
    );
    await arrived(card, product);
    say(`${wish.name} has arrived`);
  } catch (problem) {
    if (problem.name === "AbortError") leave(card);
    else showFault(card, problem);
  } finally {
    sending = null;
    next();
  }
}

function formOf({ file, name, published, arEnabled }) {
  const form = new FormData();
  form.append("name", name);
  form.append("ar_enabled", String(arEnabled));
  form.append("published", String(published));
  form.append("metadata", "{}");
  form.append("model_file", file); // last, so that the rest is known when it streams in
  return form;
}

async function arrived(card, { id }) {
  const focused = card.contains(document.activeElement);
  const own = await fetchCard(id);
  card.replaceWith(own);
  if (focused) need(".name a", own).focus();
}

function showSent(card, sent, all) {
  const share = all > 0 ? sent / all : 0;
  need("progress", card).value = share;
  need("[data-share]", card).textContent = `${Math.floor(share * 100)} %`;
  need("[data-step]", card).textContent =
    sent < all ? `${sizeWords(sent)} of ${sizeWords(all)} sent` : "Being taken in";
}

function showFault(card, { status, title, detail, errors = [] }) {
  const words = errors.map((one) => one.detail).filter((one) => !detail.includes(one));
  card.classList.add("failed");
  need("[data-work]", card).hidden = true;
  need("[data-share]", card).textContent = "";
  need("[data-fault]", card).hidden = false;
  need("[data-title]", card).textContent = title;
  need("[data-detail]", card).textContent = [detail, ...words].join(" ");
  need("[data-again]", card).hidden = isFinal(status);
  need("[data-stop]", card).textContent = "Dismiss";
  say(`The upload of ${need("[data-name]", card).textContent} failed. ${title}. ${detail}`);
}

/** The same file would be refused again; who is not logged in, too fast or cut off may try. */
function isFinal(status) {
  return status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status);
}

function again({ wish, card }) {
  const upload = uploadOf(wish);
  card.replaceWith(upload.card);
  need("[data-stop]", upload.card).focus();
  waiting.push(upload);
  next();
}

function stop(upload) {
  const at = waiting.indexOf(upload);
  if (at >= 0) waiting.splice(at, 1);
  if (sending === upload) upload.life.abort();
  else leave(upload.card);
}

function leave(card) {
  const focused = card.contains(document.activeElement);
  card.remove();
  if (focused) need("#choose").focus();
}
