/** The tray of uploads, on every page of the console: a row for each file, and how far they all are. */

import { copyOf, need, say, sizeWords } from "./page.js";
import { timeLeft, word, wordIfAny } from "./words.js";

const WINDOW_MS = 15_000;

/** A row. `verbs` has {stop, again, anyway, choose}, each without arguments. */
export class Row {
  constructor(item, verbs) {
    this.element = copyOf("tray-row");
    this.name = item.name;
    this.#part("name").textContent = item.name;
    this.#part("progress").setAttribute("aria-label", word("upload-of", { name: item.name }));
    for (const [verb, act] of Object.entries(verbs)) {
      this.#part(verb).addEventListener("click", act);
    }
    this.waits();
  }

  #part(name) {
    return need(`[data-${name}]`, this.element);
  }

  /** Words, how far (0 to 1; null for no bar), and the buttons that make sense. */
  #show(words, share, buttons, stop = word("cancel")) {
    if (this.#part("step").textContent !== words) this.#part("step").textContent = words;
    const bar = this.#part("progress");
    bar.hidden = share === null;
    if (share !== null) bar.value = share;
    this.#part("share").textContent = share === null ? "" : `${Math.floor(share * 100)} %`;
    this.#part("fault").hidden = true;
    this.element.classList.remove("failed");
    for (const name of ["again", "anyway", "choose"]) this.#part(name).hidden = !buttons.includes(name);
    this.#part("stop").textContent = stop;
  }

  waits() {
    this.#show(word("waits"), 0, []);
  }

  waitsElsewhere() {
    this.#show(word("elsewhere"), null, ["again"], word("dismiss"));
  }

  moves({ phase, done = 0, all = 0, pause = 0 }) {
    if (phase === "lost" || phase === "busy") {
      this.#part("step").textContent = word(phase, { seconds: Math.ceil(pause) });
      return;
    }
    const share = all > 0 ? done / all : 0;
    const words = word(phase, { done: sizeWords(done), all: sizeWords(all) });
    this.#show(words, phase === "reading" ? share * 0.05 : share, []);
  }

  missesItsFile(fileName) {
    this.#show(word("choose-again", { file: fileName }), null, ["choose"]);
  }

  isKnown({ name, product_id: id }) {
    this.#show("", null, ["anyway"], word("leave-out"));
    const link = document.createElement("a");
    link.href = `/products/${encodeURIComponent(id)}`;
    link.textContent = name;
    this.#part("step").replaceChildren(`${word("known")} `, link);
    say(`${this.name}: ${word("known")} ${name}`);
  }

  /** The file is there; its product is being made. */
  cooks(productId, words, share, left) {
    this.#link(productId);
    this.#show([words, timeLeft(left)].filter(Boolean).join(" · "), share, [], word("dismiss"));
  }

  isReady(productId) {
    this.#link(productId);
    this.#show(word("ready"), null, [], word("dismiss"));
    this.element.classList.add("ready");
  }

  fails({ code = "", title, detail = "", errors = [] }, { verb = null, productId = null }) {
    if (productId) this.#link(productId);
    const words = errors.map((one) => one.detail).filter((one) => !detail.includes(one));
    this.#show("", null, verb ? [verb] : [], word("dismiss"));
    this.element.classList.add("failed");
    this.#part("fault").hidden = false;
    this.#part("title").textContent = wordIfAny(`title-${code}`) ?? title;
    this.#part("detail").textContent = [detail, ...words].join(" ");
    this.#part("cure").textContent = wordIfAny(`cure-${code}`) ?? "";
    say(word("failed", { name: this.name, title: this.#part("title").textContent }));
  }

  #link(productId) {
    if (this.#part("name").querySelector("a")) return;
    const link = document.createElement("a");
    link.href = `/products/${encodeURIComponent(productId)}`;
    link.textContent = this.name;
    this.#part("name").replaceChildren(link);
  }
}

/** What all of them together still take, by how fast bytes went in the last seconds. */
export class Pace {
  #sent = [];

  note(done) {
    const now = performance.now();
    this.#sent.push([now, done]);
    this.#sent = this.#sent.filter(([at]) => now - at < WINDOW_MS);
  }

  secondsFor(bytes) {
    const [first, last] = [this.#sent[0], this.#sent.at(-1)];
    const seconds = first && last ? (last[0] - first[0]) / 1000 : 0;
    if (seconds < 1 || last[1] <= first[1]) return Number.NaN;
    return (bytes * seconds) / (last[1] - first[1]);
  }
}

/** The line at the tray's head. `entries` are {item, state, done}. */
export function showSum(entries, pace) {
  const tray = need("#tray");
  tray.hidden = entries.length === 0;
  document.body.classList.toggle("has-tray", entries.length > 0);
  const open = entries.filter(({ state }) => state === "waiting" || state === "moving");
  const all = open.reduce((sum, { item }) => sum + item.size, 0);
  const done = open.reduce((sum, one) => sum + one.done, 0);
  const cooking = entries.filter(({ state }) => state === "cooking").length;
  const words = [];
  if (open.length > 0) {
    words.push(word("sum-sending", { count: open.length, done: sizeWords(done), all: sizeWords(all) }));
    words.push(timeLeft(pace.secondsFor(all - done)));
  } else if (cooking > 0) words.push(word("sum-cooking", { count: cooking }));
  else words.push(word("sum-ended"));
  need("[data-sum]", tray).textContent = words.filter(Boolean).join(" · ");
}
