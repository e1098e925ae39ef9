/** Talking with the service: its API with the page's login, and the page's own parts. */

import { word } from "./page.js";

const PRODUCTS = "/api/assets/3d/";

/** What the service refused, in its own words (RFC 9457). */
export class Problem extends Error {
  constructor({
    status = 0,
    title = word("unreached", "The service cannot be reached"),
    detail = "",
    errors = [],
  }) {
    super(detail || title);
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
  }
}

const unreached = () => ({ detail: word("connection", "Check the connection, then try again.") });

/** Asks the API. Gives the answer's JSON, or null where there is none; throws a Problem. */
export async function ask(method, path, body) {
  const headers = method === "GET" ? {} : { "X-CSRFToken": csrfToken(), "Content-Type": "application/json" };
  const answer = await fetched(path, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw problemOf(answer.status, await answer.text());
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
 * Sends a product with its model file. `onProgress` gets the bytes sent and the bytes in all, which only
 * XMLHttpRequest tells. Gives the product; throws a Problem, or an AbortError when `signal` says so.
 */
export function sendProduct(form, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", PRODUCTS);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded, total));
    request.addEventListener("load", () => {
      if (request.status === 201) resolve(JSON.parse(request.responseText));
      else reject(problemOf(request.status, request.responseText));
    });
    request.addEventListener("error", () => reject(new Problem(unreached())));
    request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

async function fetched(path, options) {
  try {
    return await fetch(path, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(unreached());
  }
}

/** Read for each call, because a login in another tab changes it. */
function csrfToken() {
  return document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1] ?? "";
}

function problemOf(status, text) {
  const title = word("answered", "The service answered with {status}").replace("{status}", status);
  const none = { status, title, detail: word("moment", "Try again in a moment.") };
  try {
    const said = JSON.parse(text);
    return new Problem({ ...none, ...said, errors: said.errors ?? [] });
  } catch {
    return new Problem(none);
  }
}
