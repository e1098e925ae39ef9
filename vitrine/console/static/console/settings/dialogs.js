/** Dialogs: `data-open` names the one that a button opens, `data-close` closes the one around it. */

import { need } from "../page.js";

export function startDialogs() {
  document.addEventListener("click", ({ target }) => {
    const opener = target.closest("[data-open]");
    if (opener) open(opener);
    target.closest("[data-close]")?.closest("dialog").close();
  });
}

/** The focus comes back to the opener by itself when the dialog closes. */
function open(opener) {
  const dialog = need(`#${opener.dataset.open}`);
  const { fillPath, fillName } = opener.dataset;
  if (fillPath) need("form", dialog).dataset.to = fillPath;
  if (fillName) need("[data-filled=name]", dialog).textContent = fillName;
  dialog.showModal();
}
