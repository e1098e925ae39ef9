/** The page's words for what happens: they stand in its templates, so that they are translated like all others. */

/** The words under `name` in a `<template data-words>`, with `{this}` replaced by `values.this`. */
export function word(name, values = {}) {
  const found = wordIfAny(name, values);
  if (found === null) throw new Error(`the page has no word for ${name}`);
  return found;
}

export function wordIfAny(name, values = {}) {
  for (const { content } of document.querySelectorAll("template[data-words]")) {
    const text = content.querySelector(`[data-word="${CSS.escape(name)}"]`)?.textContent;
    if (text !== undefined) return text.trim().replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
  }
  return null;
}

/** How long something still takes, roughly; empty while that cannot be said. */
export function timeLeft(seconds) {
  if (!Number.isFinite(seconds) || seconds < 0) return "";
  if (seconds < 10) return word("left-moment");
  if (seconds < 90) return word("left-seconds", { count: Math.ceil(seconds / 5) * 5 });
  return word("left-minutes", { count: Math.round(seconds / 60) });
}
