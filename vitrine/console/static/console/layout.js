/** Grid or list: the same cards, laid out otherwise; remembered for the next visit. */

import { need } from "./page.js";

const YEAR_S = 31_536_000;

export function startLayout() {
  for (const link of document.querySelectorAll("a[data-layout]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      lay(link.dataset.layout);
    });
  }
}

function lay(layout) {
  // biome-ignore lint/suspicious/noDocumentCookie: the server reads it, so that no page is laid out twice
  document.cookie = `layout=${layout}; path=/; max-age=${YEAR_S}; SameSite=Lax`;
  need("#products").className = layout === "list" ? "rows" : "grid";
  for (const link of document.querySelectorAll("a[data-layout]")) {
    if (link.dataset.layout === layout) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  dispatchEvent(new Event("resize"));
}
