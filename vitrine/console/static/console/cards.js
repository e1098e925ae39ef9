/** The products' cards: publishing, embedding, optimizing again, deleting; and taking a fresh card from the server. */

import { complain, elementsIn, need, say } from "./page.js";
import { ask, pageAt, productPath } from "./service.js";

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
  const focused = card.contains(document.activeElement) ? document.activeElement : null;
  card.replaceWith(fresh);
  if (!focused) return fresh;
  const same = focused.dataset.do === "publish" ? fresh.querySelector("[data-do=publish]") : null;
  (same ?? fresh.querySelector("summary") ?? need(".name a", fresh)).focus();
  return fresh;
}

const VERBS = { publish, embed, optimize, delete: remove };

export function startCards() {
  grid().addEventListener("click", async ({ target }) => {
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
  say(`${card.dataset.name}: ${published ? "published" : "not published"}`);
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

async function optimize(card) {
  need("summary", card).focus();
  await ask("POST", productPath(card.dataset.product, "optimize"), {});
  await refresh(card);
  say(`${card.dataset.name} is being optimized`);
}

async function remove(card) {
  need("summary", card).focus();
  if (!(await isSure(card.dataset.name))) return;
  await ask("DELETE", productPath(card.dataset.product));
  const neighbour = card.nextElementSibling ?? card.previousElementSibling;
  card.remove();
  need("#nothing").hidden = grid().children.length > 0;
  (neighbour?.querySelector(".name a") ?? need("#choose")).focus();
  say(`${card.dataset.name} is deleted`);
}

function isSure(name) {
  const dialog = need("#confirm");
  need("[data-name]", dialog).textContent = name;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "delete"), { once: true });
  });
}
