import type { Estimate } from '../statistics/estimate.js';
import type { LatentFigures } from './figures.js';
import type { Metric } from './metrics.js';

/** How a figure stands beside another; `apart` where neither end of it is the better one. */
export type Standing = 'better' | 'same' | 'worse' | 'apart';

/** Whether two intervals have a value in common: then the figures may well be the same. */
export function meet(a: Estimate, b: Estimate): boolean {
  return a.interval[0] <= b.interval[1] && b.interval[0] <= a.interval[1];
}

/** Which of two figures is better, where their intervals do not meet. */
export function standing(ours: Estimate, theirs: Estimate, better: 'low' | 'high'): Exclude<Standing, 'apart'> {
  if (meet(ours, theirs) || Number.isNaN(ours.value) || Number.isNaN(theirs.value)) return 'same';
  return ours.value < theirs.value === (better === 'low') ? 'better' : 'worse';
}

/** How a figure of a space stands beside that of another; `same` where one of them has none. */
export function beside({ better, of }: Metric, ours: LatentFigures, theirs: LatentFigures): Standing {
  const [a, b] = [of(ours), of(theirs)];
  if (!a || !b) return 'same';
  if (better) return standing(a, b, better);
  return meet(a, b) ? 'same' : 'apart';
}

/** The best of several spaces by one figure. */
export interface Leader<Space> {
  readonly best: Space;
  readonly value: number;
  /** Others whose intervals meet its. */
  readonly tied: readonly Space[];
}

/** The best of several spaces, where a figure has a better end; of one space there is no best. */
export function leaderOf<Space extends { readonly figures: LatentFigures }>(
  { better, of }: Metric,
  spaces: readonly Space[],
): Leader<Space> | undefined {
  const known = spaces.flatMap((space) => {
    const estimate = of(space.figures);
    return estimate && Number.isFinite(estimate.value) ? [{ space, estimate }] : [];
  });
  const [first, second] = known;
  if (!better || !first || !second) return undefined;
  const sign = better === 'low' ? 1 : -1;
  const best = known.reduce((a, b) => (sign * (b.estimate.value - a.estimate.value) < 0 ? b : a), first);
  const tied = known.filter((other) => other !== best && meet(other.estimate, best.estimate));
  return { best: best.space, value: best.estimate.value, tied: tied.map(({ space }) => space) };
}
