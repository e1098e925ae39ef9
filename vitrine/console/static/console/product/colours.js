/** What shoppers read for each colourway of the model: `metadata.colourways`, by the file's own names. */

import { complain, copyOf, need, say } from "../page.js";
import { word } from "../words.js";
import { mainModel, open } from "./bench.js";
import { refresh } from "./parts.js";
import { renewViewer } from "./points.js";
import { product, same, save } from "./state.js";

export async function start(place, signal) {
  const { view, bench } = await open(need("[data-stage]", place), mainModel().url, signal);
  const swatches = bench.swatchesOf(view.originalGltfJson);
  const kept = product().metadata.colourways;
  const before = typeof kept === "object" && kept !== null && !Array.isArray(kept) ? kept : {};
  const rows = swatches.map(({ name }) => rowFor(view, name, before[name]));
  need("[data-list]", place).append(...rows.map(({ row }) => row));
  const button = need("[data-save]", place);
  const wished = () => {
    const names = { ...before };
    for (const { name, read } of rows) {
      const value = read();
      if (value === undefined) delete names[name];
      else names[name] = value;
    }
    return Object.keys(names).length > 0 ? names : undefined;
  };
  place.addEventListener("input", () => {
    button.disabled = same(wished(), product().metadata.colourways);
  });
  button.addEventListener("click", async () => {
    try {
      if (!(await save({ "metadata.colourways": wished() }))) return;
      button.disabled = true;
      renewViewer();
      await refresh();
      say(word("saved"));
    } catch (problem) {
      complain(problem);
    }
  });
}

/** One text, or one a language: then the page's, else English, else the first is written. */
function rowFor(view, name, given) {
  const row = copyOf("colour");
  const input = need("input", row);
  const see = need("[data-see]", row);
  const languages = typeof given === "object" && given !== null ? Object.keys(given) : [];
  const language =
    [document.documentElement.lang, "en"].find((one) => languages.includes(one)) ?? languages[0];
  see.textContent = name;
  see.dir = "auto";
  input.value = language ? given[language] : (given ?? "");
  input.placeholder = name;
  need(".unseen", row).append(` ${name}`);
  const wear = () => {
    view.variantName = name;
  };
  see.addEventListener("click", wear);
  input.addEventListener("focus", wear);
  const read = () => {
    const value = input.value.trim();
    if (language) return { ...given, [language]: value };
    return value || undefined;
  };
  return { name, row, read };
}
