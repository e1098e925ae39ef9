/**
 * Forms that go to the API by script: `data-send` is the method, `data-to` the path. What comes after is told by
 * attributes: `data-told` in words, `data-shows` a field of the answer to be kept by the person, `data-fills` a dialog
 * to fill with the answer, `data-then` another page. Refusals stand at their fields.
 */

import { need } from "../page.js";
import { ask, sendFile } from "../service.js";
import { takeFresh, tell, tellThere } from "./fresh.js";
import { show } from "./secret.js";

export function startForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-send]");
    if (!form) return;
    event.preventDefault();
    if (form.getAttribute("aria-busy") !== "true") send(form, event.submitter);
  });
  document.addEventListener("input", ({ target }) => {
    if (target.dataset.picks) target.closest("form").elements[target.dataset.picks].value = target.value;
  });
}

async function send(form, submitter) {
  form.setAttribute("aria-busy", "true");
  clearFaults(form);
  try {
    const { send: method, to, fileOf } = form.dataset;
    const answer = fileOf
      ? await sendFile(method, to, form.elements[fileOf].files[0])
      : await ask(method, to, read(form));
    await goOn(form, submitter, answer ?? {});
  } catch (problem) {
    showFaults(form, problem);
  } finally {
    form.removeAttribute("aria-busy");
  }
}

async function goOn(form, submitter, answer) {
  const { told = "", toldUnless, toldElse, shows, fills, then, focus } = form.dataset;
  const words = toldUnless && !answer[toldUnless] ? toldElse : told;
  if (fills) return fill(need(`#${fills}`), answer);
  if (then) {
    tellThere(words);
    if (then === "reload") location.reload();
    else location.href = then;
    return;
  }
  if (shows) await show(answer[shows], form.dataset, () => form.closest("dialog")?.close());
  form.closest("dialog")?.close();
  await takeFresh(focus ?? submitter?.id ?? form.id);
  if (words) tell(words);
}

/** The form's fields as JSON: `data-as` holds a switch, `data-list` boxes make a list, what is empty stays text. */
function read(form) {
  const body = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled) continue;
    if (field.dataset.as) body[field.name] = field.dataset.as === "true";
    else if ("list" in field.dataset) {
      body[field.name] ??= [];
      if (field.checked) body[field.name].push(field.value);
    } else if (field.type === "radio") {
      if (field.checked) body[field.name] = field.value;
    } else body[field.name] = field.value;
  }
  return Object.keys(body).length ? body : undefined;
}

function fill(dialog, answer) {
  for (const element of dialog.querySelectorAll("[data-fill]")) {
    const value = answer[element.dataset.fill];
    if (element.tagName === "IMG") element.src = value;
    else element.textContent = value;
  }
  dialog.showModal();
}

function clearFaults(form) {
  for (const fault of form.querySelectorAll(".fault")) fault.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-errormessage");
  }
}

function showFaults(form, { title, detail, errors = [] }) {
  const placed = errors.map((fault) => placeFault(form, fault)).filter(Boolean);
  if (placed.length < Math.max(errors.length, 1)) {
    const words = faultOf(placed.length || !detail ? title : `${title}. ${detail}`);
    words.role = "alert";
    (form.querySelector(".sheet-foot, .doing") ?? form).before(words);
    if (form.matches(".doing, .doing *")) form.after(words);
  }
  placed[0]?.focus();
}

/** The fault at its field, by its JSON pointer; gives the field. */
function placeFault(form, { pointer, detail }) {
  const name = pointer.split("/")[1];
  const around = form.querySelector(`[data-name="${CSS.escape(name)}"]`);
  const field = form.querySelector(`[name="${CSS.escape(name)}"]:not([type=hidden])`);
  if (!name || !(around ?? field)) return null;
  const words = faultOf(detail);
  words.id = `fault-${form.id}-${name}`;
  words.role = "alert";
  if (around ?? field.closest("fieldset")) (around ?? field.closest("fieldset")).append(words);
  else field.closest(".field").append(words);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-errormessage", words.id);
  return field;
}

function faultOf(text) {
  const words = document.createElement("p");
  words.className = "fault";
  words.textContent = text;
  return words;
}
