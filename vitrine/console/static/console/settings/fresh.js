/** A fresh copy of what the page shows, from the server, in place of the one that is there. */

import { elementsIn, need, say } from "../page.js";
import { pageAt } from "../service.js";
import { tellTimes } from "./times.js";

const TOLD_MS = 6_000;

/** Takes it; the focus goes to `focused`, an id, where that is still there. */
export async function takeFresh(focused = document.activeElement?.id) {
  put(await asServed(), focused);
}

async function asServed() {
  return elementsIn(await pageAt(location.href), "#settings")[0];
}

function put(fresh, focused) {
  const opened = [...document.querySelectorAll("#settings details[open] form[id]")].map(({ id }) => id);
  need("#settings").replaceWith(fresh);
  tellTimes(fresh);
  for (const id of opened) {
    const around = document.getElementById(id)?.closest("details");
    if (around) around.open = true;
  }
  const goal = focused ? document.getElementById(focused) : null;
  if (goal && !goal.closest("dialog")) focusOn(goal);
  else if (focused !== undefined) focusOn(need("h1", fresh));
  watch();
}

/** What was done, for eyes and for ears. */
export function tell(words) {
  const toast = need("#toast");
  toast.textContent = words;
  toast.hidden = !words;
  say(words);
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => {
    toast.hidden = true;
  }, TOLD_MS);
}

/** While something is due, the server says so: then the page looks again. */
export function watch() {
  const again = document.querySelector("#settings [data-again-ms]");
  if (!again) return;
  const inTheWay = () =>
    document.hidden || document.querySelector("dialog[open]") || isWriting() || !again.isConnected;
  setTimeout(async () => {
    if (inTheWay()) return watch();
    const fresh = await asServed().catch(() => null);
    if (inTheWay()) return watch(); // it took a while
    if (fresh) put(fresh, focusedHere());
  }, Number(again.dataset.againMs));
}

export function startFresh() {
  const words = sessionStorage.getItem("told");
  sessionStorage.removeItem("told");
  if (words) tell(words);
}

/** For the page that comes next. */
export function tellThere(words) {
  if (words) sessionStorage.setItem("told", words);
}

function focusOn(element) {
  if (element.matches("form")) return (element.querySelector("[type=submit]") ?? element).focus();
  if (!element.matches("a, button, input, select, textarea, [tabindex]")) element.tabIndex = -1;
  element.focus();
}

function isWriting() {
  return document.activeElement?.matches("#settings input, #settings select") ?? false;
}

/** Where the focus is, if the fresh copy will have it too; undefined leaves the focus alone. */
function focusedHere() {
  const { activeElement } = document;
  if (!need("#settings").contains(activeElement)) return undefined;
  return activeElement.id || undefined;
}
