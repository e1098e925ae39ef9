/** `metadata.hotspots` as the shop wrote them, checked: what cannot be shown is left out. Pure. */

import type { Camera } from "../camera.ts";

export interface Spot {
  /** Three lengths in metres, as model-viewer takes them: "0m 1m 0.2m". */
  readonly position: string;
  readonly normal: readonly [number, number, number] | null;
  readonly text: string;
  /** Only what was given. */
  readonly camera: Partial<Camera> | null;
}

const MOST = 40;
const LONGEST_TEXT = 600;

/**
 * The shape: `[{ position, normal?, text, camera?: { orbit?, target?, fov? } }]`, where a position is `[x, y, z]` or
 * "x y z" in metres, and a text one string or one a language. `language` is a BCP 47 tag.
 */
export function spotsOf(hotspots: unknown, language: string): Spot[] {
  if (!Array.isArray(hotspots)) return [];
  const spots = hotspots.map((each: unknown) => spotOf(each, language));
  return spots.filter((spot) => spot !== null).slice(0, MOST);
}

function spotOf(given: unknown, language: string): Spot | null {
  const { position, normal, text, camera } = fieldsOf(given);
  const place = vectorOf(position);
  const said = textIn(text, language);
  if (!place || !said) return null;
  return {
    position: place.map((each) => `${each}m`).join(" "),
    normal: vectorOf(normal),
    text: said,
    camera: cameraIn(camera),
  };
}

function fieldsOf(given: unknown): Readonly<Record<string, unknown>> {
  return typeof given === "object" && given !== null ? (given as Record<string, unknown>) : {};
}

function vectorOf(given: unknown): [number, number, number] | null {
  const parts: unknown = typeof given === "string" ? given.trim().split(/\s+/) : given;
  if (!Array.isArray(parts) || parts.length !== 3) return null;
  const [x, y, z] = parts.map((each: unknown) =>
    typeof each === "string" ? Number(each.replace(/m$/, "") || Number.NaN) : each,
  );
  return isLength(x) && isLength(y) && isLength(z) ? [x, y, z] : null;
}

function isLength(given: unknown): given is number {
  return typeof given === "number" && Math.abs(given) < 1e6;
}

/** In the page's language, else in the one without its region, else in English, else in the first there is. */
export function textIn(given: unknown, language: string): string | null {
  const texts = typeof given === "string" ? { "": given } : fieldsOf(given);
  const keys = Object.keys(texts);
  const wanted = [language.toLowerCase(), language.toLowerCase().split("-")[0], "en"];
  const key = wanted.map((tag) => keys.find((each) => each.toLowerCase() === tag)).find(Boolean) ?? keys[0];
  const found = texts[key ?? ""];
  return typeof found === "string" && found.trim() ? found.trim().slice(0, LONGEST_TEXT) : null;
}

const NUMBER = "-?(?:\\d+\\.?\\d*|\\.\\d+)";
const ANGLE = `(?:auto|${NUMBER}(?:deg|rad))`;
const LENGTH = `(?:auto|${NUMBER}(?:mm|cm|m|%))`;
const FORMS: Readonly<Record<string, RegExp>> = {
  orbit: RegExp(`^${ANGLE} ${ANGLE} ${LENGTH}$`),
  target: RegExp(
    `^(?:auto|${NUMBER}(?:mm|cm|m)) (?:auto|${NUMBER}(?:mm|cm|m)) (?:auto|${NUMBER}(?:mm|cm|m))$`,
  ),
  fov: RegExp(`^(?:auto|${NUMBER}deg)$`),
};

function cameraIn(given: unknown): Partial<Camera> | null {
  const fields = fieldsOf(given);
  const good = (name: string): string | null => {
    const value = fields[name];
    const text = typeof value === "string" ? value.trim().replace(/\s+/g, " ") : "";
    return FORMS[name]?.test(text) ? text : null;
  };
  const [orbit, target, fieldOfView] = [good("orbit"), good("target"), good("fov")];
  if (!orbit && !target && !fieldOfView) return null;
  return { ...(orbit && { orbit }), ...(target && { target }), ...(fieldOfView && { fieldOfView }) };
}
