/** The first minutes: hidden for whoever hid it in this browser; the demo products go by one click. */

import { complain } from "./page.js";
import { ask, productPath } from "./service.js";

const HIDDEN = "vitrine-first-minutes-hidden";

const list = document.querySelector("#first");
if (list) {
  list.hidden = isHidden();
  list.querySelector("[data-dismiss]").addEventListener("click", () => {
    list.hidden = true;
    document.querySelector("#main").focus();
    try {
      localStorage.setItem(HIDDEN, "yes");
    } catch {
      // then it comes again with the next page
    }
  });
}

const demo = document.querySelector("#demo");
const remove = demo?.querySelector("[data-remove]");
if (remove) {
  remove.hidden = false;
  remove.addEventListener("click", async () => {
    remove.disabled = true;
    try {
      for (const id of demo.dataset.demo.split(",")) await removed(id);
      location.reload();
    } catch (problem) {
      remove.disabled = false;
      complain(problem);
    }
  });
}

/** Somebody else may have removed it a moment ago. */
async function removed(id) {
  try {
    await ask("DELETE", productPath(id));
  } catch (problem) {
    if (problem.status !== 404) throw problem;
  }
}

function isHidden() {
  try {
    return localStorage.getItem(HIDDEN) === "yes";
  } catch {
    return false;
  }
}
