/** One file on its way: hashed, asked for, sent in parts that go on wherever they stopped, and made a product. */

import { sha256Base64, sha256Hex } from "./digest.js";
import { ask, Known, Problem, putPart } from "./service.js";

const AT_ONCE = 3;
const LONGEST_PAUSE_S = 30;
const MENDED_BY_ASKING = new Set([400, 404, 409, 422]); // a part that came broken, an upload put together meanwhile
const ROUNDS = 4;

/** Places for parts, for all files of this page together: a process takes only some slow bodies at once. */
const places = { free: AT_ONCE, waiting: [] };

async function inPlace(work) {
  if (places.free > 0) places.free--;
  else await new Promise((resolve) => places.waiting.push(resolve));
  try {
    return await work();
  } finally {
    const next = places.waiting.shift();
    if (next) next();
    else places.free++;
  }
}

/**
 * Takes `item` with its `file` as far as it goes. `tell` hears {phase, done, all}: phase is "reading", "sending",
 * "taking" or "lost"; `save` keeps the item. Gives the product. Throws a Problem, Known, or what `signal` says.
 */
export async function send(item, file, { signal, tell, save }) {
  if (item.productId) return { id: item.productId };
  await recognise(item, file, { signal, tell, save });
  for (let left = 1; ; left--) {
    const upload = await begun(item, { signal, tell, save });
    try {
      await whole(upload, file, { signal, tell });
      break;
    } catch (problem) {
      // It ran out or came broken: from the beginning, once.
      if (!(problem instanceof Problem) || ![404, 422].includes(problem.status) || left <= 0) throw problem;
      item.uploadId = null;
      await save();
    }
  }
  tell({ phase: "taking", done: file.size, all: file.size });
  const product = await patiently(() => make(item, signal), { signal, tell });
  item.productId = product.id;
  await save();
  return product;
}

async function recognise(item, file, { signal, tell, save }) {
  const onBytes = (done) => tell({ phase: "reading", done, all: file.size });
  if (!item.sha256 || item.chosenAgain) {
    const sha256 = await sha256Hex(file, { signal, onBytes });
    if (item.sha256 && item.sha256 !== sha256) throw new Problem({ status: 400, code: "other-file" });
    Object.assign(item, { sha256, chosenAgain: false, ...(item.chosenAgain ? { file } : {}) });
    await save();
  }
  if (item.uploadId || item.anyway) return;
  const { results } = await patiently(
    () => ask("GET", `/api/uploads/known?sha256=${item.sha256}`, undefined, signal),
    { signal, tell },
  );
  if (results.length > 0) throw new Known(results[0]);
}

/** The upload as the service knows it: the one that was begun before, else a new one. */
async function begun(item, { signal, tell, save }) {
  if (item.uploadId) {
    try {
      return await patiently(() => ask("GET", `/api/uploads/${item.uploadId}`, undefined, signal), {
        signal,
        tell,
      });
    } catch (problem) {
      if (problem.status !== 404) throw problem;
      const made = await madeAlready(item, signal);
      if (made) return made;
    }
  }
  const { fileName, size, sha256 } = item;
  const upload = await patiently(
    () => ask("POST", "/api/uploads/", { name: fileName, size, sha256 }, signal),
    { signal, tell },
  );
  item.uploadId = upload.id;
  await save();
  return upload;
}

/** An upload that is gone may have become the product whose answer got lost: asking again under its key tells. */
async function madeAlready(item, signal) {
  try {
    const product = await make(item, signal);
    return { id: item.uploadId, status: "complete", size: item.size, parts: [], product };
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 404) return null;
    throw problem;
  }
}

async function whole(upload, file, { signal, tell }) {
  let now = upload;
  for (let left = ROUNDS; now.status !== "complete"; left--) {
    try {
      await sendMissing(now, file, { signal, tell });
      now = await patiently(() => ask("POST", `/api/uploads/${upload.id}/complete`, undefined, signal), {
        signal,
        tell,
      });
    } catch (problem) {
      if (problem.status !== 409 || left <= 0) throw problem;
      now = await patiently(() => ask("GET", `/api/uploads/${upload.id}`, undefined, signal), {
        signal,
        tell,
      });
    }
  }
}

async function sendMissing(upload, file, { signal, tell }) {
  const there = new Map(
    upload.parts.filter((part) => part.received).map(({ number, size }) => [number, size]),
  );
  const sum = () => [...there.values()].reduce((all, count) => all + count, 0);
  const told = () => tell({ phase: "sending", done: sum(), all: upload.size });
  told();
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const put = (part) =>
    inPlace(() =>
      patiently(
        async () => {
          const piece = file.slice(part.offset, part.offset + part.size);
          const digest = await sha256Base64(piece, { signal: either });
          const onBytes = (count) => {
            there.set(part.number, Math.min(count, part.size));
            told();
          };
          // By us even where parts could go to the store: its address is another origin, which the page's policy shuts.
          await putPart(`/api/uploads/${upload.id}/parts/${part.number}`, piece, digest, onBytes, either);
          there.set(part.number, part.size);
        },
        { signal: either, tell, alsoAgain: MENDED_BY_ASKING, tries: ROUNDS },
      ),
    );
  const running = upload.parts.filter((part) => !part.received).map(put);
  try {
    await Promise.all(running);
  } catch (problem) {
    failed.abort(problem);
    await Promise.allSettled(running);
    throw problem;
  }
  told();
}

function make(item, signal) {
  const order = {
    upload_id: item.uploadId,
    name: item.name,
    tags: item.tags,
    published: item.published,
    ar_enabled: item.arEnabled,
    ...(item.units ? { units: item.units } : {}),
    ...(item.upAxis ? { up_axis: item.upAxis } : {}),
  };
  return ask("POST", "/api/assets/3d/", order, signal, { "Idempotency-Key": item.key });
}

/** Again and again while the service cannot be reached or is busy; `tell` hears "lost" meanwhile. */
async function patiently(work, { signal, tell, alsoAgain = new Set(), tries = Number.POSITIVE_INFINITY }) {
  let refusals = 0;
  for (let round = 0; ; round++) {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      const passes = problem.status === 0 || problem.status === 429 || problem.status >= 500;
      if (alsoAgain.has(problem.status)) refusals++;
      if (!passes && !(alsoAgain.has(problem.status) && refusals < tries)) throw problem;
      const pause = problem.retryAfter ?? Math.min(LONGEST_PAUSE_S, 2 ** round);
      if (passes) tell({ phase: problem.status === 0 ? "lost" : "busy", pause });
      await pauseFor(pause, signal);
    }
  }
}

/** So many seconds, or until the browser says that it is online again. */
function pauseFor(seconds, signal) {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      signal.removeEventListener("abort", stop);
      resolve();
    };
    const stop = () => {
      end();
      reject(signal.reason);
    };
    const timer = setTimeout(end, seconds * 1000);
    addEventListener("online", end);
    signal.addEventListener("abort", stop);
  });
}
