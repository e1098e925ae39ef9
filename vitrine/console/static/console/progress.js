/** How the jobs of the page's cards are doing. */

import { refresh } from "./cards.js";
import { follow, secondsLeft } from "./live.js";
import { need, say } from "./page.js";
import { told } from "./texts.js";
import { timeLeft, wordIfAny } from "./words.js";

export function startProgress() {
  const words = JSON.parse(need("#steps").textContent);
  follow(
    (task) => update(task, words),
    () => document.querySelector(".card[data-job]") !== null,
  );
}

async function update(task, words) {
  const card = document.querySelector(`.card[data-job="${CSS.escape(task.task_id)}"]`);
  if (!card) return;
  if (task.status !== "queued" && task.status !== "processing") await end(card, task);
  else if (hasNewPicture(card, task)) await refresh(card);
  else show(card, task, words);
}

const BEFORE_PICTURE = new Set(["", "fetch", "import", "gate", "check", "convert", "poster"]);

/** Its picture is there as soon as the job has gone on from taking it; asked for once, for there may be none. */
function hasNewPicture(card, { task_id, step }) {
  if (BEFORE_PICTURE.has(step) || card.querySelector(".card-stage img") || looked.has(task_id)) return false;
  looked.add(task_id);
  return true;
}

const looked = new Set();

function show(card, task, words) {
  const left = wordIfAny("left-moment") === null ? "" : timeLeft(secondsLeft(task));
  const doing =
    task.status === "queued" ? told("jobWaiting") : (words[task.step.split("-")[0]] ?? told("jobWorking"));
  const said = left ? `${doing} · ${left}` : doing;
  const line = card.querySelector("[data-step]");
  if (!line) return; // drawn anew after its end, which is told next
  if (line.textContent !== said) line.textContent = said;
  need("progress", card).value = task.progress;
}

async function end(card, { status, error }) {
  delete card.dataset.job; // said once, however often it is told
  await refresh(card);
  const { name } = card.dataset;
  say(
    status === "done" ? told("jobDone", { name }) : told("jobFailed", { name, reason: error?.title ?? "" }),
  );
}
