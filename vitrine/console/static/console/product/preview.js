/** Publishing the version that one has just looked at; nothing when the product is another one by now. */

import { complain, need } from "../page.js";
import { askTagged, productPath } from "../service.js";

const STALE = 412;
const button = document.querySelector("[data-publish-version]");

if (button) button.disabled = false; // what is pressed before this listens would be lost
button?.addEventListener("click", async () => {
  const { publishVersion: number, product, tag, again } = button.dataset;
  button.disabled = true;
  try {
    await askTagged("POST", productPath(product, `versions/${number}/publish`), { tag });
    location.reload();
  } catch (problem) {
    complain(problem, problem.status === STALE ? [again, () => location.reload()] : null);
    need("#faults").querySelector("button")?.focus();
    button.disabled = false;
  }
});
