/** The parts of the page that the server writes, taken anew when something has changed; the focus stays where it was. */

import { elementsIn, need } from "../page.js";
import { pageAt } from "../service.js";
import { readAgain } from "./state.js";

const listeners = new Set();

/** `listener` is called after parts were replaced, with the names of those. */
export function onFresh(listener) {
  listeners.add(listener);
}

/** Takes all parts anew but those named: what somebody is typing into stays, and so does what it was read from. */
export async function refresh({ keep = [] } = {}) {
  const html = await pageAt(location.pathname);
  const typing = [...document.querySelectorAll("[data-part] [data-dirty]")].map(
    (one) => one.closest("[data-part]").dataset.part,
  );
  const kept = new Set([...keep, ...typing]);
  if (typing.length > 0) kept.add("facts");
  const replaced = [];
  for (const part of elementsIn(html, "[data-part]")) {
    const old = document.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!old || kept.has(part.dataset.part)) continue;
    keepOpen(old, part);
    const likes = likesOf(old);
    old.replaceWith(part);
    wake(part);
    if (likes) focusOn(part, likes);
    replaced.push(part.dataset.part);
  }
  if (replaced.includes("facts")) readAgain(JSON.parse(need("#base").textContent));
  for (const listener of listeners) listener(replaced);
}

/** What works with scripts only is hidden until they are here. */
export function wake(part = document) {
  for (const one of part.querySelectorAll("[data-do][hidden], [data-drop][hidden], [data-add][hidden]")) {
    one.hidden = false;
  }
}

function keepOpen(old, fresh) {
  const opened = [...old.querySelectorAll("details")].map(({ open }) => open);
  const all = [...fresh.querySelectorAll("details")];
  if (opened.length !== all.length) return;
  for (const [at, one] of all.entries()) one.open = opened[at];
}

function focusOn(part, likes) {
  const found = likes.map((like) => part.querySelector(like)).find(Boolean) ?? part.querySelector("h2, h1");
  if (found?.matches("h1, h2")) found.tabIndex = -1;
  found?.focus();
}

/** Selectors, the first the best, for what has the focus in a part; null when that is elsewhere. */
function likesOf(part) {
  const { activeElement } = document;
  if (!part.contains(activeElement)) return null;
  if (activeElement.name) return [`[name="${CSS.escape(activeElement.name)}"]`];
  const own = activeElement.dataset.do ? [`[data-do="${activeElement.dataset.do}"]`] : [];
  const version = activeElement.closest("[data-version]");
  if (!version) return own;
  return [...own, "[data-do]", "a"].map((like) => `[data-version="${version.dataset.version}"] ${like}`);
}
