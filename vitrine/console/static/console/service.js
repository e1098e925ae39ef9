/** Talking with the service: its API with the page's login, and the page's own parts. */

import { word } from "./words.js";

const PRODUCTS = "/api/assets/3d/";

/** What the service refused, in its own words (RFC 9457). */
export class Problem extends Error {
  constructor({ status = 0, code = "", title, detail = "", errors = [], retryAfter = null }) {
    super(detail || title);
    this.status = status;
    this.code = code;
    this.title = title ?? word("unreached");
    this.detail = detail;
    this.errors = errors;
    this.retryAfter = retryAfter;
  }
}

/** A file that is a product's already: `holder` is {product_id, name, version}. */
export class Known extends Error {
  constructor(holder) {
    super(holder.name);
    this.holder = holder;
  }
}

const unreached = () => ({ detail: word("connection") });

/** Asks the API. Gives the answer's JSON, or null where there is none; throws a Problem. */
export async function ask(method, path, body, signal, more = {}) {
  const changing = { "X-CSRFToken": csrfToken(), "Content-Type": "application/json", ...more };
  const headers = method === "GET" ? {} : changing;
  const answer = await fetched(path, { method, headers, body: body && JSON.stringify(body), signal });
  if (!answer.ok) throw problemOf(answer.status, await answer.text(), answer.headers.get("Retry-After"));
  return answer.status === 204 ? null : answer.json();
}

/** The same, told what was read: gives {body, tag}, the answer's JSON and its ETag. 412 when `tag` has become stale. */
export async function askTagged(method, path, { body, tag } = {}) {
  const headers = method === "GET" ? {} : { "X-CSRFToken": csrfToken(), "Content-Type": "application/json" };
  if (tag) headers["If-Match"] = tag;
  const answer = await fetched(path, {
    method,
    headers,
    body: body && JSON.stringify(body),
    cache: "no-store",
  });
  if (!answer.ok) throw problemOf(answer.status, await answer.text());
  return { body: await answer.json(), tag: answer.headers.get("ETag") };
}

/** Sends a file as it is. Gives the answer's JSON; throws a Problem. */
export async function sendFile(method, path, file) {
  const headers = { "X-CSRFToken": csrfToken(), "Content-Type": file.type };
  const answer = await fetched(path, { method, headers, body: file });
  if (!answer.ok) throw problemOf(answer.status, await answer.text());
  return answer.json();
}

/** A part of the console, as text; throws a Problem, or an AbortError when `signal` says so. */
export async function pageAt(path, { signal } = {}) {
  const answer = await fetched(path, { redirect: "error", signal });
  if (!answer.ok) throw problemOf(answer.status, "");
  return answer.text();
}

export const productPath = (id, rest = "") => `${PRODUCTS}${encodeURIComponent(id)}/${rest}`;

/**
 * Sends a part of an upload. `onBytes` gets how many bytes are sent, which only XMLHttpRequest tells. Throws a
 * Problem, or what `signal` says.
 */
export function putPart(path, piece, digest, onBytes, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", path);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Content-Digest", `sha-256=:${digest}:`);
    const stop = () => request.abort();
    request.upload.addEventListener("progress", ({ loaded }) => onBytes(loaded));
    request.addEventListener("load", () => {
      if (request.status === 200) resolve();
      else reject(problemOf(request.status, request.responseText, request.getResponseHeader("Retry-After")));
    });
    request.addEventListener("error", () => reject(new Problem(unreached())));
    request.addEventListener("abort", () => reject(signal.reason));
    request.addEventListener("loadend", () => signal.removeEventListener("abort", stop));
    signal.addEventListener("abort", stop);
    if (signal.aborted) reject(signal.reason);
    else request.send(piece);
  });
}

async function fetched(path, options) {
  try {
    return await fetch(path, { credentials: "same-origin", ...options });
  } catch {
    options.signal?.throwIfAborted();
    throw new Problem(unreached());
  }
}

/** Read for each call, because a login in another tab changes it. */
function csrfToken() {
  return document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1] ?? "";
}

function problemOf(status, text, retryAfter = null) {
  const title = word("answered", { status });
  const none = { status, title, detail: word("moment") };
  const seconds = Number.parseInt(retryAfter ?? "", 10);
  const when = { retryAfter: Number.isNaN(seconds) ? null : seconds };
  try {
    const said = JSON.parse(text);
    return new Problem({ ...none, ...said, errors: said.errors ?? [], ...when });
  } catch {
    return new Problem({ ...none, ...when });
  }
}
