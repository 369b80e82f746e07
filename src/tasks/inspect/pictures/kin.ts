import { nearestNeighbours } from '../../../analysis/statistics/neighbours.js';
import type { Runtime } from '../../../runtime/runtime.js';
import type { Kin } from '../inspection.js';

/** Neighbours shown of each example. */
const NEAREST = 8;

/** An example of each class in turn, then the first ones that are left. */
export function specimensOf(examples: number, classes: ArrayLike<number> | undefined, count: number): number[] {
  const all = Array.from({ length: examples }, (_, i) => i);
  const seen = new Set<number>();
  const firsts = classes
    ? all.filter((i) => {
        const label = classes[i]!;
        const isNew = label >= 0 && !seen.has(label);
        if (isNew) seen.add(label);
        return isNew;
      })
    : [];
  const chosen = firsts.sort((a, b) => classes![a]! - classes![b]!).slice(0, count);
  return [...chosen, ...all.filter((i) => !chosen.includes(i)).slice(0, count - chosen.length)];
}

/**
 * The nearest others of some examples, by code and by value.
 *
 * @param codes [n, width]
 * @param examples [n, size] scaled
 */
export async function kinOf(
  specimens: readonly number[],
  { codes, width, examples, size }: { codes: Float32Array; width: number; examples: Float32Array; size: number },
  runtime: Runtime,
): Promise<Kin[]> {
  const k = Math.min(NEAREST, codes.length / width - 1);
  if (k < 1) return [];
  const nearest = async (points: Float32Array, dimension: number) => {
    const queries = new Float32Array(specimens.length * dimension);
    for (const [i, at] of specimens.entries()) {
      queries.set(points.subarray(at * dimension, (at + 1) * dimension), i * dimension);
    }
    // The example itself is among the points: one more is asked for, and it is left out.
    const { indices } = await nearestNeighbours(runtime, points, dimension, k + 1, { queries });
    return specimens.map((self, i) =>
      [...indices.subarray(i * (k + 1), (i + 1) * (k + 1))].filter((other) => other !== self).slice(0, k),
    );
  };
  const [byCode, byValue] = [await nearest(codes, width), await nearest(examples, size)];
  return specimens.map((example, i) => ({ example, byCode: byCode[i]!, byValue: byValue[i]! }));
}
