/**
 * The list goes on by itself: pages come before one gets there, and those far above leave, so that the page stays as
 * small among 50,000 products as among 500. Whoever comes back finds the place where they were.
 */

import { show } from "./finding.js";
import { complain, elementsIn, need } from "./page.js";
import { pageAt } from "./service.js";
import { told } from "./texts.js";

const AHEAD_PX = 3_000;
const MOST_CARDS = 420;
const REST_MS = 200;

/** What is in the list: its pages in their order, each with the cursors of its neighbours. */
let pages = [];
let number = 0;
let life = new AbortController();
let filling = false;
let rest = 0;

const grid = () => need("#products");
const above = () => need("[data-above]");

export function startScrolling() {
  history.scrollRestoration = "manual";
  adopt();
  addEventListener("scroll", onScroll, { passive: true });
  addEventListener("resize", fill);
  document.addEventListener("click", (event) => {
    if (event.target.closest("#more") && !event.metaKey && !event.ctrlKey && !event.shiftKey)
      takeByHand(event);
  });
  addEventListener("pagehide", remember);
  const at = history.state?.at;
  if (at) restoreAtStart(at);
}

/** Takes the list that the server has written as the first page. */
export function adopt() {
  endScrolling();
  life = new AbortController();
  const { cursor, previous, next } = grid().dataset;
  number = 0;
  pages = [];
  note({ cursor, previous, next }, [...grid().children], "last");
  above().hidden = true;
  fill();
}

/** No page that is still on its way comes into the list. */
export function endScrolling() {
  life.abort();
  filling = false;
}

/** Where one is: the card at the top of the window, and the page that it is on. */
export function positionOf() {
  const card = firstSeen();
  if (!card) return null;
  const page = pages.find(({ id }) => String(id) === pageOf(card));
  const top = card.getBoundingClientRect().top;
  return { cursor: page?.cursor ?? "", card: card.dataset.product, top, y: scrollY };
}

/** Goes to where one was; the list begins with the page that `at` names. */
export async function restore(at) {
  if (at.cursor && pages[0]?.previous) leaveRoom(at);
  const card = document.querySelector(`.card[data-product="${CSS.escape(at.card)}"]`);
  if (card) scrollBy({ top: card.getBoundingClientRect().top - at.top, behavior: "instant" });
  else scrollTo({ top: Math.min(at.y, document.body.scrollHeight), behavior: "instant" });
  fill();
}

async function restoreAtStart(at) {
  if (at.cursor && at.cursor !== grid().dataset.cursor) {
    await show(location.search.slice(1), "none", at);
  } else {
    await restore(at);
  }
}

/** Room for the pages above that are not here, so that the bar at the side stays honest. */
function leaveRoom({ y, top }) {
  const space = above();
  const own = grid().getBoundingClientRect().top + scrollY;
  space.hidden = false;
  space.style.height = `${Math.max(0, y + top - own)}px`;
}

function onScroll() {
  fill();
  clearTimeout(rest);
  rest = setTimeout(remember, REST_MS);
}

function remember() {
  if (life.signal.aborted) return;
  history.replaceState({ ...history.state, at: scrollY > 0 ? positionOf() : null }, "");
}

/** Pages come until there is enough ahead, below and above. */
async function fill() {
  if (filling) return;
  filling = true;
  const mine = life;
  try {
    let moved = true;
    while (moved && !mine.signal.aborted) {
      if (wantsNext()) moved = await takeNext();
      else if (wantsPrevious()) moved = await takePrevious();
      else moved = false;
    }
  } catch (problem) {
    if (!mine.signal.aborted) complain(problem, [told("retry"), fill]);
  } finally {
    if (life === mine) filling = false;
  }
}

function wantsNext() {
  return Boolean(pages.at(-1)?.next) && grid().getBoundingClientRect().bottom < innerHeight + AHEAD_PX;
}

function wantsPrevious() {
  return Boolean(pages[0]?.previous) && grid().getBoundingClientRect().top > -AHEAD_PX;
}

async function takeNext() {
  const page = await pageFrom(pages.at(-1).next);
  if (!page) return false;
  const cards = page.cards.filter(isNew);
  grid().append(...cards);
  note(page, cards, "last");
  if (grid().childElementCount > MOST_CARDS) still(dropFirst);
  tellNext();
  return true;
}

async function takePrevious() {
  const page = await pageFrom(pages[0].previous);
  if (!page) return false;
  const cards = page.cards.filter(isNew);
  still(() => {
    const before = grid().offsetHeight;
    grid().prepend(...cards);
    note(page, cards, "first");
    makeRoom(before - grid().offsetHeight);
    if (!page.previous) above().hidden = true;
  });
  if (grid().childElementCount > MOST_CARDS) dropLast();
  tellNext();
  return true;
}

/** A page of the list, or null when the list is another one by now. */
async function pageFrom(cursor) {
  const { signal } = life;
  const asked = new URLSearchParams(grid().dataset.query);
  asked.set("cursor", cursor);
  let html;
  try {
    html = await pageAt(`/products/page?${asked}`, { signal });
  } catch (problem) {
    if (signal.aborted) return null;
    throw problem;
  }
  if (signal.aborted) return null;
  const [list] = elementsIn(html, "ol");
  return { cursor, previous: list.dataset.previous, next: list.dataset.next, cards: [...list.children] };
}

function note({ cursor, previous, next }, cards, place) {
  const id = ++number;
  for (const card of cards) card.dataset.page = id;
  const page = { id, cursor, previous, next };
  if (place === "last") pages.push(page);
  else pages.unshift(page);
  if (cards.length > 0) need("#nothing").hidden = true;
  document.dispatchEvent(new CustomEvent("cards", { detail: cards }));
}

/** Everything above the second page, unless somebody works in it. */
function dropFirst() {
  const rows = grid();
  const second = rows.querySelector(`[data-page="${pages[1].id}"]`);
  const first = [...rows.children].filter((card) => !second || isBefore(card, second));
  if (first.some((card) => card.contains(document.activeElement) || card.matches(".sending"))) return;
  const before = rows.offsetHeight;
  const whole = first.length - (first.length % columns()); // whole rows, so that no card changes its column
  for (const card of first.slice(whole)) card.dataset.page = pages[1].id;
  for (const card of first.slice(0, whole)) card.remove();
  pages.shift();
  makeRoom(before - rows.offsetHeight);
}

function dropLast() {
  const { id } = pages.at(-1);
  const last = [...grid().querySelectorAll(`[data-page="${id}"]`)];
  if (last.some((card) => card.contains(document.activeElement))) return;
  for (const card of last) card.remove();
  pages.pop();
}

function makeRoom(px) {
  const space = above();
  const height = space.hidden ? 0 : space.offsetHeight;
  space.hidden = false;
  space.style.height = `${Math.max(0, height + px)}px`;
}

/** Whatever `change` does to the list, what one looks at stays where it is. */
function still(change) {
  const card = firstSeen();
  const before = card?.getBoundingClientRect().top ?? 0;
  change();
  if (!card?.isConnected) return;
  const moved = card.getBoundingClientRect().top - before;
  if (Math.abs(moved) > 0.5) scrollBy({ top: moved, behavior: "instant" });
}

function firstSeen() {
  return [...grid().children].find((card) => card.dataset.product && card.getBoundingClientRect().bottom > 0);
}

function columns() {
  return getComputedStyle(grid()).gridTemplateColumns.split(" ").length;
}

function pageOf(card) {
  return card.dataset.page ?? String(pages[0]?.id);
}

function isBefore(card, other) {
  return Boolean(card.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);
}

function isNew(card) {
  return document.querySelector(`.card[data-product="${CSS.escape(card.dataset.product)}"]`) === null;
}

/** The link below, for hands: by it the focus goes to the first card that came. */
async function takeByHand(event) {
  event.preventDefault();
  const last = grid().lastElementChild;
  if (!filling && pages.at(-1)?.next) {
    filling = true;
    try {
      await takeNext();
    } catch (problem) {
      complain(problem);
    } finally {
      filling = false;
    }
  }
  last?.nextElementSibling?.querySelector(".name a")?.focus();
}

function tellNext() {
  const next = pages.at(-1)?.next;
  const link = document.querySelector("#more");
  if (link) link.parentElement.hidden = !next;
}
