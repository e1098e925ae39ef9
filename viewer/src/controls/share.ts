/** Handing on what is seen: the picture with the page's address where the device can share, else a link or a file. */

import { pictureOf } from "../picture.ts";
import { framesDrawn } from "../progressive.ts";
import type { Item, Tools } from "./tools.ts";

const SAID_MS = 3_000;

export function shareItems(tools: Tools): Item[] {
  const { words } = tools;
  const can = typeof navigator.share === "function";
  return [
    can
      ? { label: words.share, sign: "share", press: () => share(tools) }
      : { label: words.copyLink, sign: "link", press: () => copy(tools) },
    { label: words.savePicture, sign: "picture", press: () => save(tools) },
  ];
}

async function share(tools: Tools): Promise<void> {
  const { host, told } = tools;
  told("share");
  const address = { title: host.product.name, url: pageAddress() };
  const files = await onPaper(tools).then(
    (picture) => [new File([picture], nameOf(tools), { type: picture.type })],
    () => [],
  );
  const whole = { ...address, files };
  await hand(tools, files.length && navigator.canShare?.(whole) ? whole : address);
}

/** Must be within a press; where making the picture took too long for the browser, one more press is asked for. */
async function hand(tools: Tools, what: ShareData): Promise<void> {
  const { words, notice } = tools;
  try {
    await navigator.share(what);
  } catch (thrown) {
    const { name } = thrown as Error;
    if (name === "AbortError") return; // the shopper thought better of it
    if (name !== "NotAllowedError") return copy(tools);
    const again = (): void => {
      notice.clear();
      navigator.share(what).catch(() => undefined);
    };
    notice.say(what.title ?? "", { label: words.share, press: again });
  }
}

async function copy({ words, notice, told }: Tools): Promise<void> {
  told("share");
  const address = pageAddress();
  try {
    await navigator.clipboard.writeText(address);
    notice.say(words.copied, { forMs: SAID_MS });
  } catch {
    // No clipboard without https, or none for us: then it can be copied by hand.
    notice.say(address, { label: words.close, press: () => notice.clear() });
  }
}

async function save(tools: Tools): Promise<void> {
  tools.told("screenshot");
  try {
    const address = URL.createObjectURL(await onPaper(tools));
    const link = document.createElement("a");
    link.href = address;
    link.download = nameOf(tools);
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  } catch {
    tools.notice.say(tools.words.notDone, { forMs: SAID_MS });
  }
}

/** What the view shows, on the frame's own background: a transparent picture is black in many chats. */
async function onPaper({ host, view }: Tools): Promise<Blob> {
  await framesDrawn();
  const shown = await pictureOf(view);
  const canvas = document.createElement("canvas");
  canvas.width = shown.width;
  canvas.height = shown.height;
  const paper = canvas.getContext("2d");
  if (!paper) throw new Error("no canvas");
  paper.fillStyle = getComputedStyle(host.element).backgroundColor;
  paper.fillRect(0, 0, shown.width, shown.height);
  paper.drawImage(shown, 0, 0);
  shown.close();
  return new Promise((resolve, reject) =>
    canvas.toBlob((picture) => (picture ? resolve(picture) : reject(new Error("no picture"))), "image/png"),
  );
}

function nameOf({ host: { product } }: Tools): string {
  const name = product.name.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
  return `${name.slice(0, 60) || "picture"}.png`;
}

function pageAddress(): string {
  return document.querySelector<HTMLLinkElement>("link[rel=canonical]")?.href || location.href;
}
