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
    await refresh(product);
  });
  showButtons();
  follow(
    () => {
      if (due === null) due = setTimeout(refresh, PAUSE_MS);
    },
    () => "goingOn" in page().dataset,
  );
}

/** Some at a time, until none is left that can be. */
async function decide(verb, product) {
  const body = product ? { product_ids: [product] } : {};
  let done = 0;
  for (;;) {
    const answer = await ask("POST", `/api/campaigns/${page().dataset.campaign}/${verb}`, body);
    done += answer.done;
    if (answer.changed > 0) {
      complain({ title: word("not-all"), detail: word("changed", { count: answer.changed }) });
    }
    if (answer.done === 0 || answer.left === 0 || product) break;
  }
  say(word("decided", { count: done }));
}

/** The server's page again, in place, with the focus where it was. */
async function refresh(product) {
  due = null;
  try {
    const [fresh] = elementsIn(await pageAt(location.pathname + location.search), "[data-campaign]");
    page().replaceWith(fresh);
  } catch (problem) {
    complain(problem);
    return;
  }
  showButtons();
  if (product) document.querySelector(`[data-product="${CSS.escape(product)}"] button`)?.focus();
}

function showButtons() {
  const all = page().querySelector("[data-all]");
  if (all) all.hidden = false;
}
