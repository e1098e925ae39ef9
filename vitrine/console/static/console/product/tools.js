/** The row of tools over the model: one is open at a time, and takes the model's place. */

import { complain, copyOf, need } from "../page.js";
import { word } from "../words.js";
import { hasWebgl, models } from "./bench.js";

const TOOLS = {
  compare: () => import("./compare.js"),
  points: () => import("./points.js"),
  first: () => import("./first.js"),
  placing: () => import("./placing.js"),
  colours: () => import("./colours.js"),
};

let life = null;

export function startTools() {
  const list = need("[data-tools]");
  if (models().length === 0) return;
  list.hidden = false;
  // The snippets' script, which knows tabs too, must not take these for its own.
  list.addEventListener("click", (event) => {
    event.stopPropagation();
    const tab = event.target.closest("[role=tab]");
    if (tab) openTool(tab);
  });
  list.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const tabs = [...list.querySelectorAll("[role=tab]:not([hidden])")];
    const at = tabs.indexOf(event.target);
    const goals = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 };
    if (!(event.key in goals)) return;
    event.preventDefault();
    const goal = tabs.at(goals[event.key] % tabs.length);
    openTool(goal);
    goal.focus();
  });
}

/** Opens the tool anew, after something under it has changed. */
export function reopen() {
  const tab = document.querySelector("[data-tool][aria-selected=true]");
  if (tab) openTool(tab);
}

async function openTool(tab) {
  for (const each of need("[data-tools]").querySelectorAll("[role=tab]")) {
    each.setAttribute("aria-selected", String(each === tab));
    each.tabIndex = each === tab ? 0 : -1;
  }
  life?.abort();
  const own = new AbortController();
  life = own;
  const name = tab.dataset.tool;
  const bench = need("[data-bench]");
  need("#tool-panel").setAttribute("aria-labelledby", tab.id);
  need("[data-look]").hidden = name !== "look";
  const note = document.querySelector("[data-original-note]");
  if (note) note.hidden = name !== "compare";
  bench.hidden = name === "look";
  bench.replaceChildren();
  if (name === "look") return;
  if (!hasWebgl()) return bench.append(word("no-webgl"));
  const place = copyOf(name);
  bench.append(place);
  try {
    const { start } = await TOOLS[name]();
    own.signal.throwIfAborted();
    await start(place, own.signal);
  } catch (problem) {
    if (own.signal.aborted) return;
    complain({ title: problem.title ?? word("cannot-load"), detail: problem.detail ?? problem.message });
  }
}
