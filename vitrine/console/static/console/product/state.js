/**
 * The product as this page has read it. Every change says so (If-Match); when somebody else was quicker, the person
 * sees who and what, and chooses. A change is a flat object, {name, "metadata.sku"}: what is undefined is taken away.
 */

import { need } from "../page.js";
import { askTagged, pageAt, productPath } from "../service.js";
import { settle } from "./conflict.js";

const STALE = 412;
const FIELDS = ["name", "alt", "tags", "ar_enabled", "published", "version"];

let base = JSON.parse(need("#base").textContent);

export const product = () => base;

/** Takes the page's newest state, which a fresh copy of the page has brought. */
export function readAgain(fresh) {
  base = fresh;
}

/** Saves `changes`. False when the person chose to go on editing; then nothing is saved. */
export async function save(changes) {
  return conditionally(changes, (wished, tag) =>
    askTagged("PATCH", productPath(base.id), { body: bodyOf(wished), tag }),
  );
}

/** Another change of the product, by a POST or PATCH of its own; `shown` says what it changes, to be compared. */
export async function send(method, rest, body, shown = {}) {
  return conditionally(shown, (_, tag) => askTagged(method, productPath(base.id, rest), { body, tag }));
}

async function conditionally(changes, change) {
  let wished = changes;
  let tag = base.tag;
  while (true) {
    try {
      const answer = await change(wished, tag);
      if (answer.body.metadata) base = { ...pick(answer.body), id: base.id, tag: answer.tag };
      return true;
    } catch (problem) {
      if (problem.status !== STALE) throw problem;
    }
    const now = await askTagged("GET", productPath(base.id));
    const theirs = pick(now.body);
    const differing = differences(base, theirs);
    if (differing.length > 0) {
      const choice = await settle({ differing, wished, base, theirs, deeds: await deeds() });
      if (choice === null) return false;
      wished = choice;
    }
    base = { ...theirs, id: base.id, tag: now.tag };
    tag = now.tag;
    if (Object.keys(changes).length > 0 && Object.keys(wished).length === 0) return true; // all theirs
  }
}

async function deeds() {
  try {
    return JSON.parse(await pageAt(`/products/${encodeURIComponent(base.id)}/changes`)).changes;
  } catch {
    return []; // who it was is good to know, but no reason to lose what was typed
  }
}

function pick(shape) {
  const found = Object.fromEntries(FIELDS.map((name) => [name, shape[name]]));
  return { ...found, metadata: shape.metadata };
}

/** A field's value; `metadata.sku` is one of its own. */
export function readField(state, field) {
  const key = keyOf(field);
  if (key === null) return state[field];
  return Object.hasOwn(state.metadata, key) ? state.metadata[key] : undefined;
}

export function keyOf(field) {
  return field.startsWith("metadata.") ? field.slice("metadata.".length) : null;
}

export function same(one, other) {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** PostgreSQL keeps an object's keys in an order of its own. */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

function differences(before, after) {
  const keys = new Set([...Object.keys(before.metadata), ...Object.keys(after.metadata)]);
  const fields = [...FIELDS, ...[...keys].map((key) => `metadata.${key}`)];
  return fields.filter((field) => !same(readField(before, field), readField(after, field)));
}

function bodyOf(changes) {
  const body = {};
  let metadata = base.metadata;
  for (const [field, value] of Object.entries(changes)) {
    const key = keyOf(field);
    if (key === null) body[field] = value;
    else if (value === undefined) {
      metadata = Object.fromEntries(Object.entries(metadata).filter(([name]) => name !== key));
    } else metadata = { ...metadata, [key]: value };
  }
  return metadata === base.metadata ? body : { ...body, metadata };
}
