/** The products' page and uploads: what has arrived becomes a card. Uploading itself is every page's: uploading.js. */

import { fetchCard, place } from "./cards.js";

export function startUploads() {
  document.addEventListener("vitrine:arrived", async ({ detail: { id } }) => place(await fetchCard(id)));
}
