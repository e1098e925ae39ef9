/** The true size that a person claims, in centimetres; it is kept in metres. */

import { complain, need, say } from "../page.js";
import { word } from "../words.js";
import { onFresh, refresh } from "./parts.js";
import { product, same, save } from "./state.js";

export function startSize() {
  prepare();
  onFresh((parts) => parts.includes("size") && prepare());
}

function prepare() {
  const form = need("#claim");
  const inputs = [...form.querySelectorAll("input")];
  const button = need("button", form);
  const claim = () => {
    const sides = inputs.map(({ value }) => value.trim());
    if (sides.every((side) => side === "")) return undefined;
    const metres = sides.map((side) => Number((Number(side) / 100).toPrecision(9)));
    return metres.every((side) => side > 0) ? metres : null;
  };
  form.addEventListener("input", () => {
    const now = claim();
    const changed = now !== null && !same(now, product().metadata.dimensions_m);
    button.disabled = !changed;
    form.toggleAttribute("data-dirty", changed);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      if (!(await save({ "metadata.dimensions_m": claim() }))) return;
      form.removeAttribute("data-dirty");
      await refresh();
      say(word("saved"));
    } catch (problem) {
      complain(problem);
    }
  });
}
