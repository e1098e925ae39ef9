/** A campaign's page: decides on its products, one or all, and stays up to date while they are cooked. */

import { follow } from "./live.js";
import { complain, elementsIn, need, once, say } from "./page.js";
import { ask, pageAt } from "./service.js";
import { word } from "./words.js";

const page = () => need("[data-campaign]");
const PAUSE_MS = 2_000;
let due = null;
let asked = 0;

start();

function start() {
  need("#main").addEventListener("click", ({ target }) => {
    const button = target.closest("[data-decide]");
    if (button) once(button, () => pressed(button));
  });
  showButtons();
  follow(
    () => {
      due ??= setTimeout(refresh, PAUSE_MS);
    },
    () => "goingOn" in page().dataset,
  );
}

async function pressed(button) {
  const product = button.closest("[data-product]")?.dataset.product;
  try {
    await decide(button.dataset.decide, product);
  } catch (problem) {
    complain(problem);
  }
  await refresh();
}

/** Some at a time, until none is left that can be. */
async function decide(verb, product) {
  const body = product ? { product_ids: [product] } : {};
  let done = 0;
  let changed = 0;
  for (;;) {
    const answer = await ask("POST", `/api/campaigns/${page().dataset.campaign}/${verb}`, body);
    done += answer.done;
    changed = answer.changed; // the same ones again in each call
    if (answer.done === 0 || answer.left === 0 || product) break;
  }
  if (changed > 0) complain({ title: word("not-all"), detail: word("changed", { count: changed }) });
  say(word("decided", { count: done }));
}

/** The server's page again, in place; what has the focus then is looked for anew, and the table stands as it was drawn. */
async function refresh() {
  due = null;
  asked += 1;
  const mine = asked;
  let fresh;
  try {
    [fresh] = elementsIn(await pageAt(location.pathname + location.search), "[data-campaign]");
  } catch (problem) {
    complain(problem);
    return;
  }
  if (mine !== asked) return; // what was asked for later knows more
  const old = page();
  const { activeElement } = document;
  const again = old.contains(activeElement) ? likesOf(activeElement) : [];
  const aside = need(".table-frame", old).scrollLeft;
  old.replaceWith(fresh);
  showButtons();
  need(".table-frame").scrollLeft = aside;
  if (again.length > 0)
    (again.map((like) => fresh.querySelector(like)).find(Boolean) ?? need("#main")).focus();
}

/** Selectors, the first the best: the same button or link, else one in its row, else one of those for all. */
function likesOf(held) {
  const product = held.closest("[data-product]")?.dataset.product;
  const { decide: verb } = held.dataset;
  const own = verb ? `[data-decide="${verb}"]` : `[href="${CSS.escape(held.getAttribute("href") ?? "")}"]`;
  if (product) {
    const row = `[data-product="${CSS.escape(product)}"]`;
    return [`${row} ${own}`, `${row} ${held.matches("a") ? "a" : "button"}`];
  }
  if (verb) return [`[data-all] ${own}`, "[data-all] button"];
  return held.matches(".table-frame") ? [".table-frame"] : [own, "a"];
}

function showButtons() {
  const all = page().querySelector("[data-all]");
  if (all) all.hidden = false;
}
