/** What is shown once, and the person has to keep: to be copied, or saved as a file. */

import { need, say } from "../page.js";

const COPIED_MS = 2_500;

export function startSecret() {
  const dialog = need("#secret");
  // Escape would lose it for good; its button says what closing means.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  need("[data-copy]", dialog).addEventListener("click", ({ currentTarget }) => copy(currentTarget));
  need("[data-save]", dialog).addEventListener("click", ({ currentTarget }) =>
    save(currentTarget.dataset.file),
  );
}

/** Resolves once the person says that it is kept; `ready` is called when it can be seen. */
export function show(value, { title, note, file }, ready) {
  const dialog = need("#secret");
  const text = [value].flat().join("\n");
  need("[data-title]", dialog).textContent = title;
  need("[data-note]", dialog).textContent = note;
  need("[data-secret]", dialog).textContent = text;
  const saving = need("[data-save]", dialog);
  saving.hidden = !file;
  saving.dataset.file = file ?? "";
  ready();
  dialog.showModal();
  need("[data-copy]", dialog).focus();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => {
        need("[data-secret]", dialog).textContent = "";
        resolve();
      },
      { once: true },
    );
  });
}

/** Without https there is no clipboard for scripts: then the text is marked, to be copied by hand. */
async function copy(button) {
  const secret = need("#secret [data-secret]");
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(secret.textContent);
    button.textContent = button.dataset.copied;
  } catch {
    getSelection().selectAllChildren(secret);
    button.textContent = button.dataset.marked;
  }
  say(button.textContent);
  setTimeout(() => {
    button.textContent = before;
  }, COPIED_MS);
}

function save(name) {
  const link = document.createElement("a");
  const text = need("#secret [data-secret]").textContent;
  link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
