/** What is done to many at once, a hundred a request: how far it is, what was refused and why, and taking it back. */

import { removeCards, renew } from "./cards.js";
import { download, isSure, tagsFor } from "./dialogs.js";
import { reload } from "./finding.js";
import { complain, need, say } from "./page.js";
import { endSelection, selectedCards, selection } from "./selecting.js";
import { ask, productPath } from "./service.js";
import { told } from "./texts.js";

const AT_ONCE = 100;
const ASKED_FROM = 100;
const MOST_TOLD = 8;
const BULK = productPath("bulk");

let working = false;
let undoing = null;

export function startBulk() {
  const bar = need("#picked");
  bar.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-bulk]");
    if (button && !working) begin(button.dataset.bulk);
  });
  const toast = need("#toast");
  need("[data-undo]", toast).addEventListener("click", undo);
  need("[data-close]", toast).addEventListener("click", closeToast);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || !undoing) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, dialog")) return;
    event.preventDefault();
    undo();
  });
  addEventListener("beforeunload", (event) => {
    if (working) event.preventDefault();
  });
}

/** Deletes one at once, and offers to take it back. */
export async function deleteOne(card) {
  const { product, name } = card.dataset;
  await ask("DELETE", productPath(product));
  removeCards([product]);
  offerUndo([product], told("deletedOne", { name }), name);
}

async function begin(action) {
  const ids = selection();
  if (action === "download") return download(ids);
  if (action === "optimize") {
    const { openOptimize } = await import("./optimizing.js"); // its sheet is on the pages of those who may
    return openOptimize(ids, selectedCards()[0]?.dataset.name);
  }
  const more = action === "tag" ? await tagsFor(ids.length, selectedCards()) : {};
  if (!more || (action !== "tag" && !(await mayBegin(action, ids.length)))) return;
  const outcome = await carryOut(action, ids, more);
  if (action === "delete") {
    removeCards(outcome.done);
    if (outcome.done.length > 0) offerUndo(outcome.done, told("delete", { count: outcome.done.length }));
    endSelection();
  } else {
    await renew(outcome.done);
  }
  report(action, outcome);
}

/** Much at once is asked about; a few can be put right as easily. */
function mayBegin(action, count) {
  return count < ASKED_FROM || isSure(action, count);
}

/** Sends the order in parts. What is sent again changes nothing, so a stop or a lost connection leaves no half a thing. */
async function carryOut(action, ids, more) {
  const outcome = { all: ids.length, done: [], waiting: 0, refused: [], fault: null, stopped: false };
  const work = beginWork();
  for (let first = 0; first < ids.length && !work.stopped && !outcome.fault; first += AT_ONCE) {
    work.tell(first, ids.length);
    const part = ids.slice(first, first + AT_ONCE);
    try {
      const { results } = await ask("POST", BULK, { action, ids: part, ...more });
      for (const one of results) sort(outcome, one);
    } catch (problem) {
      outcome.fault = problem;
    }
  }
  outcome.stopped = work.stopped;
  work.end();
  return outcome;
}

function sort(outcome, { id, name, result, error }) {
  if (result === "refused") outcome.refused.push({ name: name || id, error });
  else outcome.done.push(id);
  if (result === "waiting") outcome.waiting += 1;
}

function beginWork() {
  const bar = need("#picked");
  const place = need("[data-work]", bar);
  const acts = need(".picked-acts", bar);
  const work = {
    stopped: false,
    tell(done, all) {
      need("[data-words]", place).textContent = told("working", { done, all });
      need("progress", place).value = done / all;
    },
    end() {
      working = false;
      place.hidden = true;
      acts.hidden = false;
    },
  };
  working = true;
  acts.hidden = true;
  place.hidden = false;
  need("[data-stop]", place).onclick = () => {
    work.stopped = true;
  };
  need("[data-stop]", place).focus();
  return work;
}

/** What came of it, the refused by name and reason. */
function report(action, { all, done, waiting, refused, fault, stopped }) {
  const now = done.length - waiting;
  const words = now > 0 || all === 0 ? [told(action, { count: now })] : [];
  if (waiting > 0) words.push(told("waiting", { count: waiting }));
  if (refused.length > 0) words.push(told("refused", { count: refused.length }));
  if (stopped) words.push(told("stopped", { done: done.length + refused.length, all }));
  const said = words.join(". ");
  say(said);
  if (action !== "delete") showToast(said);
  if (refused.length > 0) complain({ title: said, detail: reasons(refused) });
  if (fault) complain(fault);
}

function reasons(refused) {
  const told_ = refused.slice(0, MOST_TOLD).map(({ name, error }) => `“${name}”: ${error.detail}`);
  const rest = refused.length - told_.length;
  return [...told_, ...(rest > 0 ? [told("andMore", { count: rest })] : [])].join("\n");
}

function offerUndo(ids, words, name = "") {
  undoing = { ids, name };
  showToast(words);
  say(words);
}

async function undo() {
  if (!undoing || working) return;
  const { ids, name } = undoing;
  const toast = need("#toast");
  const focused = toast.contains(document.activeElement);
  toast.setAttribute("aria-busy", "true");
  undoing = null;
  const refused = [];
  let back = 0;
  try {
    for (let first = 0; first < ids.length; first += AT_ONCE) {
      const part = ids.slice(first, first + AT_ONCE);
      const { results } = await ask("POST", BULK, { action: "restore", ids: part });
      for (const one of results) {
        if (one.result === "refused") refused.push({ name: one.name || one.id, error: one.error });
        else back += 1;
      }
    }
  } catch (problem) {
    undoing = { ids, name };
    complain(problem);
    return;
  } finally {
    toast.removeAttribute("aria-busy");
  }
  await reload();
  const words = name && back === 1 ? told("restoredOne", { name }) : told("restore", { count: back });
  showToast(words);
  say(words);
  if (refused.length > 0)
    complain({ title: told("refused", { count: refused.length }), detail: reasons(refused) });
  if (focused) focusOn(ids[0]);
}

function focusOn(id) {
  const card = document.querySelector(`.card[data-product="${CSS.escape(id)}"]`);
  (card?.querySelector(".name a") ?? need("#products")).focus();
}

let fading = 0;

/** Stays while it offers to undo something; the rest goes by itself. */
function showToast(words) {
  clearTimeout(fading);
  const toast = need("#toast");
  need("[data-words]", toast).textContent = words;
  need("[data-undo]", toast).hidden = !undoing;
  toast.hidden = false;
  if (!undoing) fading = setTimeout(closeToast, 8_000);
}

function closeToast() {
  const toast = need("#toast");
  if (toast.contains(document.activeElement)) need("#products").focus({ preventScroll: true });
  toast.hidden = true;
  undoing = null;
}
