/** Two files of one version side by side, under a slider, or as what differs; whoever turns one, turns both. */

import { inDigits, need, sizeWords } from "../page.js";
import { word } from "../words.js";
import { models, open } from "./bench.js";
import { drawDifference } from "./difference.js";

const SIDES = ["left", "right"];
const ACROSS = { left: "right", right: "left" };
const REST_MS = 120;
/** A view opens its camera for a new size some frames after the page has given it that. */
const RESIZED_MS = 300;
/** After each of these a view shows something else, be it drawn late or anew and finer. */
const CHANGES = ["camera-change", "model-visibility", "render-scale"];
/** How near and far one comes, in radii of the first frame. */
const [NEAREST, FARTHEST] = [0.2, 2];

export async function start(place, signal) {
  const table = {
    place,
    signal,
    views: {},
    lives: {},
    leader: "left",
    bench: null,
    timer: 0,
    asked: 0,
    resizing: false,
  };
  const all = models();
  const kinds = all.map(({ kind }) => kind);
  const first = kinds.includes("original") ? "original" : kinds.includes("android") ? "android" : kinds[0];
  const second = ["web", "mobile", "android"].find((kind) => kind !== first && kinds.includes(kind)) ?? first;
  watchHow(table);
  watchSlider(place);
  watchSize(table);
  const chosen = { left: first, right: second };
  for (const side of SIDES) {
    const select = need(`[data-${side}]`, place);
    select.append(...all.map(({ kind, words }) => new Option(words, kind, false, kind === chosen[side])));
    select.addEventListener("change", () => put(table, side).catch(() => undefined));
    watchTouch(table, side);
  }
  await Promise.all(SIDES.map((side) => put(table, side)));
}

/** Puts the chosen file on its side, with the camera where the other side's is. */
async function put(table, side) {
  const { place, signal, views, lives } = table;
  lives[side]?.abort();
  const life = new AbortController();
  lives[side] = life;
  const end = () => life.abort(signal.reason);
  signal.addEventListener("abort", end, { once: true });
  views[side] = null;
  const wait = need("[data-wait]", place);
  wait.hidden = false;
  const kind = need(`[data-${side}]`, place).value;
  const model = models().find((one) => one.kind === kind);
  label(place, side, model);
  const box = need(`[data-view=${side}]`, place);
  const { view, bench } = await open(box, model.url, life.signal, (made) => {
    made.alt = model.words;
  });
  // One reach for both: a file whose box is a hair smaller must not hold the other back.
  table.radius ??= view.getCameraOrbit().radius;
  view.setAttribute("min-camera-orbit", `auto 5deg ${NEAREST * table.radius}m`);
  view.setAttribute("max-camera-orbit", `auto 175deg ${FARTHEST * table.radius}m`);
  view.setAttribute("min-field-of-view", "4deg");
  await view.updateComplete;
  table.bench = bench;
  views[side] = view;
  view.addEventListener("camera-change", () => moved(table, side));
  for (const kind of CHANGES) view.addEventListener(kind, () => compareSoon(table));
  const there = ACROSS[side];
  if (!views[there]) return;
  wait.hidden = true;
  table.leader = there; // its camera is the one that was chosen
  moved(table, there);
  compareSoon(table);
}

function label(place, side, { words, bytes, triangles, ssim, kind }) {
  const title = document.createElement("strong");
  title.textContent = words;
  const parts = [sizeWords(bytes)];
  if (triangles)
    parts.push(`${triangles.toLocaleString(document.documentElement.lang)} ${word("triangles")}`);
  if (kind !== "original") parts.push(ssim ? `${word("proven")} ${inDigits(ssim, 3)}` : word("unproven"));
  const rest = document.createElement("span");
  rest.className = "compare-about";
  rest.textContent = parts.join(" · ");
  need(`[data-label=${side}]`, place).replaceChildren(title, rest);
}

/** The side that was touched last leads; the other follows and never answers. */
function watchTouch(table, side) {
  const box = need(`[data-view=${side}]`, table.place);
  for (const kind of ["pointerdown", "wheel", "keydown", "touchstart"]) {
    box.addEventListener(
      kind,
      () => {
        table.leader = side;
      },
      { capture: true, passive: true },
    );
  }
}

function moved(table, side) {
  const { views, leader, bench, resizing } = table;
  if (side !== leader || resizing) return;
  const other = views[ACROSS[side]];
  if (other && views[side]) bench.placeCamera(other, bench.cameraOf(views[side]));
}

/** Each view adapts to a new size by itself and in its own time; what it tells of its camera meanwhile is half true. */
function watchSize(table) {
  const { place, signal } = table;
  let timer = 0;
  const observer = new ResizeObserver(() => {
    table.resizing = true;
    clearTimeout(timer);
    timer = setTimeout(() => {
      table.resizing = false;
      moved(table, table.leader);
      compareSoon(table);
    }, RESIZED_MS);
  });
  for (const side of SIDES) observer.observe(need(`[data-view=${side}]`, place));
  signal.addEventListener("abort", () => {
    observer.disconnect();
    clearTimeout(timer);
  });
}

function watchHow(table) {
  const { place } = table;
  const stage = need(".compare-stage", place);
  const strength = need("[data-amplify] input", place);
  place.addEventListener("change", ({ target }) => {
    if (target.name !== "how") return;
    stage.dataset.how = target.value;
    need(".compare-difference", place).hidden = target.value !== "difference";
    need("[data-amplify]", place).hidden = target.value !== "difference";
    compareSoon(table);
  });
  strength.addEventListener("input", () => {
    need("[data-amplify] output", place).textContent = `× ${strength.value}`;
    compareSoon(table);
  });
  table.signal.addEventListener("abort", () => clearTimeout(table.timer), { once: true });
}

/** The line stands where the handle's middle is. */
function watchSlider(place) {
  const slider = need(".compare-slider", place);
  const stage = need(".compare-stage", place);
  const set = () =>
    stage.style.setProperty("--at", `calc(1.375rem + (100% - 2.75rem) * ${Number(slider.value) / 100})`);
  slider.addEventListener("input", set);
  set();
}

/** Once both cameras rest: what differs is counted then, and drawn where it is asked for. */
function compareSoon(table) {
  clearTimeout(table.timer);
  table.asked += 1;
  if (need(".compare-stage", table.place).dataset.how !== "difference") return;
  table.timer = setTimeout(() => compare(table), REST_MS);
}

async function compare(table) {
  const { place, views, bench, signal, asked } = table;
  const both = () => SIDES.map((side) => views[side]);
  const goesOn = () =>
    !signal.aborted && asked === table.asked && both().every((view) => view?.modelIsVisible);
  if (table.resizing || !goesOn()) return;
  await bench.framesDrawn();
  if (!goesOn()) return;
  const pictures = await Promise.all(both().map(bench.pictureOf));
  if (goesOn()) {
    const amplify = Number(need("[data-amplify] input", place).value);
    const share = drawDifference(need(".compare-difference", place), ...pictures, amplify);
    need("[data-said]", place).textContent = word("differs", { share: inDigits(100 * share, 1) });
  }
  for (const each of pictures) each.close();
}
