/**
 * What is being uploaded, kept in the browser (IndexedDB) so that it goes on after a reload or a closed laptop.
 *
 * An item is {id, person, name, tags, published, arEnabled, units, upAxis, fileName, size, modified, sha256,
 * sameAs, anyway, uploadId, key, productId, handle or file, addedAt}. `handle` leads back to the file on disk where
 * the browser has such handles; else the `file` itself is kept, if the browser has room for it.
 */

const NAME = "vitrine-uploads";
const STORE = "items";

let opened = null;

/** The items of `person`, oldest first; none where the browser keeps nothing (a private window, say). */
export async function keptBy(person) {
  try {
    const all = await asked((await store("readonly")).getAll());
    return all.filter((item) => item.person === person).sort((a, b) => a.addedAt - b.addedAt);
  } catch {
    return [];
  }
}

/** Keeps an item as it is now. Without room for its file, without the file: it is asked for again then. */
export async function keep(item) {
  try {
    await asked((await store("readwrite")).put(item));
  } catch {
    if (!item.file) return;
    const { file: _, ...rest } = item;
    await keep(rest);
  }
}

export async function forget(id) {
  try {
    await asked((await store("readwrite")).delete(id));
  } catch {
    // nothing was kept
  }
}

/** Runs `work` if no other tab of this browser does the same item. Whether it ran. */
export async function alone(id, work) {
  if (!navigator.locks) {
    await work();
    return true;
  }
  return navigator.locks.request(`${NAME} ${id}`, { ifAvailable: true }, async (lock) => {
    if (lock) await work();
    return lock !== null;
  });
}

/** The item's file, or null: then whoever uploads is to choose it again. `mayAsk` only while somebody clicks. */
export async function fileOf(item, { mayAsk = false } = {}) {
  if (item.file) return (await isReadable(item.file)) ? item.file : null;
  if (!item.handle) return null;
  try {
    let leave = await item.handle.queryPermission?.({ mode: "read" });
    if (leave === "prompt" && mayAsk) leave = await item.handle.requestPermission({ mode: "read" });
    if (leave && leave !== "granted") return null;
    const file = await item.handle.getFile();
    return isSame(item, file) ? file : null;
  } catch {
    return null; // moved, deleted, or no leave
  }
}

/** Whether that can be the item's file, as far as can be told without reading it. */
export function isSame(item, file) {
  return file.size === item.size;
}

async function isReadable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

async function store(mode) {
  opened ??= open();
  const database = await opened;
  return database.transaction(STORE, mode).objectStore(STORE);
}

function open() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
  return asked(request);
}

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
