/** Apple's Quick Look: a link with rel="ar". Safari wants an image as its first child, and at most two children. */

export function quickLookHref(file: string, page: string, trueSize: boolean): string {
  const link = new URL(page);
  link.hash = "";
  const wishes = new URLSearchParams({
    allowsContentScaling: trueSize ? "0" : "1",
    canonicalWebPageURL: link.href,
  });
  return `${file}#${wishes}`;
}
