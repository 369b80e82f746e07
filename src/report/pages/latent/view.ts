import type { Extent } from '../../kit/bounds.js';

/** Width over height of a map. */
const PROPORTION = 5 / 4;

/** What a map shows at first: all of an extent with a margin, a unit as long on both axes unless one would be too thin to see. */
export function viewOf({ left, right, bottom, top }: Extent): Extent {
  const [width, height] = [(right - left || 1) * 1.06, (top - bottom || 1) * 1.06];
  const [x, y] = [(left + right) / 2, (bottom + top) / 2];
  const ratio = width / height;
  const equal = ratio < 4 && ratio > 1 / 4;
  const wide = equal ? Math.max(width, height * PROPORTION) : width;
  const high = equal ? Math.max(height, width / PROPORTION) : height;
  return { left: x - wide / 2, right: x + wide / 2, bottom: y - high / 2, top: y + high / 2 };
}
