/** When two people change one product: who changed what, and the choice of what stays. */

import { copyOf, need } from "../page.js";
import { word, wordIfAny } from "../words.js";
import { keyOf, readField, same } from "./state.js";

const LONGEST = 300;

/** Resolves with the changes that are still wished, or null to go on editing. */
export function settle({ differing, wished, base, theirs, deeds }) {
  const dialog = need("#conflict");
  const clashing = differing.filter(
    (field) => Object.hasOwn(wished, field) && !same(wished[field], readField(theirs, field)),
  );
  const others = differing.filter((field) => !clashing.includes(field));
  const clashes = clashing.map((field) => clash(field, wished, theirs, deeds));
  const rows = others.map((field) => other(field, base, theirs, deeds));
  need("[data-list]", dialog).replaceChildren(...clashes.map(({ row }) => row), ...rows);
  need("[data-lead]", dialog).textContent = word(clashing.length > 0 ? "theirs-clash" : "theirs-other");
  dialog.returnValue = "";
  dialog.showModal();
  (dialog.querySelector("input") ?? need("[data-save]", dialog)).focus();
  return new Promise((resolve) => {
    const closed = () => {
      if (dialog.returnValue !== "save") return resolve(null);
      const given = new Set(clashes.filter(({ mine }) => !mine.checked).map(({ field }) => field));
      const kept = Object.entries(wished).filter(
        ([field, value]) => !given.has(field) && !same(value, readField(theirs, field)),
      );
      resolve(Object.fromEntries(kept));
    };
    dialog.addEventListener("close", closed, { once: true });
  });
}

function clash(field, wished, theirs, deeds) {
  const row = copyOf("conflict-clash");
  const [first, mine] = row.querySelectorAll("input");
  first.name = mine.name = `clash ${field}`;
  name(row, field, deeds);
  need("[data-theirs]", row).textContent = shown(readField(theirs, field));
  need("[data-mine]", row).textContent = shown(wished[field]);
  return { field, row, mine };
}

function other(field, base, theirs, deeds) {
  const row = copyOf("conflict-other");
  name(row, field, deeds);
  need("[data-before]", row).textContent = shown(readField(base, field));
  need("[data-theirs]", row).textContent = shown(readField(theirs, field));
  return row;
}

function name(row, field, deeds) {
  need("[data-field]", row).textContent = fieldWords(field);
  const written = keyOf(field) === null ? field : "metadata";
  const deed = deeds.find(({ fields }) => fields.includes(written));
  const time =
    deed &&
    new Date(deed.at).toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
    });
  need("[data-who]", row).textContent = deed ? `${deed.who || word("somebody")}, ${time}` : word("somebody");
}

function fieldWords(field) {
  const key = keyOf(field);
  return key ?? wordIfAny(`field-${field}`) ?? field;
}

/** A value in few words; whatever it is, it is shown as text. */
export function shown(value) {
  if (value === undefined || value === "" || (Array.isArray(value) && value.length === 0))
    return word("nothing");
  if (typeof value === "boolean") return word(value ? "yes" : "no");
  const list = Array.isArray(value) && value.every((one) => typeof one === "string");
  const text = list ? value.join(", ") : typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
