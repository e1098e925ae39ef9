/** Name, alt text, tags and data: typed freely, saved at once, compared with what somebody else saved meanwhile. */

import { complain, copyOf, need, once, say } from "../page.js";
import { word } from "../words.js";
import { onFresh, refresh, wake } from "./parts.js";
import { product, readField, same, save } from "./state.js";

const OWN = new Set(["hotspots", "view", "colourways", "dimensions_m"]);

export function startDetails() {
  prepare();
  onFresh((parts) => parts.includes("details") && prepare());
  addEventListener("beforeunload", (event) => {
    if (document.querySelector("[data-dirty]")) event.preventDefault();
  });
}

function prepare() {
  const form = need("#details");
  if (!form.querySelector("[type=submit]")) return;
  wake();
  need("[type=reset]", form).hidden = false;
  form.addEventListener("input", () => mark(form));
  form.addEventListener("click", ({ target }) => {
    const row = target.closest("[data-drop]")?.closest("[data-key]");
    if (row) drop(form, row);
    if (target.closest("[data-more]")) add(form);
  });
  need("[data-new-key]", form).addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    add(form);
  });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    form.removeAttribute("data-dirty");
    refresh().catch(complain);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    once(need("[type=submit]", form), () => submit(form));
  });
  mark(form);
}

function mark(form) {
  const { changes, fault } = read(form);
  const dirty = Boolean(fault) || Object.keys(changes).length > 0;
  form.toggleAttribute("data-dirty", dirty);
  need("[type=submit]", form).disabled = !dirty || Boolean(fault);
  need("[type=reset]", form).disabled = !dirty;
  tell(form, fault);
}

function tell(form, fault) {
  const box = need("[data-form-fault]", form);
  box.hidden = !fault;
  if (box.textContent !== fault) box.textContent = fault;
}

/** What differs from what was read; `fault` says in words what cannot be saved so. */
function read(form) {
  const { name, alt, tags, ar_enabled: ar } = form.elements;
  const wished = {
    name: name.value.trim(),
    alt: alt.value.trim(),
    tags: [...new Set(tags.value.split(",").map((one) => one.trim()))].filter(Boolean),
    ar_enabled: ar.checked,
  };
  const faults = [];
  if (wished.tags.length > 50 || wished.tags.some((one) => one.length > 60)) faults.push(word("tags-long"));
  const rows = new Map([...form.querySelectorAll("[data-key]")].map((row) => [row.dataset.key, row]));
  for (const [key, row] of rows) {
    const value = rowValue(row);
    if (value instanceof SyntaxError) faults.push(`${key} ${word("not-json")}`);
    wished[`metadata.${key}`] = value;
  }
  for (const key of Object.keys(product().metadata)) {
    if (!rows.has(key) && !OWN.has(key)) wished[`metadata.${key}`] = undefined;
  }
  const changes = Object.entries(wished).filter(
    ([field, value]) => !same(value, readField(product(), field)),
  );
  return { changes: Object.fromEntries(changes), fault: faults.join(". ") };
}

function rowValue(row) {
  const { value } = need("input, textarea", row);
  if (row.dataset.kind === "text") return value;
  if (row.dataset.kind === "number") return value === "" ? null : Number(value);
  try {
    return JSON.parse(value);
  } catch (fault) {
    return fault;
  }
}

function drop(form, row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  (next?.querySelector("input, textarea") ?? need("[data-new-key]", form)).focus();
  mark(form);
}

function add(form) {
  const input = need("[data-new-key]", form);
  const key = input.value.trim();
  if (!key) return input.focus();
  const there = [...form.querySelectorAll("[data-key]")].find((row) => row.dataset.key === key);
  if (there || OWN.has(key)) {
    tell(form, `${key} ${word("there-already")}`);
    return (there ?? form).querySelector("input, textarea").focus();
  }
  const row = copyOf("data-row");
  row.dataset.key = key;
  need("span", row).textContent = key;
  need("[data-drop]", row).setAttribute("aria-label", `× ${key}`);
  need("[data-rows]", form).append(row);
  input.value = "";
  need("textarea", row).focus();
  mark(form);
}

async function submit(form) {
  const { changes, fault } = read(form);
  if (fault || Object.keys(changes).length === 0) return;
  try {
    if (!(await save(changes))) return;
    form.removeAttribute("data-dirty");
    await refresh();
    say(word("saved"));
  } catch (problem) {
    const { title, detail, errors = [] } = problem;
    complain({ title, detail: [detail, ...errors.map((one) => one.detail)].join(" ") });
  } finally {
    if (form.isConnected) mark(form);
  }
}
