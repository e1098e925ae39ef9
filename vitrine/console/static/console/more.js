/** More products come into the same page; without this script the link leads to the next page. */

import { complain, elementsIn, need, say } from "./page.js";
import { pageAt } from "./service.js";

export function startMore() {
  document.querySelector("#more")?.addEventListener("click", takeMore);
}

async function takeMore(event) {
  event.preventDefault();
  const link = event.currentTarget;
  if (link.getAttribute("aria-busy") === "true") return;
  link.setAttribute("aria-busy", "true");
  try {
    const html = await pageAt(link.href);
    const cards = elementsIn(html, "#products > .card").filter((card) => !isShown(card));
    need("#products").append(...cards);
    follow(link, elementsIn(html, "#more")[0]);
    cards[0]?.querySelector(".name a").focus();
    say(`${cards.length} more products`);
  } catch (problem) {
    complain(problem);
  } finally {
    link.removeAttribute("aria-busy");
  }
}

function isShown(card) {
  return document.querySelector(`.card[data-product="${CSS.escape(card.dataset.product)}"]`) !== null;
}

function follow(link, next) {
  if (next) link.href = next.getAttribute("href");
  else link.parentElement.remove();
}
