/** The page's words, which its template holds, so that they are translated with it. */

import { need } from "../page.js";

/** `word("shown", 3)`: the word of that name, with the value for its #. */
export function word(name, value = "") {
  return (need("#product-words").dataset[name] ?? name).replace("#", value);
}
