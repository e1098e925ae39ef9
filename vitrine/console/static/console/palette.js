/** Ctrl K or ⌘K: go to a page or a product, or do something, by a few letters. `?` lists the shortcuts, `/` searches. */

import { need } from "./page.js";
import { ask } from "./service.js";

const WAIT_MS = 140;
const MOST = 6;
const SINGLE = "vitrine.single-keys";

const palette = need("#palette");
const input = need("#palette-words");
const list = need("#palette-list");
const found = need("#palette-products");

let due = 0;
let asked = 0;

const ACTIONS = {
  logout: () => need("form.account").requestSubmit(),
  shortcuts: () => need("#shortcuts").showModal(),
  upload: () => {
    const choose = document.querySelector("#choose:not([hidden])");
    if (choose) choose.click();
    else location.href = "/";
  },
};

start();

function start() {
  if (/mac|iphone|ipad/i.test(navigator.userAgentData?.platform ?? navigator.platform)) {
    for (const key of document.querySelectorAll("[data-command]")) key.textContent = "⌘ K";
  }
  document.addEventListener("keydown", listen);
  need(".palette-open").addEventListener("click", open);
  input.addEventListener("input", look);
  input.addEventListener("keydown", move);
  list.addEventListener("click", ({ target }) => take(target.closest("[role=option]")));
  list.addEventListener("pointermove", ({ target }) => choose(target.closest("[role=option]")));
  palette.addEventListener("click", ({ target }) => target === palette && palette.close());
  startShortcuts();
}

function listen(event) {
  const { key, ctrlKey, metaKey, altKey, target } = event;
  if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === "k") {
    event.preventDefault();
    if (palette.open) palette.close();
    else open();
    return;
  }
  // A field in a dialog just closed keeps the focus until the next frame, and nobody writes there any more.
  const writes = target.closest?.("input, select, textarea, [contenteditable]")?.checkVisibility();
  const alone = !(ctrlKey || metaKey || altKey || writes || document.querySelector("dialog[open]"));
  if (!alone || localStorage.getItem(SINGLE) === "off") return;
  if (key === "?") ACTIONS.shortcuts();
  const search = document.querySelector(".search input");
  if (key === "/" && search) {
    event.preventDefault();
    search.select();
  }
}

function open() {
  if (document.querySelector("dialog[open]")) return;
  input.value = "";
  palette.showModal();
  input.focus();
  look();
}

function look() {
  const words = folded(input.value).split(/\s+/).filter(Boolean);
  for (const option of list.querySelectorAll("[role=option]:not([data-product])")) {
    const text = folded(option.textContent);
    option.hidden = !words.every((word) => text.includes(word));
  }
  clearTimeout(due);
  asked += 1;
  if (words.length) due = setTimeout(lookForProducts, WAIT_MS, input.value.trim(), asked);
  else showProducts([]);
  settle();
}

async function lookForProducts(words, number) {
  try {
    const { results } = await ask("GET", `/api/assets/3d/?${new URLSearchParams({ q: words, limit: MOST })}`);
    if (number === asked) showProducts(results);
  } catch {
    if (number === asked) showProducts([]); // pages and actions are still there
  }
}

function showProducts(results) {
  for (const old of found.querySelectorAll("[role=option]")) old.remove();
  found.append(...results.map(optionOf));
  settle();
}

function optionOf({ id, name }) {
  const option = document.createElement("div");
  option.role = "option";
  option.id = `go-${id}`;
  option.dataset.product = id;
  option.dataset.href = `/products/${encodeURIComponent(id)}`;
  const words = document.createElement("bdi");
  words.textContent = name;
  option.append(words);
  return option;
}

/** Groups without options go, and one option is always the chosen one. */
function settle() {
  for (const group of list.querySelectorAll("[role=group]")) {
    group.hidden = !group.querySelector("[role=option]:not([hidden])");
  }
  const options = shown();
  const count = need("[data-count]", palette);
  const { one, many } = count.dataset;
  count.textContent = options.length === 1 ? one : many.replace("{count}", options.length);
  need("[data-none]", palette).hidden = options.length > 0;
  const kept = options.find((option) => option.ariaSelected === "true" && option.id !== "go-products");
  choose(input.value ? (kept ?? options[0]) : options[0]);
}

function shown() {
  return [...list.querySelectorAll("[role=option]:not([hidden])")];
}

function choose(option) {
  if (option === null) return;
  for (const other of list.querySelectorAll("[role=option]")) other.ariaSelected = String(other === option);
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
}

function move(event) {
  const options = shown();
  const at = options.findIndex((option) => option.ariaSelected === "true");
  const goals = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
  if (event.key === "Enter") {
    event.preventDefault();
    take(options[at]);
  }
  const isText = ["Home", "End"].includes(event.key) && input.value;
  if (!(event.key in goals) || !options.length || isText) return;
  event.preventDefault();
  const goal = options.at(goals[event.key] % options.length);
  choose(goal);
  goal.scrollIntoView({ block: "nearest" });
}

function take(option) {
  if (!option) return;
  palette.close();
  if (option.dataset.href) location.href = option.dataset.href;
  else ACTIONS[option.dataset.do]();
}

/** Who speaks to the computer, or types with a shaking hand, switches single keys off (WCAG 2.1.4). */
function startShortcuts() {
  const single = need("#shortcuts [data-single]");
  single.checked = localStorage.getItem(SINGLE) !== "off";
  single.addEventListener("change", () => localStorage.setItem(SINGLE, single.checked ? "on" : "off"));
}

function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
