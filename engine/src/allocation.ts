/** Which way to store each texture: the fewest bytes for which every view still looks alike. */
import type { Candidate } from "./candidates.ts";

/** What one texture may become, and what each unit of its error takes from every view's likeness (1 − SSIM). */
export interface Asked {
  /** On the hull, the best looks first. */
  candidates: Candidate[];
  /** All of them, those above the hull too. */
  all: Candidate[];
  weights: number[];
}

/** How much likeness each view may lose, and how much their mean may; `shares` are the views' parts of the mean. */
export interface Allowance {
  views: number[];
  shares: number[];
  mean: number;
}

/**
 * Greedy: all begin with their best looks; the step that saves the most bytes for what it takes is made as long as
 * every view and the mean stay within what is allowed. Along a convex hull this comes within one step of the best; what
 * that step leaves unused is then filled with candidates from above the hull.
 */
export function allocate(asked: Asked[], allowance: Allowance): Candidate[] {
  const along = alongHull(asked, allowance);
  return filled(
    asked,
    along.map((at, index) => asked[index]?.candidates[at] as Candidate),
    allowance,
  );
}

/** One texture after another takes the fewest bytes for which all still fits, as long as that saves any. */
function filled(asked: Asked[], chosen: Candidate[], allowance: Allowance): Candidate[] {
  const found = [...chosen];
  for (let saved = true; saved; ) {
    saved = false;
    const bySize = [...asked.keys()].sort((a, b) => bytesAt(found, b) - bytesAt(found, a));
    for (const index of bySize) {
      const smaller = smallestThatFits(asked, found, index, allowance);
      if (!smaller) continue;
      found[index] = smaller;
      saved = true;
    }
  }
  return found;
}

function smallestThatFits(
  asked: Asked[],
  found: Candidate[],
  index: number,
  allowance: Allowance,
): Candidate | undefined {
  const smaller = (asked[index]?.all ?? []).filter((one) => one.bytes < bytesAt(found, index));
  smaller.sort((a, b) => a.bytes - b.bytes);
  return smaller.find((one) => {
    const tried = found.with(index, one);
    return pressure(lossesOf(asked, tried, allowance.views.length), allowance) <= 1;
  });
}

function bytesAt(found: Candidate[], index: number): number {
  return found[index]?.bytes ?? 0;
}

function alongHull(asked: Asked[], allowance: Allowance): number[] {
  const chosen = asked.map(() => 0);
  const best = asked.map(({ candidates }) => candidates[0] as Candidate);
  const losses = lossesOf(asked, best, allowance.views.length);
  const open = new Set(asked.keys());
  while (open.size > 0) {
    const step = bestStep(asked, chosen, open, losses, allowance);
    if (step === undefined) break;
    const added = stepLoss(asked[step] as Asked, chosen[step] as number);
    const after = losses.map((loss, view) => loss + (added[view] as number));
    if (pressure(after, allowance) > 1) {
      open.delete(step);
      continue;
    }
    chosen[step] = (chosen[step] as number) + 1;
    losses.splice(0, losses.length, ...after);
  }
  return chosen;
}

/** The largest part of any allowance that is used up: 1 is all of it. */
export function pressure(losses: number[], { views, shares, mean }: Allowance): number {
  const average = losses.reduce((total, loss, view) => total + loss * (shares[view] ?? 0), 0);
  return Math.max(average / mean, ...losses.map((loss, view) => loss / (views[view] ?? 1)));
}

/** What every view loses by these candidates, one for each texture. */
export function lossesOf(asked: Asked[], chosen: Candidate[], views: number): number[] {
  return Array.from({ length: views }, (_, view) =>
    asked.reduce((total, one, index) => total + (one.weights[view] ?? 0) * (chosen[index]?.error ?? 0), 0),
  );
}

function bestStep(
  asked: Asked[],
  chosen: number[],
  open: Set<number>,
  losses: number[],
  allowance: Allowance,
): number | undefined {
  let [best, most] = [undefined as number | undefined, 0];
  const before = tightness(losses, allowance);
  for (const index of open) {
    const one = asked[index] as Asked;
    const at = chosen[index] as number;
    const [now, next] = [one.candidates[at], one.candidates[at + 1]];
    if (!now || !next) {
      open.delete(index);
      continue;
    }
    const added = stepLoss(one, at);
    const after = tightness(
      losses.map((loss, view) => loss + (added[view] as number)),
      allowance,
    );
    const gain = (now.bytes - next.bytes) / Math.max(after - before, 1e-9);
    if (gain > most) [best, most] = [index, gain];
  }
  return best;
}

function stepLoss({ candidates, weights }: Asked, at: number): number[] {
  const more = (candidates[at + 1]?.error ?? 0) - (candidates[at]?.error ?? 0);
  return weights.map((weight) => weight * more);
}

/** How near all limits are together; squares, so that the view that has least left counts most. */
function tightness(losses: number[], { views, shares, mean }: Allowance): number {
  const average = losses.reduce((total, loss, view) => total + loss * (shares[view] ?? 0), 0) / mean;
  return average ** 2 + losses.reduce((total, loss, view) => total + (loss / (views[view] ?? 1)) ** 2, 0);
}
