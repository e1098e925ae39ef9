/** Saved views: keeping what is shown under a name, and changing or forgetting it. */

import { closed } from "./dialogs.js";
import { currentQuery, show } from "./finding.js";
import { complain, need, say } from "./page.js";
import { ask } from "./service.js";
import { told } from "./texts.js";

const VIEWS = "/api/views/";

export function startViews() {
  need("#found").addEventListener("click", ({ target }) => {
    const button = target.closest("[data-view]");
    if (button) open(button.dataset);
  });
}

async function open({ view, id, name = "", shared = "false" }) {
  const dialog = need("#view");
  const field = need("[name=name]", dialog);
  field.value = name;
  need("[name=shared]", dialog).checked = shared === "true";
  need("[data-delete]", dialog).hidden = view !== "change";
  say("");
  for (let answer = await closed(dialog, field); answer; answer = await closed(dialog, field)) {
    const fault = await carriedOut(answer, id, field.value.trim(), need("[name=shared]", dialog).checked);
    tellFault(dialog, fault);
    if (!fault) return;
  }
  tellFault(dialog, null);
}

/** The problem, or null when it is done. */
async function carriedOut(answer, id, name, shared) {
  try {
    if (answer === "delete") await ask("DELETE", `${VIEWS}${id}/`);
    else if (id) await ask("PATCH", `${VIEWS}${id}/`, { name, shared });
    else await ask("POST", VIEWS, { name, shared, query: currentQuery().toString() });
  } catch (problem) {
    return problem;
  }
  await show(currentQuery().toString(), "none");
  say(told(answer === "delete" ? "viewDeleted" : "viewSaved", { name }));
  return null;
}

function tellFault(dialog, problem) {
  const words = need("[data-fault]", dialog);
  words.hidden = !problem;
  words.textContent = problem ? `${problem.title}. ${problem.detail}` : "";
  if (problem && !dialog.isConnected) complain(problem);
}
