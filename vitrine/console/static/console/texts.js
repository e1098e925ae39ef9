/** The page's texts, in the language of whoever reads it: the template brings them. */

import { need } from "./page.js";

let texts;
let plurals;

/** The text for `key`, with `{name}` filled in from `values`; a number in `count` chooses its plural. */
export function told(key, values = {}) {
  texts ??= JSON.parse(need("#texts").textContent);
  plurals ??= new Intl.PluralRules(language());
  const text = texts[key];
  const form = typeof text === "string" ? text : (text[plurals.select(values.count)] ?? text.other);
  return form.replace(/\{(\w+)\}/g, (_, name) => shown(values[name]));
}

function shown(value) {
  return typeof value === "number" ? value.toLocaleString(language()) : String(value);
}

function language() {
  return document.documentElement.lang || "en";
}
