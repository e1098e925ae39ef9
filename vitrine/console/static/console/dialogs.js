/** What is asked before many are changed: whether one is sure, which tags, and what to take home. */

import { need } from "./page.js";
import { told } from "./texts.js";

const MOST_TAKEN = 40;

/** Whether to go on with so many. */
export async function isSure(action, count) {
  const dialog = need("#sure");
  const name = action.charAt(0).toUpperCase() + action.slice(1);
  need("#sure-title").textContent = told(`sure${name}`, { count });
  need("#sure-detail").textContent = told(`${action}Detail`);
  need("[data-yes]", dialog).classList.toggle("danger", action === "delete");
  need("[data-yes]", dialog).classList.toggle("main", action !== "delete");
  return (await closed(dialog)) === "yes";
}

/** The tags to add and to take away, as the API has them; null when somebody changed their mind. */
export async function tagsFor(count, cards) {
  const dialog = need("#tagging");
  const one = count === 1 ? cards[0] : null;
  const title = one ? told("tagsOfOne", { name: one.dataset.name }) : told("tagsOf", { count });
  need("#tagging-title").textContent = title;
  const input = need("[name=add]", dialog);
  input.value = "";
  offerToTake(dialog, cards);
  if ((await closed(dialog, input)) !== "yes") return null;
  const add = input.value.split(",").map((tag) => tag.trim());
  const remove = [...dialog.querySelectorAll("[data-tags] input:checked")].map(({ value }) => value);
  const asked = { add_tags: [...new Set(add.filter(Boolean))], remove_tags: remove };
  return asked.add_tags.length + remove.length > 0 ? asked : null;
}

function offerToTake(dialog, cards) {
  const used = new Set(cards.flatMap((card) => JSON.parse(card.dataset.tags)));
  const tags = [...used].sort((a, b) => a.localeCompare(b)).slice(0, MOST_TAKEN);
  need("[data-taking]", dialog).hidden = tags.length === 0;
  need("[data-tags]", dialog).replaceChildren(...tags.map(boxFor));
}

function boxFor(tag) {
  const label = document.createElement("label");
  const box = document.createElement("input");
  Object.assign(box, { type: "checkbox", value: tag });
  const words = document.createElement("bdi");
  words.textContent = tag;
  label.append(box, words);
  return label;
}

/** A plain form, so that the browser shows its download as it does any other. */
export function download(ids) {
  const dialog = need("#downloading");
  const form = need("form", dialog);
  need("#downloading-title").textContent = told("downloadOf", { count: ids.length });
  need("[name=ids]", form).value = ids.join(" ");
  const choices = [...form.querySelectorAll("[data-most]")];
  for (const choice of choices) choice.disabled = ids.length > Number(choice.dataset.most);
  const free = choices.find((choice) => !choice.disabled);
  if (free) free.checked = true;
  need("[data-send]", dialog).disabled = !free;
  need("[data-cancel]", dialog).onclick = () => dialog.close();
  form.onsubmit = () => setTimeout(() => dialog.close(), 0);
  dialog.showModal();
}

/** What the dialog was closed with; `first` gets the focus. */
export function closed(dialog, first = null) {
  dialog.returnValue = "";
  dialog.showModal();
  first?.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}
