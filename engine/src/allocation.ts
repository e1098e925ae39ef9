/** Which way to store each texture: the fewest bytes for which every view still looks alike. */
import type { Candidate } from "./candidates.ts";

/** What one texture may become, and what each unit of its error takes from every view's likeness (1 − SSIM). */
export interface Asked {
  candidates: Candidate[];
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
 * every view and the mean stay within what is allowed. Candidates lie on a convex hull, so that this comes within one
 * step of the best. Gives the index of each texture's candidate.
 */
export function allocate(asked: Asked[], allowance: Allowance): number[] {
  const chosen = asked.map(() => 0);
  const losses = allowance.views.map((_, view) =>
    asked.reduce((total, one) => total + (one.weights[view] ?? 0) * (one.candidates[0]?.error ?? 0), 0),
  );
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

export function lossesOf(asked: Asked[], chosen: number[], views: number): number[] {
  return Array.from({ length: views }, (_, view) =>
    asked.reduce(
      (total, one, index) =>
        total + (one.weights[view] ?? 0) * (one.candidates[chosen[index] ?? 0]?.error ?? 0),
      0,
    ),
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
