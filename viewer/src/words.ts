/** Every word the element says, in the page's language. A new language is a new column. */

const ENGLISH = {
  view: "View in 3D",
  ar: "View in your room",
  arShort: "In your room",
  left: "Rotate left",
  right: "Rotate right",
  closer: "Zoom in",
  farther: "Zoom out",
  reset: "Reset the view",
  play: "Play the animation",
  pause: "Pause the animation",
  controls: "3D view controls",
  loading: "Loading the 3D model",
  retry: "Try again",
  noWebgl: "This browser cannot show 3D, so here is a picture.",
  noView: "No 3D view yet.",
  failed: "The 3D model could not be loaded.",
  offline: "You are offline. Loading goes on when you are back.",
  arFailed: "AR could not start. Please allow the camera and try again.",
  arMissing: "AR needs Google's app, which is not on this phone.",
  safari: "Open this page in Safari to see it in your room.",
  chrome: "Open this page in Chrome to see it in your room.",
  prompt: "Use mouse, touch or arrow keys to turn it",
  front: "front",
  back: "back",
  leftSide: "left",
  rightSide: "right",
  upper: "from above, ",
  lower: "from below, ",
};

export type Words = Readonly<typeof ENGLISH>;

const GERMAN: Words = {
  view: "In 3D ansehen",
  ar: "In deinem Raum ansehen",
  arShort: "In deinem Raum",
  left: "Nach links drehen",
  right: "Nach rechts drehen",
  closer: "Vergrößern",
  farther: "Verkleinern",
  reset: "Ansicht zurücksetzen",
  play: "Animation abspielen",
  pause: "Animation anhalten",
  controls: "Steuerung der 3D-Ansicht",
  loading: "Das 3D-Modell wird geladen",
  retry: "Noch einmal versuchen",
  noWebgl: "Dieser Browser kann kein 3D zeigen, deshalb hier ein Bild.",
  noView: "Noch keine 3D-Ansicht.",
  failed: "Das 3D-Modell konnte nicht geladen werden.",
  offline: "Du bist offline. Es geht weiter, sobald die Verbindung zurück ist.",
  arFailed: "AR konnte nicht starten. Bitte die Kamera erlauben und noch einmal versuchen.",
  arMissing: "AR braucht die Google-App, die auf diesem Telefon fehlt.",
  safari: "Öffne diese Seite in Safari, um es in deinem Raum zu sehen.",
  chrome: "Öffne diese Seite in Chrome, um es in deinem Raum zu sehen.",
  prompt: "Mit Maus, Finger oder Pfeiltasten drehen",
  front: "vorn",
  back: "hinten",
  leftSide: "links",
  rightSide: "rechts",
  upper: "von oben, ",
  lower: "von unten, ",
};

/** `language` is a BCP 47 tag such as "de-AT"; what we do not speak is answered in English. */
export function wordsFor(language: string): Words {
  return language.toLowerCase().split("-")[0] === "de" ? GERMAN : ENGLISH;
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
