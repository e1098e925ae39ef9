/** Finding and making parts of the page. Whatever comes from people goes in as text, never as markup. */

import { word } from "./words.js";

/** The element for `selector`, which the page's template promises. */
export function need(selector, within = document) {
  const found = within.querySelector(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

/** A fresh copy of the element in `<template id>`. */
export function copyOf(id) {
  return need(`template#${id}`).content.firstElementChild.cloneNode(true);
}

/** Elements out of a page of our own server, which has escaped whatever came from people. Scripts in it never run. */
export function elementsIn(html, selector) {
  return [...new DOMParser().parseFromString(html, "text/html").querySelectorAll(selector)].map((element) =>
    document.importNode(element, true),
  );
}

/** Tell those who do not see the page change. */
export function say(words) {
  need("#said").textContent = words;
}

/** Show what went wrong until it is closed: a problem of the service, or an Error. `cure`: a button's words, and its deed. */
export function complain(problem, cure = null) {
  const { title = "", detail = problem.message } = problem;
  const box = document.createElement("div");
  box.className = "fault";
  const strong = document.createElement("strong");
  strong.textContent = title;
  const words = document.createElement("p");
  words.append(strong, ` ${detail}`);
  const close = document.createElement("button");
  close.type = "button";
  close.className = "plain";
  close.textContent = word("close");
  close.addEventListener("click", () => box.remove());
  box.append(words, ...(cure ? [cureButton(box, cure)] : []), close);
  need("#faults").append(box);
  box.scrollIntoView({ block: "nearest" });
}

function cureButton(box, [words, act]) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = words;
  button.addEventListener("click", () => {
    box.remove();
    act();
  });
  return button;
}

/** Does `deed` once, however often `button` is pressed meanwhile. Disabled, it would lose the focus. */
export async function once(button, deed) {
  if (button.ariaDisabled === "true") return;
  button.setAttribute("aria-disabled", "true");
  try {
    await deed();
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

/** Bytes in words, up to GB as the server says them. */
export function sizeWords(bytes) {
  if (bytes >= 1e9) return `${inDigits(bytes / 1e9, 1)} GB`;
  if (bytes >= 1e5) return `${inDigits(bytes / 1e6, 1)} MB`;
  if (bytes >= 1000) return `${inDigits(bytes / 1e3, 0)} kB`;
  return bytes.toLocaleString(document.documentElement.lang, {
    style: "unit",
    unit: "byte",
    unitDisplay: "long",
  });
}

/** A number with so many digits behind its point, in the page's language. */
export function inDigits(value, digits) {
  return value.toLocaleString(document.documentElement.lang, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
