/** Every word the element says, in the page's language. A new language is a new file in words/ and a line here. */

import { words as english } from "./words/en.ts";

/** All that is said; the compiler holds every language to it. */
export type Words = Readonly<Record<keyof typeof english, string>>;

/** English travels with the stage: it is the fallback of a language whose file does not come. */
const OTHERS: Readonly<Record<string, () => Promise<{ readonly words: Words }>>> = {
  de: () => import("./words/de.ts"),
  fr: () => import("./words/fr.ts"),
  es: () => import("./words/es.ts"),
  ja: () => import("./words/ja.ts"),
  zh: () => import("./words/zh.ts"),
};

/**
 * `language` is a BCP 47 tag such as "de-AT"; what we do not speak is answered in English. `own` are a page's words
 * in the place of ours; what is no word of ours or no string is passed over.
 */
export async function wordsFor(language: string, own: unknown = null): Promise<Words> {
  const load = OTHERS[language.toLowerCase().split("-")[0] ?? ""];
  const spoken = (await load?.().catch(() => null))?.words ?? english;
  const given = Object.entries(own ?? {}).filter(([key, word]) => key in english && typeof word === "string");
  return { ...spoken, ...Object.fromEntries(given) };
}

/** What the page gave as the element's property `words`, or as JSON in the attribute of that name. */
export function ownWords(element: HTMLElement & { readonly words?: unknown }): unknown {
  if (element.words) return element.words;
  try {
    return JSON.parse(element.getAttribute("words") ?? "null");
  } catch {
    return null;
  }
}

/** The language around an element: the nearest lang attribute, else the browser's. */
export function languageOf(element: Element): string {
  const near = element.closest<HTMLElement>("[lang]")?.lang;
  return near || document.documentElement.lang || navigator.language;
}

/** model-viewer's own spoken texts, which it takes as JSON: where the camera stands, and how to move it. */
export function spokenViews(words: Words): string {
  const sides = { front: words.front, back: words.back, left: words.leftSide, right: words.rightSide };
  const heights = { "": "", "upper-": words.upper, "lower-": words.lower };
  const spoken: Record<string, string> = { "interaction-prompt": words.prompt };
  for (const [height, above] of Object.entries(heights)) {
    for (const [side, name] of Object.entries(sides)) spoken[height + side] = above + name;
  }
  return JSON.stringify(spoken);
}
