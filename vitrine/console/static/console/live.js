/**
 * How jobs are doing, as it happens: server-sent events while somebody waits for something and looks at the page.
 * Where all places are taken, or a proxy holds events back, the jobs are asked for every two seconds instead.
 */

import { ask } from "./service.js";

const LOOK_MS = 1_000;
const POLL_MS = 2_000;
const POLL_AFTER_FAULT_MS = 10_000;
const STREAM_AGAIN_MS = 60_000;
const FIRST_WORD_MS = 5_000;

const followers = new Set();
let source = null;
let looking = false;
let streamFrom = 0;
let pollFrom = 0;

/** `onTask` hears each task that changes, as the API tells it, while `waits()`. Gives a function that ends it. */
export function follow(onTask, waits) {
  const follower = { onTask, waits };
  followers.add(follower);
  if (!looking) {
    looking = true;
    look();
    document.addEventListener("visibilitychange", attend);
    addEventListener("pagehide", () => stop());
  }
  return () => followers.delete(follower);
}

/** For who has just learnt which tasks to listen for: what was told before is told once more. */
export const askNow = () => poll();

async function look() {
  await attend();
  setTimeout(look, LOOK_MS);
}

async function attend() {
  const wanted = document.visibilityState === "visible" && [...followers].some(({ waits }) => waits());
  if (!wanted) return stop();
  if (source) return;
  if (Date.now() >= streamFrom) listen();
  else if (Date.now() >= pollFrom) await poll();
}

function stop() {
  source?.close();
  source = null;
}

function listen() {
  const own = new EventSource("/api/tasks/stream");
  source = own;
  const silent = setTimeout(() => fallBack(own), FIRST_WORD_MS);
  own.addEventListener("mark", () => clearTimeout(silent));
  own.addEventListener("mark", () => poll(), { once: true }); // what ended while nobody listened
  own.addEventListener("task", ({ data }) => tell([JSON.parse(data)]));
  own.addEventListener("over", () => fallBack(own));
  own.addEventListener("error", () => {
    clearTimeout(silent);
    if (own.readyState === EventSource.CLOSED) fallBack(own); // else it comes again by itself, from where it was
  });
}

function fallBack(own) {
  own.close();
  if (source === own) source = null;
  streamFrom = Date.now() + STREAM_AGAIN_MS;
}

async function poll() {
  pollFrom = Number.POSITIVE_INFINITY;
  let pause = POLL_MS;
  try {
    tell((await ask("GET", "/api/tasks/")).results);
  } catch {
    pause = POLL_AFTER_FAULT_MS; // the next answer tells all that was missed
  }
  pollFrom = Date.now() + pause;
}

function tell(tasks) {
  for (const { onTask } of followers) for (const task of tasks) onTask(task);
}

/** Seconds that a job still takes, by how it went until now; NaN before that says anything. */
export function secondsLeft({ started_at, progress, status }) {
  const spent = (Date.now() - Date.parse(started_at ?? "")) / 1000;
  if (status !== "processing" || !(spent > 3) || progress < 0.1) return Number.NaN;
  return (spent * (1 - progress)) / progress;
}
