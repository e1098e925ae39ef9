/** The link to copy, the code to photograph, and the code for shops, which the storefront writes. */

import { complain, elementsIn, need, say } from "../page.js";
import { pageAt } from "../service.js";
import { word } from "../words.js";
import { workbench } from "./bench.js";
import { product } from "./state.js";

export function startShare() {
  const link = need("[data-link]");
  need("[data-do=copy-link]").addEventListener("click", () => copy(link));
  need("[data-embed]").addEventListener("toggle", embed, { once: true });
  draw(link.value).catch(complain);
}

async function copy(link) {
  try {
    await navigator.clipboard.writeText(link.value);
    say(word("copied"));
  } catch {
    link.select(); // without https there is no clipboard for scripts
    say(word("marked"));
  }
}

async function draw(address) {
  const { drawCode } = await workbench();
  const code = drawCode(address, address);
  need("[data-code]").replaceChildren(code);
  const text = new XMLSerializer().serializeToString(code);
  need("[data-qr-file]").href = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  need("[data-qr]").hidden = false;
}

async function embed() {
  try {
    const html = await pageAt(`/p/${encodeURIComponent(product().id)}/snippets`);
    need("[data-snippets]").replaceChildren(...elementsIn(html, ".snippets"));
  } catch (problem) {
    complain(problem);
  }
}
