import { createRandom, permutation } from '../random.js';
import type { Runtime } from '../runtime/runtime.js';
import { centreOf, countCodes, rowsAt, samplePositions } from './code-rows.js';
import { quantileOf, sortedQuantile } from './estimate.js';
import type { DiscretenessFigures } from './figures.js';
import { distanceBlocks } from './neighbours.js';

export interface ComponentOptions {
  readonly runtime: Runtime;
  readonly seed?: number;
  /** Codes looked at, at most; drawn at random where there are more. Default 4000. */
  readonly points?: number;
  /** The part of the codes that are dense enough to count. Default 0.9. */
  readonly level?: number;
  /** Halves of the codes that the interval comes from. Default 20. */
  readonly subsamples?: number;
}

/** Codes are linked over α times the radius within which a code has its k neighbours (Chaudhuri & Dasgupta 2010: at least √2). */
const ALPHA = Math.SQRT2;
/** The part of the dense codes that makes a component count. */
const LEAST_PART = 0.01;

/** Squared distances between all codes, [n, n]. */
async function allSquares(runtime: Runtime, codes: Float32Array, width: number): Promise<Float32Array> {
  const count = codes.length / width;
  const squares = new Float32Array(count * count);
  for await (const block of distanceBlocks(runtime, codes, codes, width))
    squares.set(block.squares, block.start * count);
  return squares;
}

/** The k-th smallest value among those at `columns` of a row, without the one at `skip`. */
function kthSmallest(row: Float32Array, columns: Int32Array, skip: number, k: number, kept: Float64Array): number {
  kept.fill(Number.POSITIVE_INFINITY);
  let limit = Number.POSITIVE_INFINITY;
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i]!;
    const value = row[column]!;
    if (value >= limit || column === skip) continue;
    let at = k - 1;
    for (; at > 0 && kept[at - 1]! > value; at--) kept[at] = kept[at - 1]!;
    kept[at] = value;
    limit = kept[k - 1]!;
  }
  return limit;
}

/** Sizes of the components of those of the codes that are dense, largest first. */
function componentSizes(squares: Float32Array, members: Int32Array, k: number, level: number, least: number): number[] {
  const count = Math.sqrt(squares.length);
  const kept = new Float64Array(k);
  const rowOf = (code: number): Float32Array => squares.subarray(code * count, (code + 1) * count);
  const radii = Float64Array.from(members, (code) => kthSmallest(rowOf(code), members, code, k, kept));
  const radius = Math.max(quantileOf(radii, level), least);
  const link = ALPHA ** 2 * radius;
  // those not reached yet; each step of the walk goes through them once
  let left = members.filter((_, i) => radii[i]! <= radius);
  const sizes: number[] = [];
  while (left.length > 0) {
    const queue = [left[0]!];
    left = left.slice(1);
    for (let at = 0; at < queue.length && left.length > 0; at++) {
      const row = rowOf(queue[at]!);
      let kept = 0;
      for (let i = 0; i < left.length; i++) {
        const code = left[i]!;
        if (row[code]! <= link) queue.push(code);
        else left[kept++] = code;
      }
      left = left.subarray(0, kept);
    }
    sizes.push(queue.length);
  }
  return sizes.sort((a, b) => b - a);
}

/**
 * Islands of codes: connected components at a density level, by the cluster tree of Chaudhuri & Dasgupta 2010 ("Rates of
 * convergence for the cluster tree"). A code is dense where its k-th nearest other lies within r, with r such that the
 * wanted part of the codes is; dense codes nearer than √2 r are linked. k = ⌈2 ln n⌉, as their theorem has it grow.
 * Components with less than 1 % of the dense codes are noise. The interval is of the counts over halves of the codes with half the k, so that r
 * stays what it is; halves have no code twice, as resamples of a bootstrap would.
 *
 * @param codes [n, width]
 * @throws GargaloError `bad-input` where there is no code, or a value is not finite
 */
export async function densityComponents(
  codes: Float32Array,
  width: number,
  { runtime, seed = 0, points = 4000, level = 0.9, subsamples = 20 }: ComponentOptions,
): Promise<DiscretenessFigures['components']> {
  const positions = samplePositions(countCodes(codes, width), points, seed, 'components/points');
  const sample = rowsAt(codes, width, positions);
  const count = positions.length;
  const all = Int32Array.from(positions, (_, i) => i);
  const squares = await allSquares(runtime, sample, width);
  // the distances of twins are rounding
  const least = (1e-3 * centreOf(sample, width).spread) ** 2;
  const partsOf = (members: Int32Array, k: number): number[] => {
    const sizes = componentSizes(squares, members, Math.max(1, Math.min(k, members.length - 1)), level, least);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    return sizes.map((size) => size / total).filter((part) => part >= LEAST_PART);
  };
  const k = Math.ceil(2 * Math.log(count));
  const parts = partsOf(all, k);
  const random = createRandom(seed, 'components/halves');
  const counts = Float64Array.from({ length: subsamples }, () => {
    const half = permutation(count, random)
      .slice(0, Math.max(1, Math.ceil(count / 2)))
      .sort();
    return partsOf(half, Math.ceil(k / 2)).length;
  }).sort();
  return {
    count: parts.length,
    interval: [Math.floor(sortedQuantile(counts, 0.025)), Math.ceil(sortedQuantile(counts, 0.975))],
    level,
    parts,
  };
}
