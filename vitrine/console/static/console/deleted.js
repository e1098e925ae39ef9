/** Bringing back what was deleted: one, or those that are selected, a hundred a request. */

import { complain, need, say } from "./page.js";
import { ask, productPath } from "./service.js";
import { tellTimes } from "./settings/times.js";
import { told } from "./texts.js";

const AT_ONCE = 100;
const TOLD_MS = 10_000;
const rows = () => [...document.querySelectorAll(".gone")];
const boxes = () => [...document.querySelectorAll("[data-pick]")];
const picked = () => boxes().filter((box) => box.checked);
let last = null;
let fading = 0;

tellTimes();
if (document.querySelector("[data-all]")) start();

function start() {
  need("#deleted").addEventListener("click", (event) => {
    const { target } = event;
    if (target.matches("[data-restore]")) restore([target.closest(".gone")]);
    if (target.matches("[data-pick]")) pick(target, event.shiftKey);
    if (target.matches("[data-all]")) pickAll(target.checked);
  });
  need("[data-restore-picked]").addEventListener("click", () =>
    restore(picked().map((box) => box.closest(".gone"))),
  );
  need("[data-pick-none]").addEventListener("click", endSelection);
  need("#toast [data-close]").addEventListener("click", closeToast);
  document.addEventListener("keydown", ({ key, target }) => {
    if (key === "Escape" && picked().length > 0 && !target.closest("dialog")) endSelection();
  });
  tellPicked();
}

function pick(box, through) {
  const all = boxes();
  if (through && last?.isConnected) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const one of all.slice(from, to + 1)) one.checked = box.checked;
  }
  last = box;
  tellPicked();
}

function pickAll(on) {
  for (const box of boxes()) box.checked = on;
  tellPicked();
}

function endSelection() {
  const held = need("#picked").contains(document.activeElement);
  pickAll(false);
  if (held) need("[data-all]").focus();
}

function tellPicked() {
  const count = picked().length;
  const all = document.querySelector("[data-all]");
  if (all) {
    all.checked = count > 0 && count === boxes().length;
    all.indeterminate = count > 0 && !all.checked;
  }
  const bar = need("#picked");
  bar.hidden = count === 0;
  if (count === 0) return;
  const words = told("picked", { count });
  if (need("[data-picked]", bar).textContent !== words) say(words);
  need("[data-picked]", bar).textContent = words;
  need("[data-restore-picked]", bar).textContent = told("restoreMany", { count });
}

/** What is sent again changes nothing, so a lost connection leaves no half a thing. */
async function restore(wanted) {
  const names = new Map(wanted.map(({ dataset }) => [dataset.product, dataset.name]));
  const ids = [...names.keys()];
  const back = [];
  const refused = [];
  busy(wanted, true);
  try {
    for (let first = 0; first < ids.length; first += AT_ONCE) {
      const order = { action: "restore", ids: ids.slice(first, first + AT_ONCE) };
      const { results } = await ask("POST", productPath("bulk"), order);
      for (const one of results) (one.result === "refused" ? refused : back).push(one);
    }
  } catch (problem) {
    complain(problem);
  } finally {
    busy(wanted, false);
  }
  if (refused.length > 0)
    complain({ title: told("refused", { count: refused.length }), detail: reasons(refused) });
  if (back.length > 0)
    leave(
      back.map(({ id }) => id),
      names,
    );
}

function busy(wanted, on) {
  for (const row of wanted) {
    row.setAttribute("aria-busy", String(on));
    need("[data-restore]", row).disabled = on;
  }
  need("[data-restore-picked]").disabled = on;
}

function reasons(refused) {
  return refused.map(({ name, id, error }) => `“${name || id}”: ${error.detail}`).join("\n");
}

/** Takes their rows away; the focus goes to the next one, or to what the page says when there is none. */
function leave(ids, names) {
  const gone = new Set(ids);
  const all = rows();
  const at = all.findIndex(({ dataset }) => gone.has(dataset.product));
  for (const row of all) if (gone.has(row.dataset.product)) row.remove();
  const counted = need("#deleted");
  const count = Math.max(0, Number(counted.dataset.count) - ids.length);
  counted.dataset.count = count;
  need("[data-counted]").textContent = told("count", { count });
  tellPicked();
  showToast(
    ids.length === 1
      ? told("restoredOne", { name: names.get(ids[0]) })
      : told("restored", { count: ids.length }),
    ids.length === 1 ? `/products/${encodeURIComponent(ids[0])}` : "",
  );
  const left = rows();
  if (left.length === 0) return end();
  need("[data-restore]", left[Math.min(at, left.length - 1)]).focus();
}

/** None is left here; there may be older ones. */
function end() {
  if (document.querySelector("#deleted [rel=next]")) {
    location.href = "/products/deleted";
    return;
  }
  need(".deleted-head").hidden = true;
  need("[data-nothing]").hidden = false;
  need("h1").focus();
}

function showToast(words, path) {
  clearTimeout(fading);
  const toast = need("#toast");
  need("[data-words]", toast).textContent = words;
  const link = need("[data-to]", toast);
  link.hidden = !path;
  link.href = path;
  toast.hidden = false;
  say(words);
  fading = setTimeout(closeToast, TOLD_MS);
}

function closeToast() {
  const toast = need("#toast");
  if (toast.contains(document.activeElement)) need("h1").focus();
  toast.hidden = true;
}
