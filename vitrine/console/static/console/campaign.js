/** A campaign's page: decides on its products, one or all, and stays up to date while they are cooked. */

import { follow } from "./live.js";
import { complain, elementsIn, need, say } from "./page.js";
import { ask, pageAt } from "./service.js";
import { word } from "./words.js";

const page = () => need("[data-campaign]");
const PAUSE_MS = 2_000;
let due = null;

start();

function start() {
  need("#main").addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-decide]");
    if (!button) return;
    button.disabled = true;
    const product = button.closest("[data-product]")?.dataset.product;
    try {
      await decide(button.dataset.decide, product);
    } catch (problem) {
      complain(problem);
    }
    await refresh(button);
  });
  showButtons();
  follow(
    () => {
      if (due === null) due = setTimeout(() => refresh(document.activeElement), PAUSE_MS);
    },
    () => "goingOn" in page().dataset,
  );
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

/** The server's page again, in place; the focus goes to what stands where `held` was. */
async function refresh(held) {
  due = null;
  const old = page();
  const again = old.contains(held) ? likeOf(held) : null;
  try {
    const [fresh] = elementsIn(await pageAt(location.pathname + location.search), "[data-campaign]");
    old.replaceWith(fresh);
  } catch (problem) {
    complain(problem);
    return;
  }
  showButtons();
  if (again) (page().querySelector(again) ?? need("#main")).focus();
}

/** A selector for the same row's link or button, the buttons for all, or the table. */
function likeOf(held) {
  const product = held.closest("[data-product]")?.dataset.product;
  if (product) return `[data-product="${CSS.escape(product)}"] ${held.matches("a") ? "a" : "button"}`;
  if (held.matches("[data-decide]")) return "[data-all] button";
  return held.matches(".table-frame") ? ".table-frame" : "a";
}

function showButtons() {
  const all = page().querySelector("[data-all]");
  if (all) all.hidden = false;
}
