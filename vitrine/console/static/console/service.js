/** Talking with the service: its API with the page's login, and the page's own parts. */

const PRODUCTS = "/api/assets/3d/";

/** What the service refused, in its own words (RFC 9457). */
export class Problem extends Error {
  constructor({ status = 0, title = "The service cannot be reached", detail = "", errors = [] }) {
    super(detail || title);
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
  }
}

const UNREACHED = { detail: "Check the connection, then try again." };

/** Asks the API. Gives the answer's JSON, or null where there is none; throws a Problem. */
export async function ask(method, path, body) {
  const headers = method === "GET" ? {} : { "X-CSRFToken": csrfToken(), "Content-Type": "application/json" };
  const answer = await fetched(path, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw problemOf(answer.status, await answer.text());
  return answer.status === 204 ? null : answer.json();
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
    request.addEventListener("error", () => reject(new Problem(UNREACHED)));
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
    throw new Problem(UNREACHED);
  }
}

/** Read for each call, because a login in another tab changes it. */
function csrfToken() {
  return document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1] ?? "";
}

function problemOf(status, text) {
  const none = { status, title: `The service answered with ${status}`, detail: "Try again in a moment." };
  try {
    const said = JSON.parse(text);
    return new Problem({ ...none, ...said, errors: said.errors ?? [] });
  } catch {
    return new Problem(none);
  }
}
