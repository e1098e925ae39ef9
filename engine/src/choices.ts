/** For each variant one way to store each texture, within what was wished of it. */

import { sharesIn } from "./colourways.ts";
import { sum } from "./counting.ts";
import { ANDROID_PX, type Kind, MOBILE_PX, PREVIEW_PX, WEB_PX } from "./settings.ts";
import { type Softness, type Studied, UNMEASURED } from "./study.ts";
import { type Choice, choose } from "./textures.ts";
import type { Shape, Wish } from "./variants.ts";

/** The kinds whose looks are chosen. */
export const CHOSEN = ["web", "mobile", "android"] as const;

export type Shapes = Partial<Record<Kind, Shape>>;
export type Choices = Partial<Record<Kind, Choice>>;

interface Asked {
  wishes: Partial<Record<Kind, Wish>>;
  softness: Softness | null;
  effort: number;
}

/** `ease`: the part of the room for textures that may be planned with, where an earlier plan came out too large. */
export function chooseAll(
  studied: Studied[],
  shapes: Shapes,
  asked: Asked,
  ease: Partial<Record<Kind, number>>,
): Choices {
  const choices: Choices = {};
  for (const kind of CHOSEN) {
    const [wish, shape] = [asked.wishes[kind], shapes[kind]];
    if (!wish || !shape) continue;
    const room = ((wish.max_bytes ?? Infinity) - shape.bytes.length) * (ease[kind] ?? 1);
    choices[kind] = chooseFor(kind, studied, wish, room, asked);
  }
  return choices;
}

function chooseFor(kind: Kind, studied: Studied[], wish: Wish, room: number, asked: Asked): Choice {
  const palette = kind === "android" ? "core" : "displayed";
  const own = ownPx(kind, asked.effort);
  const seen = (asked.softness ?? UNMEASURED).shares;
  const shares = sharesIn(seen, (studied[0]?.weights.length ?? seen.length) / seen.length);
  const within = (budget: number) =>
    choose(studied, palette, Math.min(wish.max_px ?? own, own), {
      views: shares.map(() => wish.worst_loss * budget),
      shares,
      mean: wish.mean_loss * budget,
    });
  const { choice, budget } = fitting(within, wish.budget, room);
  return { ...choice, tempting: bytesOf(choice) - bytesOf(within(budget * MORE)) };
}

const LAST_BUDGET = 1e4;
/** What is a little more room: `looks.py` tries as much where it is tempting. */
const MORE = 1.3;

type Chosen = Omit<Choice, "tempting">;

/** The best looks that are thought to fit into `room` bytes, and the budget they came of. */
function fitting(
  within: (budget: number) => Chosen,
  first: number,
  room: number,
): { choice: Chosen; budget: number } {
  let [budget, choice] = [first, within(first)];
  while (bytesOf(choice) > room && budget * 1.25 < LAST_BUDGET) {
    budget *= 1.25;
    choice = within(budget);
  }
  return { choice, budget };
}

function bytesOf({ candidates }: Chosen): number {
  return sum(candidates.map(({ bytes }) => bytes));
}

function ownPx(kind: Kind, effort: number): number {
  const by = { web: [WEB_PX], mobile: MOBILE_PX, android: ANDROID_PX, preview: [PREVIEW_PX] }[kind];
  return by[Math.min(effort, by.length - 1)] as number;
}
