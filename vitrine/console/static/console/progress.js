/** How jobs are doing: asked every two seconds, while there are any on the page and somebody looks. */

import { refresh } from "./cards.js";
import { need, say } from "./page.js";
import { ask } from "./service.js";

const PAUSE_MS = 2_000;
const PAUSE_AFTER_FAULT_MS = 10_000;

export function startProgress() {
  const words = JSON.parse(need("#steps").textContent);
  const ask_ = async () => {
    let pause = PAUSE_MS;
    try {
      if (document.visibilityState === "visible") await update(words);
    } catch {
      pause = PAUSE_AFTER_FAULT_MS; // the next answer tells all that was missed
    }
    setTimeout(ask_, pause);
  };
  ask_();
}

async function update(words) {
  const cards = [...document.querySelectorAll(".card[data-job]")];
  if (cards.length === 0) return;
  const { results } = await ask("GET", "/api/tasks/");
  const tasks = new Map(results.map((task) => [task.task_id, task]));
  for (const card of cards) {
    if (!card.isConnected) continue;
    const task = tasks.get(card.dataset.job) ?? (await ask("GET", `/api/tasks/${card.dataset.job}/`));
    if (task.status !== "queued" && task.status !== "processing") await end(card, task);
    else if (hasNewPicture(card, task)) await refresh(card);
    else show(card, task, words);
  }
}

const BEFORE_PICTURE = new Set(["", "fetch", "import", "gate", "check", "convert", "poster"]);

/** Its picture is there as soon as the job has gone on from taking it; asked for once, for there may be none. */
function hasNewPicture(card, { task_id, step }) {
  if (BEFORE_PICTURE.has(step) || card.querySelector(".card-stage img") || looked.has(task_id)) return false;
  looked.add(task_id);
  return true;
}

const looked = new Set();

function show(card, { status, step, progress }, words) {
  const said = status === "queued" ? "Waiting for its turn" : (words[step.split("-")[0]] ?? "Working");
  const line = need("[data-step]", card);
  if (line.textContent !== said) line.textContent = said;
  need("progress", card).value = progress;
}

async function end(card, { status, error }) {
  await refresh(card);
  say(
    status === "done"
      ? `${card.dataset.name} is ready`
      : `${card.dataset.name} failed. ${error?.title ?? ""}`,
  );
}
