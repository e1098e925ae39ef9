/** Finding as one types, by filters and by views; the address tells what is shown, and the last asked is what comes. */

import { complain, elementsIn, need, say } from "./page.js";
import { adopt, endScrolling, positionOf, restore } from "./scrolling.js";
import { endSelection } from "./selecting.js";
import { pageAt } from "./service.js";
import { told } from "./texts.js";

const PAUSE_MS = 180;
const LIST_ONLY = new Set(["cursor", "layout"]);

let timer = 0;
let asking = null;

export function startFinding() {
  const form = need("#find");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(queryOf(form), "push");
  });
  need("[name=q]", form).addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => show(queryOf(form), "replace"), PAUSE_MS);
  });
  document.addEventListener("change", ({ target }) => {
    if (target.form === form && target.name !== "q") show(queryOf(form), "push");
  });
  document.addEventListener("click", follow);
  addEventListener("popstate", goBack);
  offerTags();
}

/** Asks for another list and puts it in place of this one, unless a later one was asked for meanwhile. */
export async function show(query, way, at = null) {
  clearTimeout(timer);
  asking?.abort();
  const mine = new AbortController();
  asking = mine;
  const found = need("#found");
  found.setAttribute("aria-busy", "true");
  endScrolling();
  try {
    const html = await pageAt(`/products/list?${listQuery(query, at)}`, { signal: mine.signal });
    if (asking !== mine) return;
    replace(found, html);
    if (way !== "none") note(query, way);
    bringInto(query);
    endSelection();
    if (at) await restore(at);
    else if (scrollY > found.offsetTop) scrollTo({ top: 0 });
    say(found.querySelector("#count")?.textContent ?? "");
  } catch (problem) {
    if (asking === mine && problem.name !== "AbortError")
      complain(problem, [told("retry"), () => show(query, way, at)]);
  } finally {
    if (asking === mine) {
      asking = null;
      found.removeAttribute("aria-busy");
    }
  }
}

/** A jump within the page is a step too, and changes nothing. */
function goBack({ state }) {
  const asked = new URLSearchParams(location.search);
  for (const name of LIST_ONLY) asked.delete(name);
  if (asked.toString() !== currentQuery().toString()) show(asked.toString(), "none", state?.at);
}

/** The same list as it is now. */
export function reload() {
  return show(location.search.slice(1), "none", positionOf());
}

/** What the address asks for, without what is one page's alone. */
export function currentQuery() {
  return new URLSearchParams(need("#products").dataset.query);
}

function replace(found, html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const focused = focusIn(found);
  found.replaceChildren(...[...page.body.childNodes].map((node) => document.importNode(node, true)));
  if (focused) (found.querySelector(focused) ?? need("#products", found)).focus({ preventScroll: true });
  adopt();
}

/** What had the focus, to find it again in the new list: a view or filter that was clicked is another element now. */
function focusIn(found) {
  const element = document.activeElement;
  if (!found.contains(element)) return "";
  return element.closest(".views") ? ".view[aria-current]" : ".summary a, #products";
}

function note(query, way) {
  const address = query ? `/?${query}` : "/";
  const same = address === `${location.pathname}${location.search}`;
  if (way === "push" && !same) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
}

/** Views, filters to be taken away, and everything else that leads to another list. */
function follow(event) {
  const link = event.target.closest("a[data-show]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey)
    return;
  event.preventDefault();
  show(new URL(link.href).search.slice(1), "push");
}

function listQuery(query, at) {
  const asked = new URLSearchParams(query);
  if (at?.cursor) asked.set("cursor", at.cursor);
  return asked;
}

/** The form's fields that say something, in the words of the API's list. */
function queryOf(form) {
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    const said = name === "q" ? value.trim() : value;
    if (said && !(name === "ordering" && said === "-created_at") && !asked.getAll(name).includes(said))
      asked.append(name, said);
  }
  return asked.toString();
}

/** Puts the form's fields as the address has it: it may have come from a view, a filter taken away, or back. */
function bringInto(query) {
  const form = need("#find");
  const asked = new URLSearchParams(query);
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden" || field.matches("[data-tag]")) continue;
    const value = asked.get(field.name) ?? (field.name === "ordering" ? "-created_at" : "");
    if (field.name === "q" && field === document.activeElement) continue; // it is ahead of every answer
    if (field.value !== value) field.value = value;
  }
  keepOthers(form, asked);
}

/** Tags, and filters that have no field of their own. */
function keepOthers(form, asked) {
  const kept = document.querySelector("[data-kept]");
  if (!kept) return;
  const tag = need("[data-tag]");
  tag.value = "";
  const fields = new Set(
    [...form.elements].filter((one) => one.type !== "hidden" && one !== tag).map((one) => one.name),
  );
  const others = [...asked].filter(([name]) => !fields.has(name) && !LIST_ONLY.has(name));
  kept.replaceChildren(...others.map(([name, value]) => hidden(name, value)));
}

function hidden(name, value) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name, value });
  input.setAttribute("form", "find");
  return input;
}

/** The tags to choose from come when somebody is about to. */
function offerTags() {
  document.addEventListener("focusin", async ({ target }) => {
    const list = target.list;
    if (!list || list.dataset.asked) return;
    list.dataset.asked = "yes";
    try {
      const { tags } = JSON.parse(await pageAt("/products/tags"));
      list.replaceChildren(...tags.map((tag) => new Option("", tag)));
    } catch {
      delete list.dataset.asked; // one can still type them
    }
  });
}

/** The cards out of a page's part. */
export function cardsIn(html) {
  return elementsIn(html, ".card");
}
