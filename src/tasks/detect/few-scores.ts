import { count, several } from '../../core/format.js';
import type { DetectionThreshold } from './detect.js';

/**
 * What is to be said of a threshold that lies among too few scores.
 *
 * @param isRobust whether it follows from the bulk of them
 * @returns undefined where they are enough
 */
export function fewScoresWarning(
  { among, needed, quantile }: Pick<DetectionThreshold, 'among' | 'needed' | 'quantile'>,
  isHeldOut: boolean,
  isRobust = false,
): string | undefined {
  if (among >= needed) return undefined;
  const scores = several(among, isHeldOut ? 'held-out example' : 'training example');
  if (isRobust) {
    return `the threshold follows from the scores of ${scores}, where it takes at least ${count(needed)}: what lies above it may be like any other; bring more rows`;
  }
  // a threshold among one or two examples means nothing, whatever the quantile
  const mend = among > 2 ? `, or use \`quantile: ${Math.floor(100 * (1 - 1 / among)) / 100}\`` : '';
  return `the threshold is the highest score of ${scores}: a quantile of ${quantile} takes at least ${count(needed)}; bring more rows${mend}`;
}
