/** The products' cards: publishing, embedding, tags, optimizing again, deleting; and taking fresh cards from the server. */

import { deleteOne } from "./bulk.js";
import { tagsFor } from "./dialogs.js";
import { complain, elementsIn, need, say } from "./page.js";
import { leaveOut, mark } from "./selecting.js";
import { ask, pageAt, productPath } from "./service.js";
import { told } from "./texts.js";

const AT_ONCE = 100;
const grid = () => need("#products");

/** A product's card as the server writes it. */
export async function fetchCard(id) {
  const [card] = elementsIn(await pageAt(`/products/${encodeURIComponent(id)}/card`), "li.card");
  return card;
}

/** A new card goes before all others. */
export function place(card) {
  grid().prepend(card);
  need("#nothing").hidden = true;
}

/** Puts a fresh card in place of `card`, with the focus where it was. */
export async function refresh(card) {
  const fresh = await fetchCard(card.dataset.product);
  exchange(card, fresh);
  return fresh;
}

/** Fresh cards for those of these products that are on the page. */
export async function renew(ids) {
  const shown = ids.map(cardOf).filter(Boolean);
  for (let first = 0; first < shown.length; first += AT_ONCE) {
    const part = shown.slice(first, first + AT_ONCE).map((card) => card.dataset.product);
    for (const fresh of elementsIn(await pageAt(`/products/cards?ids=${part}`), ".card")) {
      const card = cardOf(fresh.dataset.product);
      if (card) exchange(card, fresh);
    }
  }
}

/** Takes the cards of these products off the page; the focus goes to what stands there now. */
export function removeCards(ids) {
  const gone = ids.map(cardOf).filter(Boolean);
  const held = gone.find((card) => card.contains(document.activeElement));
  const near = held ? neighbourOf(held, new Set(gone)) : null;
  for (const card of gone) card.remove();
  leaveOut(ids);
  countLess(gone.length);
  need("#nothing").hidden = grid().children.length > 0;
  if (held) (near?.querySelector(".name a") ?? document.querySelector("#choose") ?? grid()).focus();
  dispatchEvent(new Event("resize")); // more may come into the room that is left
}

function countLess(gone) {
  const count = document.querySelector("#count");
  if (!count || "more" in count.dataset) return;
  count.dataset.count = Math.max(0, Number(count.dataset.count) - gone);
  count.textContent = told("found", { count: Number(count.dataset.count) });
}

function neighbourOf(card, gone) {
  for (const way of ["nextElementSibling", "previousElementSibling"]) {
    let near = card[way];
    while (near && gone.has(near)) near = near[way];
    if (near) return near;
  }
  return null;
}

function cardOf(id) {
  return document.querySelector(`.card[data-product="${CSS.escape(id)}"]`);
}

function exchange(card, fresh) {
  const focused = card.contains(document.activeElement) ? document.activeElement : null;
  if (card.dataset.page) fresh.dataset.page = card.dataset.page;
  if (card.dataset.job) fresh.dataset.job ??= card.dataset.job; // its end, seen here first, is still to be said
  card.replaceWith(fresh);
  mark([fresh]);
  if (!focused) return;
  const same = focused.dataset.do === "publish" ? fresh.querySelector("[data-do=publish]") : null;
  const box = focused.matches("[data-pick]") ? fresh.querySelector("[data-pick]") : null;
  (same ?? box ?? fresh.querySelector("summary") ?? need(".name a", fresh)).focus();
}

const VERBS = { publish, embed, tag, optimize, delete: remove };

export function startCards() {
  need("#found").addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-do]");
    if (!button) return;
    const card = button.closest(".card");
    closeMenus();
    card.setAttribute("aria-busy", "true");
    try {
      await VERBS[button.dataset.do](card, button);
    } catch (problem) {
      complain(problem);
    } finally {
      card.removeAttribute("aria-busy");
    }
  });
  need("#found").addEventListener("error", ({ target }) => target.classList.add("lost"), true); // an empty case is calmer
  document.addEventListener("click", ({ target }) => closeMenus(target.closest(".menu")));
  document.addEventListener("keydown", ({ key, target }) => {
    if (key !== "Escape") return;
    const menu = target.closest(".menu[open]");
    closeMenus();
    menu?.querySelector("summary").focus();
  });
}

function closeMenus(but = null) {
  for (const menu of document.querySelectorAll(".menu[open]")) {
    if (menu !== but) menu.open = false;
  }
}

async function publish(card, button) {
  const published = button.getAttribute("aria-checked") !== "true";
  await ask("PATCH", productPath(card.dataset.product), { published });
  await refresh(card);
  say(told(published ? "published" : "notPublished", { name: card.dataset.name }));
}

/** The storefront knows how its products are shown elsewhere; its tabs and buttons bring their own script. */
async function embed(card) {
  need("summary", card).focus();
  const html = await pageAt(`/p/${encodeURIComponent(card.dataset.product)}/snippets`);
  const dialog = need("#embed");
  need("[data-snippets]", dialog).replaceChildren(...elementsIn(html, ".snippets"));
  dialog.showModal();
  need("[role=tab]", dialog).focus();
}

async function tag(card) {
  need("summary", card).focus();
  const asked = await tagsFor(1, [card]);
  if (!asked) return;
  const order = { action: "tag", ids: [card.dataset.product], ...asked };
  const { results } = await ask("POST", productPath("bulk"), order);
  if (results[0].error) throw results[0].error;
  await refresh(card);
  say(told("tag", { count: 1 }));
}

async function optimize(card) {
  need("summary", card).focus();
  const { openOptimize } = await import("./optimizing.js"); // its sheet is on the pages of those who may
  openOptimize([card.dataset.product], card.dataset.name);
}

async function remove(card) {
  need("summary", card).focus();
  await deleteOne(card);
}
