/**
 * `metadata.view`: the first frame that a person chose for the product, checked: what is not right is left out. Pure.
 * `vitrine/pipeline/first.py` reads the same by the same rules, so that the poster is this frame.
 */

/** In <model-viewer>'s own words; only what was given. */
export interface First {
  readonly cameraOrbit?: string;
  readonly cameraTarget?: string;
  readonly fieldOfView?: string;
  readonly exposure?: number;
  readonly environmentImage?: string;
}

const NUMBER = "-?(?:\\d{1,6}(?:\\.\\d{0,9})?|\\.\\d{1,9})";
const ANGLE = `(?:auto|${NUMBER}(?:deg|rad))`;
const LENGTH = `(?:auto|${NUMBER}(?:mm|cm|m))`;
const ORBIT = RegExp(`^${ANGLE} ${ANGLE} (?:auto|${NUMBER}(?:mm|cm|m|%))$`);
const TARGET = RegExp(`^${LENGTH} ${LENGTH} ${LENGTH}$`);
const FOV = RegExp(`^(?:auto|${NUMBER}deg)$`);
const [DARKEST, BRIGHTEST] = [0.2, 3];
const ROOMS: readonly unknown[] = ["legacy", "neutral"];

/** The shape: `{ orbit?, target?, fov?, exposure?, room? }`; an exposure of 0.2 to 3, a room of model-viewer's own two. */
export function firstOf(given: unknown): First {
  const { orbit, target, fov, exposure, room } = fieldsOf(given);
  return {
    ...(isA(orbit, ORBIT) && { cameraOrbit: orbit }),
    ...(isA(target, TARGET) && { cameraTarget: target }),
    ...(isA(fov, FOV) && { fieldOfView: fov }),
    ...(typeof exposure === "number" && exposure >= DARKEST && exposure <= BRIGHTEST && { exposure }),
    ...(ROOMS.includes(room) && { environmentImage: room as string }),
  };
}

function fieldsOf(given: unknown): Readonly<Record<string, unknown>> {
  return typeof given === "object" && given !== null ? (given as Record<string, unknown>) : {};
}

function isA(given: unknown, form: RegExp): given is string {
  return typeof given === "string" && form.test(given);
}
