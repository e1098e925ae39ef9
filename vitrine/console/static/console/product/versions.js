/** Publishing, rolling back, and notes. */

import { complain, copyOf, need, once, say } from "../page.js";
import { word } from "../words.js";
import { refresh } from "./parts.js";
import { save, send } from "./state.js";

const VERBS = { publish, "show-version": showVersion, note };

export function startVersions() {
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-do]");
    const verb = button && VERBS[button.dataset.do];
    if (verb) once(button, () => verb(button).catch(complain));
  });
}

async function publish(button) {
  const published = button.getAttribute("aria-checked") !== "true";
  if (!(await save({ published }))) return;
  await refresh();
  say(word(published ? "published" : "unpublished"));
}

async function showVersion(button) {
  const number = Number(button.closest("[data-version]").dataset.version);
  if (!(await send("POST", `versions/${number}/publish`, undefined, { version: number }))) return;
  await refresh();
  say(word("shown", { number }));
}

async function note(button) {
  const item = button.closest("[data-version]");
  const number = item.dataset.version;
  const form = copyOf("note-form");
  const text = need("textarea", form);
  text.value = item.querySelector(".note-text")?.textContent ?? "";
  const before = [...need(".note", item).children];
  const close = () => {
    need(".note", item).replaceChildren(...before);
    button.focus();
  };
  need(".note", item).replaceChildren(form);
  form.toggleAttribute("data-dirty", true);
  text.focus();
  need("[data-cancel]", form).addEventListener("click", close);
  form.addEventListener("keydown", ({ key }) => key === "Escape" && close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      if (!(await send("PATCH", `versions/${number}`, { note: text.value.trim() }))) return;
      close();
      await refresh();
      say(word("noted"));
    } catch (problem) {
      complain(problem);
    }
  });
}
