/** On a desktop: a code that a phone's camera reads, which opens this product there, one tap from AR. */

import { copier } from "./copier.ts";
import { openSheet } from "./sheet.ts";
import type { Tools } from "./tools.ts";

/** `local`: nobody but this computer can follow the address, and that is said. */
export async function openDesk(tools: Tools, address: string, local: boolean): Promise<void> {
  const { node, words } = tools;
  const { drawCode } = await import("./qr.ts");
  const code = node("div", { class: "ar-code", part: "ar-code" }, drawCode(address, words.code));
  const scan = node("p", { dir: "auto" }, words.scan);
  const warned = local ? [node("p", { class: "ar-warning", dir: "auto" }, words.local)] : [];
  openSheet(tools, {
    name: "ar-desk",
    title: words.title,
    parts: [code, scan, ...warned, copier(tools, address)],
  });
}
