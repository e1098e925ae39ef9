/** The sheet to optimize: one product with a preview before it is published, or several as a campaign. */

import { follow } from "./live.js";
import { inDigits, need, say, sizeWords } from "./page.js";
import { ask, productPath } from "./service.js";
import { word, wordIfAny } from "./words.js";

const sheet = need("#optimize");
const part = (name) => need(`[data-${name}]`, sheet);
let order = null; // {ids, name, task, version}

/** Also for scripts of other pages: `ids` are products', `name` is the one's. */
export function openOptimize(ids, name = "") {
  order = { ids, name };
  need("form", sheet).reset();
  const many = ids.length > 1;
  need("#optimize-title").textContent = many
    ? word("optimize-many", { count: ids.length })
    : word("optimize-one", { name });
  need("[name=name]", sheet).value = many ? word("campaign-name", { count: ids.length }) : "";
  part("named").hidden = !many;
  part("begin").textContent = word(many ? "begin-many" : "begin-one");
  show("ask");
  sheet.showModal();
  need("[name=aim]:checked", sheet).focus();
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-optimize]");
  if (button) openOptimize(button.dataset.optimize.split(","), button.dataset.name);
});
part("close").addEventListener("click", () => sheet.close());
sheet.addEventListener("close", () => part("looks").replaceChildren());
part("begin").addEventListener("click", () => guarded(begin));
part("publish").addEventListener("click", () => guarded(publish));
follow(
  (task) => {
    if (order?.task === task.task_id) guarded(() => heard(task));
  },
  () => Boolean(order?.task) && sheet.open,
);

function show(stage) {
  part("ask").hidden = stage !== "ask";
  part("work").hidden = stage !== "work";
  part("result").hidden = stage !== "result";
  part("begin").hidden = stage !== "ask";
  part("publish").hidden = stage !== "result";
  part("fault").hidden = true;
}

async function guarded(act) {
  const buttons = [part("begin"), part("publish")];
  for (const button of buttons) button.disabled = true;
  try {
    await act();
  } catch ({ title, detail }) {
    part("fault").hidden = false;
    part("fault").textContent = [title, detail].filter(Boolean).join(". ");
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

/** What the sheet says, as the API takes it. */
function wishes() {
  const said = new FormData(need("form", sheet));
  const number = (name) => Number(said.get(name)) || null;
  const wished = {
    quality: number("quality") ?? Number(said.get("aim")),
    max_bytes: number("max_kb") && number("max_kb") * 1000,
    max_triangles: number("max_triangles"),
    max_texture_px: number("max_texture_px"),
  };
  return Object.fromEntries(Object.entries(wished).filter(([, value]) => value !== null));
}

async function begin() {
  if (!need("form", sheet).reportValidity()) return;
  if (order.ids.length > 1) {
    const name =
      need("[name=name]", sheet).value.trim() || word("campaign-name", { count: order.ids.length });
    const { id } = await ask("POST", "/api/campaigns/", { name, product_ids: order.ids, ...wishes() });
    location.assign(`/campaigns/${id}`);
    return;
  }
  const started = await ask("POST", productPath(order.ids[0], "optimize"), {
    ...wishes(),
    publish: "manual",
  });
  order.task = started.task_id;
  show("work");
  part("step").textContent = word("preview-note");
}

async function heard(task) {
  need("progress", part("work")).value = task.progress;
  const step = wordIfAny(`step-${task.step.split("-")[0]}`);
  if (task.status === "processing" && step) part("step").textContent = `${step}. ${word("preview-note")}`;
  if (task.status === "failed") {
    order.task = null;
    show("ask");
    throw task.error;
  }
  if (task.status !== "done") return;
  order.task = null;
  order.version = task.version;
  const [before, after] = await Promise.all([
    ask("GET", productPath(order.ids[0])),
    ask("GET", productPath(order.ids[0], `versions/${task.version}`)),
  ]);
  show("result");
  part("before").textContent = sizeWords(before.variants.web?.size ?? before.size);
  part("after").textContent = sizeWords(after.variants.web?.size ?? after.size);
  const proof = after.variants.web?.proof;
  part("ssim").textContent = proof ? inDigits(proof.ssim, 3) : word("not-proven");
  part("look").href = `/products/${encodeURIComponent(order.ids[0])}/versions/${task.version}`;
  lookAt([
    ["look-new", task.version],
    ["look-live", before.version],
  ]);
  part("publish").focus();
}

/** The viewer as shoppers have it, once for each version; its script comes only now. */
function lookAt(versions) {
  import("/viewer/vitrine-viewer.js").catch(() => part("looks").replaceChildren()); // the page of their own is there
  part("looks").replaceChildren(...versions.map(([name, version]) => figureOf(word(name), version)));
}

function figureOf(words, version) {
  const figure = document.createElement("figure");
  const viewer = document.createElement("vitrine-viewer");
  const said = { product: order.ids[0], version, telemetry: "off", controls: "rotate zoom reset variants" };
  for (const [name, value] of Object.entries(said)) viewer.setAttribute(name, value);
  viewer.className = "stage";
  const caption = document.createElement("figcaption");
  caption.textContent = words;
  figure.append(viewer, caption);
  return figure;
}

async function publish() {
  await ask("POST", productPath(order.ids[0], `versions/${order.version}/publish`), {});
  say(word("preview-published", { name: order.name }));
  sheet.close();
}
