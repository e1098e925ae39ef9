/** How the newest job is doing, as long as there is one and somebody looks. */

import { need, say } from "../page.js";
import { ask } from "../service.js";
import { word } from "../words.js";
import { refresh } from "./parts.js";

const PAUSE_MS = 2_000;
const PAUSE_AFTER_FAULT_MS = 10_000;

let words = null;
let timer = 0;

/** Call it when a job may have begun. */
export function follow() {
  words ??= JSON.parse(need("#steps").textContent);
  clearTimeout(timer);
  look();
}

async function look() {
  const head = need('[data-part="head"]');
  const { job } = head.dataset;
  if (!job) return;
  let pause = PAUSE_MS;
  try {
    if (document.visibilityState === "visible") {
      const task = await ask("GET", `/api/tasks/${job}/`);
      if (task.status === "done" || task.status === "failed") return end(task);
      show(head, task);
    }
  } catch {
    pause = PAUSE_AFTER_FAULT_MS; // the next answer tells all that was missed
  }
  timer = setTimeout(look, pause);
}

function show(head, { status, step, progress }) {
  const said = status === "queued" ? word("waiting") : (words[step.split("-")[0]] ?? word("working"));
  const line = head.querySelector("[data-step]");
  if (line && line.textContent !== said) line.textContent = said;
  const bar = head.querySelector("progress");
  if (bar) bar.value = progress;
}

async function end({ status, error }) {
  await refresh();
  say(status === "done" ? word("version-ready") : `${word("version-failed")}. ${error?.title ?? ""}`);
  follow();
}
