/** Lengths in words: centimetres, or inches where people measure in those. Pure. */

export type Unit = "cm" | "in";

const INCHES = new Set(["US", "LR", "MM"]);
const METRES = { cm: 0.01, in: 0.0254 };
const NAMES = { cm: "centimeter", in: "inch" } as const;

/**
 * `asked` is the attribute `units`. `language` is the page's, `spoken` the browser's own: a page in plain "en" is read
 * as the reader's English is.
 */
export function unitFor(asked: string | null, language: string, spoken: readonly string[]): Unit {
  if (asked === "cm" || asked === "in") return asked;
  const plain = language.toLowerCase().split("-")[0];
  const near = [language, ...spoken].find(
    (tag) => tag.toLowerCase().startsWith(`${plain}-`) && regionOf(tag),
  );
  return near && INCHES.has(regionOf(near)) ? "in" : "cm";
}

function regionOf(tag: string): string {
  try {
    return new Intl.Locale(tag).region ?? "";
  } catch {
    return "";
  }
}

/** "60 cm" or "23.6 in", in the language's own numbers: one decimal below 100, none above. */
export function lengthText(metres: number, unit: Unit, language: string): string {
  const length = metres / METRES[unit];
  const shape = {
    style: "unit",
    unit: NAMES[unit],
    maximumFractionDigits: length < 100 ? 1 : 0,
  } as const;
  try {
    return new Intl.NumberFormat(language, shape).format(length);
  } catch {
    return new Intl.NumberFormat("en", shape).format(length);
  }
}
