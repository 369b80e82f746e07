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
  const offsets: number[] = [];
  let offset = 0;
  for (const { groups, count } of groupings) {
    offsets.push(offset);
    for (let i = 0; i < n; i++) members[i * sets + offset + groups[i]!] = 1;
    offset += count;
  }
  const sums = await distanceSums(runtime, points, width, members);
  return groupings.map(({ groups, count }, at) => {
    const sizes = new Int32Array(count);
    for (let i = 0; i < n; i++) sizes[groups[i]!]!++;
    return Float64Array.from({ length: n }, (_, i) => {
      const own = groups[i]!;
      if (sizes[own]! < 2) return 0;
      const start = i * sets + offsets[at]!;
      let nearest = Number.POSITIVE_INFINITY;
      for (let group = 0; group < count; group++) {
        if (group !== own && sizes[group]! > 0) nearest = Math.min(nearest, sums[start + group]! / sizes[group]!);
      }
      const within = sums[start + own]! / (sizes[own]! - 1);
      return nearest === Number.POSITIVE_INFINITY || nearest === within
        ? 0
        : (nearest - within) / Math.max(nearest, within);
    });
  });
}
