/** Words that only AR says, in the page's language; each language is a file of its own, fetched when AR is near. */

import type { ArWords } from "./words/ar-en.ts";

export type { ArWords };

const LANGUAGES: Readonly<Record<string, () => Promise<{ readonly words: ArWords }>>> = {
  en: () => import("./words/ar-en.ts"),
  de: () => import("./words/ar-de.ts"),
  fr: () => import("./words/ar-fr.ts"),
  es: () => import("./words/ar-es.ts"),
  ja: () => import("./words/ar-ja.ts"),
  zh: () => import("./words/ar-zh.ts"),
};

/** `language` is a BCP 47 tag such as "de-AT"; what we do not speak is answered in English. */
export async function arWordsFor(language: string): Promise<ArWords> {
  const spoken = language.toLowerCase().split("-")[0] ?? "";
  const load = Object.hasOwn(LANGUAGES, spoken) ? LANGUAGES[spoken] : undefined;
  return (await (load ?? (() => import("./words/ar-en.ts")))()).words;
}

export const AR_LANGUAGES: readonly string[] = Object.keys(LANGUAGES);
