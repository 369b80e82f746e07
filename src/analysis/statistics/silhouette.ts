import type { Runtime } from '../../runtime/runtime.js';
import { distanceSums } from './neighbours.js';

/** Which group each point is in. */
export interface Grouping {
  /** [n] 0 … count − 1 */
  readonly groups: ArrayLike<number>;
  readonly count: number;
}

/**
 * The silhouette of every point in each of several groupings (Rousseeuw 1987): (b − a) / max(a, b) with a the mean distance
 * to the others of its own group and b the least mean distance to another group; −1 … 1. It is 0 for a point that is alone
 * in its group, as there, and where there is only one group or all distances are 0.
 *
 * @param points [n, width]
 * @returns for each grouping [n]
 */
export async function silhouettes(
  runtime: Runtime,
  points: Float32Array,
  width: number,
  groupings: readonly Grouping[],
): Promise<Float64Array[]> {
  const n = points.length / width;
  const sets = groupings.reduce((sum, { count }) => sum + count, 0);
  const members = new Float32Array(n * sets);
  let offset = 0;
  const placed = groupings.map(({ groups, count }) => {
    const sizes = new Int32Array(count);
    const list = Array.from(groups);
    for (const [i, group] of list.entries()) {
      members[i * sets + offset + group] = 1;
      sizes[group]!++;
    }
    offset += count;
    return { list, sizes, start: offset - count };
  });
  const sums = await distanceSums(runtime, points, width, members);
  return placed.map(({ list, sizes, start }) =>
    Float64Array.from(list, (own, i) => {
      let nearest = Number.POSITIVE_INFINITY;
      let within = 0;
      for (const [group, size] of sizes.entries()) {
        const sum = sums[i * sets + start + group] ?? Number.NaN;
        if (group === own) within = sum / (size - 1);
        else if (size > 0) nearest = Math.min(nearest, sum / size);
      }
      if (sizes[own] === 1) return 0;
      return nearest === Number.POSITIVE_INFINITY || nearest === within
        ? 0
        : (nearest - within) / Math.max(nearest, within);
    }),
  );
}
