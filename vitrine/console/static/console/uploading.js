/** Uploads, from any page of the console: begun here, gone on with after a reload, followed until the model is ready. */

import { chosen, takeDrops } from "./dropping.js";
import { alone, fileOf, forget, isSame, keep, keptBy } from "./keeping.js";
import { askNow, follow, secondsLeft } from "./live.js";
import { complain, need, say } from "./page.js";
import { send } from "./sending.js";
import { ask, Known, Problem } from "./service.js";
import { askAbout, prepareSheet } from "./sheet.js";
import { Pace, Row, showSum } from "./tray.js";
import { word, wordIfAny } from "./words.js";

const FILES_AT_ONCE = 2;
const SUM_EVERY_MS = 500;

const tray = need("#tray");
const person = tray.dataset.person;
const entries = new Map();
const pace = new Pace();
let sentBefore = 0; // bytes of files that are done, so that the pace never runs backwards
let limits = null;
let choosesFor = null;

start();

async function start() {
  prepareSheet();
  takeDrops(take);
  const files = need("#files");
  for (const button of document.querySelectorAll("#choose, [data-choose-files]")) {
    button.hidden = false;
    button.addEventListener("click", () => files.click());
  }
  files.addEventListener("change", () => {
    const found = chosen(files.files);
    files.value = "";
    take(found);
  });
  need("#file-again").addEventListener("change", ({ target }) => {
    const [file] = target.files;
    target.value = "";
    if (file && choosesFor) givenAgain(choosesFor, file);
  });
  need("[data-fold]", tray).addEventListener("click", fold);
  need("[data-clear]", tray).addEventListener("click", clear);
  setInterval(sum, SUM_EVERY_MS);
  follow(heard, () => [...entries.values()].some(({ state }) => state === "cooking"));
  addEventListener("beforeunload", (event) => {
    // What is kept goes on by itself on the next page; a file that had no room would have to be chosen again.
    if ([...entries.values()].some(({ state, item }) => state === "moving" && !item.file && !item.handle)) {
      event.preventDefault();
    }
  });
  for (const item of await keptBy(person)) await comeBack(item);
  next();
}

async function take(found) {
  if (found.length === 0) return;
  try {
    limits ??= await ask("GET", "/api/uploads/");
  } catch (problem) {
    complain(problem);
    return;
  }
  const { bundled } = await import("./bundling.js");
  for (const wish of await askAbout(await bundled(found), limits)) await begin(wish);
  next();
}

async function begin({ file, handle, ...wish }) {
  const item = {
    id: newId(),
    key: newId(),
    person,
    ...wish,
    fileName: file.name.slice(0, 255),
    size: file.size,
    addedAt: Date.now() + entries.size / 1000,
    ...(handle ? { handle } : { file }),
  };
  add(item, file);
  await keep(item);
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function add(item, file) {
  const entry = { item, file, state: "waiting", done: 0, life: new AbortController() };
  entry.row = new Row(item, {
    stop: () => stop(entry),
    again: () => again(entry),
    anyway: () => anyway(entry),
    choose: () => chooseAgain(entry),
  });
  entries.set(item.id, entry);
  need("[data-rows]", tray).append(entry.row.element);
  sum();
  return entry;
}

/** An item that was kept: gone on with if its file is at hand, followed if its product is made. */
async function comeBack(item) {
  const entry = add(item, null);
  if (item.productId) {
    entry.state = "cooking";
    await catchUp(entry);
    return;
  }
  entry.file = await fileOf(item);
  if (!entry.file) missesFile(entry);
}

function missesFile(entry) {
  entry.state = "stopped";
  entry.row.missesItsFile(entry.item.fileName);
}

/** Where its newest job stands. */
async function catchUp(entry) {
  entry.row.cooks(entry.item.productId, word("taking-in"), 0, Number.NaN);
  try {
    const { results } = await ask("GET", `/api/tasks/?product=${entry.item.productId}`);
    if (results.length > 0) heard(results[0]);
    else leave(entry); // the product is gone
  } catch {
    // the next event tells
  }
}

async function next() {
  const moving = [...entries.values()].filter(({ state }) => state === "moving").length;
  const entry = [...entries.values()].find(({ state }) => state === "waiting");
  if (!entry || moving >= FILES_AT_ONCE) return;
  entry.state = "moving";
  next();
  const ran = await alone(entry.item.id, () => move(entry));
  if (!ran) {
    entry.state = "stopped";
    entry.row.waitsElsewhere();
  }
  next();
}

async function move(entry) {
  const { item } = entry;
  try {
    say(word("uploading", { name: item.name }));
    const product = await send(item, entry.file, {
      signal: entry.life.signal,
      tell: (how) => moved(entry, how),
      save: () => keep(item),
    });
    await arrived(entry, product);
  } catch (problem) {
    if (entry.life.signal.aborted) return;
    ended(entry, problem);
  }
}

function moved(entry, how) {
  if (how.phase === "sending") entry.done = how.done;
  entry.row.moves(how);
  const moving = [...entries.values()].filter(({ state }) => state === "moving");
  pace.note(sentBefore + moving.reduce((all, { done }) => all + done, 0));
}

async function arrived(entry, { id }) {
  const { item } = entry;
  sentBefore += item.size;
  delete item.file;
  delete item.handle;
  Object.assign(entry, { state: "cooking", file: null });
  entry.row.cooks(id, word("taking-in"), 0, Number.NaN);
  await keep(item);
  say(word("arrived", { name: item.name }));
  document.dispatchEvent(new CustomEvent("vitrine:arrived", { detail: { id } }));
  await askNow(); // the stream may have told of its job before this page knew its product
}

function ended(entry, problem) {
  entry.state = "stopped";
  if (problem instanceof Known) return entry.row.isKnown(problem.holder);
  if (!(problem instanceof Problem)) {
    // The file itself cannot be read any more: moved, changed, or on a disk that is gone.
    entry.file = null;
    return missesFile(entry);
  }
  if (problem.code === "other-file") {
    entry.file = null;
    return entry.row.fails(problem, { verb: "choose" });
  }
  entry.row.fails(problem, { verb: isFinal(problem.status) ? null : "again" });
}

/** The same file would be refused again; who is not logged in may log in and go on. */
function isFinal(status) {
  return status >= 400 && status < 500 && ![401, 403, 408, 409, 429].includes(status);
}

/** How a job does: of the product that was made here, the newest one counts. */
function heard(task) {
  for (const entry of entries.values()) {
    if (entry.state !== "cooking" || entry.item.productId !== task.product_id) continue;
    const { productId } = entry.item;
    if (task.status === "done") {
      entry.state = "ready";
      entry.row.isReady(productId);
      forget(entry.item.id);
    } else if (task.status === "failed") {
      entry.state = "ready";
      entry.row.fails(task.error ?? { title: word("job-failed") }, { productId });
      forget(entry.item.id);
    } else {
      const step = wordIfAny(`step-${task.step.split("-")[0]}`) ?? word("step-other");
      const words = task.status === "queued" ? word("queued") : step;
      entry.row.cooks(productId, words, task.progress, secondsLeft(task));
    }
  }
}

async function again(entry) {
  entry.file ??= await fileOf(entry.item, { mayAsk: true });
  if (!entry.file) return missesFile(entry);
  Object.assign(entry, { state: "waiting", life: new AbortController(), done: 0 });
  entry.row.waits();
  next();
}

async function anyway(entry) {
  entry.item.anyway = true;
  await keep(entry.item);
  await again(entry);
}

async function chooseAgain(entry) {
  const file = await fileOf(entry.item, { mayAsk: true });
  if (file) return givenAgain(entry, file);
  choosesFor = entry;
  need("#file-again").click();
}

async function givenAgain(entry, file) {
  const { item } = entry;
  if (!isSame(item, file)) {
    entry.row.fails({ code: "other-file", title: "" }, { verb: "choose" });
    return;
  }
  item.chosenAgain = true; // it is kept once its content is known to be the same
  entry.file = file;
  await again(entry);
}

async function stop(entry) {
  const moved = entry.state === "moving" || entry.state === "stopped" || entry.state === "waiting";
  entry.life.abort(new DOMException("stopped", "AbortError"));
  await leave(entry);
  if (moved && entry.item.uploadId && !entry.item.productId) {
    await ask("DELETE", `/api/uploads/${entry.item.uploadId}`).catch(() => {}); // else it runs out by itself
  }
}

async function leave(entry) {
  const focused = entry.row.element.contains(document.activeElement);
  entry.row.element.remove();
  entries.delete(entry.item.id);
  sum();
  if (focused) (tray.hidden ? need("#main") : need("[data-fold]", tray)).focus();
  await forget(entry.item.id);
  next();
}

function clear() {
  for (const entry of [...entries.values()]) if (entry.state === "ready") leave(entry);
}

function fold({ currentTarget }) {
  const open = currentTarget.getAttribute("aria-expanded") !== "true";
  currentTarget.setAttribute("aria-expanded", String(open));
  need("[data-rows]", tray).hidden = !open;
}

function sum() {
  showSum([...entries.values()], pace);
  need("[data-clear]", tray).hidden = ![...entries.values()].some(({ state }) => state === "ready");
}
