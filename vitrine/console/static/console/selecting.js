/** Selecting: one by one, from one to another with Shift, all that are here, and all that match. */

import { complain, need, once, say } from "./page.js";
import { pageAt } from "./service.js";
import { told } from "./texts.js";

const picked = new Set();
let last = null;

const boxes = () => [...document.querySelectorAll("#products [data-pick]")];
const cardOf = (box) => box.closest(".card");

export function startSelecting() {
  need("#found").addEventListener("click", (event) => {
    if (event.target.matches("[data-pick]")) pick(event.target, event.shiftKey);
  });
  need("#found").addEventListener("keydown", move);
  document.addEventListener("cards", ({ detail }) => mark(detail));
  document.addEventListener("keydown", (event) => {
    if (
      event.key === "Escape" &&
      picked.size > 0 &&
      !event.target.closest("dialog, details[open], input[type=search]")
    )
      endSelection();
    if (
      event.key === "a" &&
      (event.ctrlKey || event.metaKey) &&
      !event.target.closest("input:not([type=checkbox]), dialog")
    )
      pickShown(event);
  });
  const bar = need("#picked");
  need("[data-pick=all]", bar).addEventListener("click", ({ currentTarget }) => once(currentTarget, pickAll));
  need("[data-pick=none]", bar).addEventListener("click", endSelection);
  mark([...need("#products").children]);
}

/** The ids of all that are selected, in the order of selecting. */
export function selection() {
  return [...picked];
}

/** The cards of those that are selected and on the page. */
export function selectedCards() {
  return [...document.querySelectorAll("#products .card[data-product]")].filter((card) =>
    picked.has(card.dataset.product),
  );
}

export function endSelection() {
  picked.clear();
  last = null;
  for (const box of boxes()) show(box, false);
  if (need("#picked").contains(document.activeElement)) need("#products").focus({ preventScroll: true });
  tell();
}

export function leaveOut(ids) {
  for (const id of ids) picked.delete(id);
  for (const box of boxes()) show(box, picked.has(cardOf(box).dataset.product));
  tell();
}

/** A new card bears the mark of its product. */
export function mark(cards) {
  for (const card of cards) {
    const box = card.querySelector?.("[data-pick]");
    if (box) show(box, picked.has(card.dataset.product));
  }
  tell();
}

function pick(box, through) {
  const on = box.checked;
  for (const one of through && last?.isConnected ? between(last, box) : [box]) set(one, on);
  last = box;
  tell();
}

function between(one, other) {
  const all = boxes();
  const ends = [all.indexOf(one), all.indexOf(other)].sort((a, b) => a - b);
  return all.slice(ends[0], ends[1] + 1);
}

function set(box, on) {
  const id = cardOf(box).dataset.product;
  if (on) picked.add(id);
  else picked.delete(id);
  show(box, on);
}

function show(box, on) {
  box.checked = on;
  cardOf(box).classList.toggle("is-picked", on);
}

function pickShown(event) {
  if (boxes().length === 0) return;
  event.preventDefault();
  for (const box of boxes()) set(box, true);
  tell();
}

async function pickAll() {
  try {
    const asked = need("#products").dataset.query;
    const { ids, more } = JSON.parse(await pageAt(`/products/matching?${asked}`));
    for (const id of ids) picked.add(id);
    for (const box of boxes()) show(box, picked.has(cardOf(box).dataset.product));
    need("[data-bulk]").focus(); // the button that was pressed goes
    tell();
    if (more) say(told("pickedMost", { count: ids.length }));
  } catch (problem) {
    complain(problem);
  }
}

function tell() {
  const bar = need("#picked");
  const shown = picked.size > 0;
  if (bar.hidden === shown) {
    bar.hidden = !shown;
    document.body.classList.toggle("picking", shown);
  }
  if (!shown) return;
  const count = document.querySelector("#count");
  const all = Number(count?.dataset.count ?? 0);
  const words = told("picked", { count: picked.size });
  const strong = need("[data-picked]", bar);
  if (strong.textContent !== words) {
    strong.textContent = words;
    say(words);
  }
  const more = need("[data-pick=all]", bar);
  more.hidden = picked.size >= all;
  more.textContent = told("pickAll", { count: all });
}

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/** Arrows go from box to box, up and down by a row; with Shift they select what they pass. */
function move(event) {
  const box = event.target;
  if (!box.matches("[data-pick]") || !event.key.startsWith("Arrow")) return;
  const all = boxes();
  const at = all.indexOf(box);
  const rtl = getComputedStyle(box).direction === "rtl" ? -1 : 1;
  const row = columns(all);
  const step = (STEPS[event.key] ?? 0) * rtl || (event.key === "ArrowDown" ? row : -row);
  const next = all[at + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
  if (!event.shiftKey) return;
  for (const one of between(box, next)) set(one, true);
  last = next;
  tell();
}

function columns(all) {
  const top = cardOf(all[0]).offsetTop;
  const first = all.findIndex((box) => cardOf(box).offsetTop !== top);
  return first < 1 ? all.length : first;
}
