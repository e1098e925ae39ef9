/** Turning, scaling and standing up: tried on the file that is shown, made by the pipeline from the one that was sent. */

import { complain, need } from "../page.js";
import { word } from "../words.js";
import { mainModel, open, short } from "./bench.js";
import { cook } from "./first.js";
import { product } from "./state.js";
import { about, after, back, fromDegrees, NONE, toDegrees } from "./turning.js";

const DEGREE = Math.PI / 180;

export async function start(place, signal) {
  const { view, bench } = await open(need("[data-stage]", place), mainModel().url, signal);
  const given = product().placement;
  const before = {
    turn: fromDegrees({ x: given.turn_x, y: given.turn_y, z: given.turn_z }),
    scale: given.scale ?? 1,
    ground: given.ground ?? false,
  };
  const table = { place, view, bench, before, turn: before.turn, scale: before.scale, yaw: 0 };
  const input = (name) => need(`[data-${name}]`, place);
  input("ground").checked = true;
  place.addEventListener("click", ({ target }) => {
    const { turn, times } = target.closest("[data-turn], [data-times]")?.dataset ?? {};
    if (turn) {
      const [axis, degrees] = turn.split(" ");
      table.turn = after(about(axis, Number(degrees)), table.turn);
    }
    if (times) table.scale = before.scale * Number(times);
    if (turn || times) show(table);
  });
  input("yaw").addEventListener("input", ({ target }) => {
    table.yaw = Number(target.value) || 0;
    show(table);
  });
  input("scale").addEventListener("input", ({ target }) => {
    const scale = Number(target.value);
    if (scale > 0) show(Object.assign(table, { scale }), "scale");
  });
  input("height").addEventListener("input", ({ target }) => {
    const wanted = Number(target.value) / 100;
    const { y } = view.getDimensions();
    if (wanted > 0 && y > 0) show(Object.assign(table, { scale: (before.scale * wanted) / y }), "height");
  });
  input("ground").addEventListener("change", () => show(table));
  input("sent").addEventListener("click", () => {
    input("ground").checked = false;
    input("yaw").value = "0";
    show(Object.assign(table, { turn: NONE, scale: 1, yaw: 0 }));
  });
  input("save").addEventListener("click", () => keep(table));
  await show(table);
}

const turned = ({ turn, yaw }) => after(about("y", yaw), turn);

/** The file that is shown stands already as `before` says: only the rest is to be turned. `typed` stays as it is. */
async function show(table, typed = "") {
  const { place, view, bench, before, scale } = table;
  const { x, y, z } = toDegrees(after(turned(table), back(before.turn)));
  await bench.turnModel(view, x * DEGREE, y * DEGREE, z * DEGREE);
  // The frame fits the model whatever its size is: that is only told.
  const factor = scale / before.scale;
  const measured = view.getDimensions();
  const size = { x: measured.x * factor, y: measured.y * factor, z: measured.z * factor };
  if (typed !== "scale") need("[data-scale]", place).value = short(scale, 6);
  if (typed !== "height") need("[data-height]", place).value = short(size.y * 100, 2);
  const side = (axis) => short(size[axis] * 100, size[axis] < 0.1 ? 2 : 1);
  const sides = { wide: side("x"), high: side("y"), deep: side("z") };
  need("[data-placed]", place).textContent = word("placed", sides);
  need("[data-save]", place).disabled = !changed(table);
}

function placementOf(table) {
  const { x, y, z } = toDegrees(turned(table));
  const scale = Number(table.scale.toPrecision(8));
  const ground = need("[data-ground]", table.place).checked;
  return {
    ...(x !== 0 && { turn_x: x }),
    ...(y !== 0 && { turn_y: y }),
    ...(z !== 0 && { turn_z: z }),
    ...(scale !== 1 && { scale }),
    ...(ground && { ground }),
  };
}

function changed(table) {
  const { turn, scale } = table.before;
  const [one, other] = [toDegrees(turned(table)), toDegrees(turn)];
  const still = ["x", "y", "z"].every((axis) => one[axis] === other[axis]);
  return (
    !still ||
    Math.abs(table.scale / scale - 1) > 1e-6 ||
    need("[data-ground]", table.place).checked !== table.before.ground
  );
}

async function keep(table) {
  const button = need("[data-save]", table.place);
  button.disabled = true;
  try {
    await cook({ placement: placementOf(table) });
  } catch (problem) {
    complain(problem);
    button.disabled = false;
  }
}
