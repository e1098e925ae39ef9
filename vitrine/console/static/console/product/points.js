/** Points on the model: put by a click, or by keys in the middle of the view; kept in `metadata.hotspots`. */

import { complain, copyOf, need, say } from "../page.js";
import { word } from "../words.js";
import { frameOf, mainModel, open, short } from "./bench.js";
import { refresh } from "./parts.js";
import { product, same, save } from "./state.js";
import { reopen } from "./tools.js";

const MOST = 40;
/** A press that moves farther turns the model, and puts nothing. */
const CLICK_PX = 5;

export async function start(place, signal) {
  const stage = need("[data-stage]", place);
  const { view, bench } = await open(stage, mainModel().url, signal);
  const middle = document.createElement("i");
  middle.className = "bench-middle";
  stage.append(middle);
  stage.classList.add("aiming");
  const kept = product().metadata.hotspots;
  const spots = (Array.isArray(kept) ? structuredClone(kept) : []).map((given) => ({
    given,
    made: null,
    row: null,
  }));
  const desk = { place, view, bench, spots, moving: null, before: kept };
  watchClicks(desk);
  need("[data-middle]", place).addEventListener("click", () => {
    const { left, top, width, height } = view.getBoundingClientRect();
    put(desk, left + width / 2, top + height / 2);
  });
  need("[data-undo]", place).addEventListener("click", reopen);
  need("[data-save]", place).addEventListener("click", () => keep(desk));
  for (const spot of spots) show(desk, spot);
  mark(desk);
}

function watchClicks(desk) {
  let from = null;
  desk.view.addEventListener("pointerdown", ({ clientX, clientY, button }) => {
    from = button === 0 ? [clientX, clientY] : null;
  });
  desk.view.addEventListener("pointerup", ({ clientX, clientY, target }) => {
    if (!from || target.closest(".bench-point")) return;
    if (Math.hypot(clientX - from[0], clientY - from[1]) <= CLICK_PX) put(desk, clientX, clientY);
    from = null;
  });
}

/** On the surface under that place of the window; a point that is being moved goes there instead of a new one. */
function put(desk, x, y) {
  const hit = desk.view.positionAndNormalFromPoint(x, y);
  if (!hit) return tell(desk, word("missed"));
  const spot = desk.moving ?? { given: { text: "" }, made: null, row: null };
  if (!desk.moving && desk.spots.length >= MOST) return tell(desk, word("most"));
  spot.given = { ...spot.given, position: numbers(hit.position, 5), normal: numbers(hit.normal, 3) };
  if (!desk.moving) desk.spots.push(spot);
  desk.moving = null;
  show(desk, spot);
  mark(desk);
  need("input", spot.row).focus();
  tell(desk, word("put", { number: desk.spots.indexOf(spot) + 1 }));
}

const numbers = ({ x, y, z }, digits) => [x, y, z].map((each) => Number(short(each, digits)));

function tell(desk, words) {
  need(".hint", desk.place).textContent = words;
  say(words);
}

/** Its button on the model and its row in the list; what cannot be shown has only the row. */
function show(desk, spot) {
  const read = desk.bench.spotsOf([{ ...spot.given, text: "x" }], document.documentElement.lang)[0];
  spot.made?.remove();
  spot.made = null;
  if (read) {
    spot.made = document.createElement("button");
    Object.assign(spot.made, {
      type: "button",
      className: "bench-point",
      slot: `hotspot-${crypto.getRandomValues(new Uint32Array(1))[0]}`,
    });
    spot.made.dataset.position = read.position;
    if (read.normal) spot.made.dataset.normal = read.normal.map((each) => `${each}m`).join(" ");
    spot.made.dataset.visibilityAttribute = "visible";
    spot.made.addEventListener("click", () => need("input", spot.row).focus());
    desk.view.append(spot.made);
  }
  if (!spot.row) {
    spot.row = rowFor(desk, spot);
    need("[data-list]", desk.place).append(spot.row);
  }
}

function rowFor(desk, spot) {
  const row = copyOf("point");
  const input = need("input", row);
  input.value = textOf(spot.given.text);
  input.addEventListener("input", () => {
    spot.given = { ...spot.given, text: withText(spot.given.text, input.value) };
    mark(desk);
  });
  input.addEventListener("focus", () => point(desk, spot));
  need("[data-see]", row).addEventListener("click", () => see(desk, spot));
  need("[data-keep]", row).addEventListener("click", () => {
    spot.given = { ...spot.given, camera: frameOf(desk.view, desk.bench) };
    mark(desk);
    say(word("view-kept"));
  });
  need("[data-move]", row).addEventListener("click", () => {
    desk.moving = spot;
    point(desk, spot);
    tell(desk, word("move"));
  });
  need("[data-remove]", row).addEventListener("click", () => {
    desk.spots.splice(desk.spots.indexOf(spot), 1);
    if (desk.moving === spot) desk.moving = null;
    const next = row.nextElementSibling ?? row.previousElementSibling;
    spot.made?.remove();
    row.remove();
    mark(desk);
    (next?.querySelector("input") ?? need("[data-middle]", desk.place)).focus();
  });
  return row;
}

function point(desk, spot) {
  for (const { made } of desk.spots) made?.toggleAttribute("aria-current", made === spot.made);
}

/** As a shopper would come to see it. */
function see({ view, bench }, { given }) {
  const [read] = bench.spotsOf([{ ...given, text: "x" }], document.documentElement.lang);
  if (!read) return;
  const { camera, normal } = read;
  if (camera?.target) view.cameraTarget = camera.target;
  if (camera?.fieldOfView) view.fieldOfView = camera.fieldOfView;
  if (camera?.orbit) view.cameraOrbit = camera.orbit;
  else if (normal) {
    const [x, y, z] = normal;
    const { radius } = view.getCameraOrbit();
    view.cameraOrbit = `${Math.atan2(x, z)}rad ${Math.atan2(Math.hypot(x, z), y)}rad ${radius}m`;
  }
}

/** A text may be one string or one a language: then the page's, else English, else the first is written. */
function languageIn(text) {
  const keys = Object.keys(text);
  return (
    keys.find((key) => key === document.documentElement.lang) ??
    keys.find((key) => key === "en") ??
    keys[0] ??
    "en"
  );
}

function textOf(text) {
  if (typeof text === "string") return text;
  return typeof text === "object" && text !== null ? String(text[languageIn(text)] ?? "") : "";
}

function withText(text, value) {
  return typeof text === "object" && text !== null ? { ...text, [languageIn(text)]: value } : value;
}

function listOf({ spots }) {
  return spots.length > 0 ? spots.map(({ given }) => given) : undefined;
}

function mark(desk) {
  desk.spots.forEach(({ made, row }, at) => {
    need(".point-number", row).textContent = String(at + 1);
    need(".unseen", row).textContent = `${at + 1}`;
    if (made) made.textContent = String(at + 1);
    made?.setAttribute("aria-label", `${at + 1}: ${need("input", row).value}`);
  });
  const changed = !same(listOf(desk), desk.before);
  need("[data-save]", desk.place).disabled = !changed;
  need("[data-undo]", desk.place).disabled = !changed;
}

async function keep(desk) {
  const empty = desk.spots.find(({ row }) => need("input", row).value.trim() === "");
  if (empty) {
    need("input", empty.row).focus();
    return tell(desk, word("need-text"));
  }
  try {
    if (!(await save({ "metadata.hotspots": listOf(desk) }))) return;
    desk.before = product().metadata.hotspots;
    mark(desk);
    renewViewer();
    await refresh();
    say(word("saved"));
  } catch (problem) {
    complain(problem);
  }
}

/** The shoppers' element reads the product when it starts. */
export function renewViewer() {
  const viewer = need("vitrine-viewer");
  viewer.replaceWith(viewer.cloneNode(true));
}
