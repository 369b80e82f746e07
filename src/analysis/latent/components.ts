import { itemAt } from '../../core/collections.js';
import { createRandom, permutation } from '../../core/random.js';
import { positionsOf, rowAt, sumOf } from '../../core/vectors.js';
import type { Runtime } from '../../runtime/runtime.js';
import { percentileInterval, quantileOf } from '../statistics/estimate.js';
import { distanceBlocks, smallest } from '../statistics/neighbours.js';
import { centreOf, countCodes, rowsAt, samplePositions } from '../statistics/rows.js';
import type { DiscretenessFigures } from './figures.js';
import { intrinsicDimension } from './intrinsic-dimension.js';

export interface ComponentOptions {
  readonly runtime: Runtime;
  readonly seed?: number;
  /** Codes looked at, at most; drawn at random where there are more. Default 4000. */
  readonly points?: number;
  /** The part of the codes that are dense enough to count. Default 0.5. */
  readonly level?: number;
  /** Halves of the codes that the interval comes from. Default 20. */
  readonly subsamples?: number;
}

/**
 * Standard deviations of the estimate of a density by k neighbours, which is 1/√k of it, that a valley has to be deep.
 */
const VALLEY = 2;
/** Codes nearer than that part of the spread are twins: single precision tells no more of them. */
const TWINS = 1e-3;
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

/** At which level codes are dense, and how they are linked. */
interface Level {
  readonly k: number;
  readonly part: number;
  /** Over how many times the radius of dense codes they are linked. */
  readonly widening: number;
  /** Square of the least distance that is not rounding. */
  readonly least: number;
}

/** How many dense codes there are in each component, the largest first. */
function componentSizes(squares: Float32Array, members: Int32Array, level: Level): number[] {
  const count = Math.sqrt(squares.length);
  if (members.length === 1) return [1];
  const k = Math.min(level.k, members.length - 1);
  const [found, values] = [new Int32Array(k), new Float64Array(k)];
  const radii = new Float64Array(count);
  const own = Float64Array.from(members, (code) => smallest(rowAt(squares, count, code), code, found, values, members));
  for (const [i, radius] of own.entries()) radii[itemAt(members, i)] = radius;
  const dense = Math.max(quantileOf(own, level.part), level.least);
  const link = dense * level.widening ** 2;
  // those not reached yet; each step of the walk goes through them once
  let left = members.filter((code) => itemAt(radii, code) <= link);
  const sizes: number[] = [];
  while (left.length > 0) {
    const queue = [...left.subarray(0, 1)];
    left = left.slice(1);
    for (const reached of queue) {
      if (left.length === 0) break;
      const row = rowAt(squares, count, reached);
      let others = 0;
      for (let i = 0; i < left.length; i++) {
        const code = left[i] ?? -1;
        if ((row[code] ?? Number.NaN) <= link) queue.push(code);
        else left[others++] = code;
      }
      left = left.subarray(0, others);
    }
    const size = queue.filter((code) => itemAt(radii, code) <= dense).length;
    if (size > 0) sizes.push(size);
  }
  return sizes.sort((a, b) => b - a);
}

/**
 * Islands of codes: connected components at a density level, one level of a cluster tree. A code is dense where its
 * k-th nearest other lies within r, with r such that the wanted part of the codes is; codes are linked where they lie
 * within r of each other (Wishart 1969; Chaudhuri & Dasgupta 2010, "Rates of convergence for the cluster tree", whose k
 * grows with ln n as here: k = ⌈2 ln n⌉). An estimated density has valleys by chance: two components are one where they
 * are connected at a density that is lower by two of its standard deviations, by 2/√k of it (the pruning of Kpotufe &
 * von Luxburg 2011, "Pruning nearest neighbor cluster trees"), which widens r by the power 1/d of that, d being the
 * intrinsic dimension. Components with less than 1 % of the dense codes are noise.
 *
 * The interval is of the counts over random halves of the codes with half the k, so that r stays what it is; a half has
 * no code twice, as resamples of a bootstrap would.
 *
 * Valleys are told from noise by the codes that lie in them, so that islands have to lie apart: the means of two normal
 * heaps by 5 standard deviations in 2 dimensions, by 8 in 16.
 *
 * @param codes [n, width]
 * @throws GargaloError `bad-input` where there is no code, or a value is not finite
 */
export async function densityComponents(
  codes: Float32Array,
  width: number,
  { runtime, seed = 0, points = 4000, level = 0.5, subsamples = 20 }: ComponentOptions,
): Promise<DiscretenessFigures['components']> {
  const positions = samplePositions(countCodes(codes, width), points, seed, 'components/points');
  const sample = rowsAt(codes, width, positions);
  const count = positions.length;
  const squares = await allSquares(runtime, sample, width);
  const { value } = await intrinsicDimension(sample, width, { runtime, seed, points: 2000, resamples: 1 });
  const k = Math.ceil(2 * Math.log(count));
  // of very few codes, no valley is deep enough to tell
  const widening = Math.max(0.1, 1 - VALLEY / Math.sqrt(k)) ** (-1 / Math.max(1, value));
  const least = (TWINS * centreOf(sample, width).spread) ** 2;
  const partsOf = (members: Int32Array, near: number): number[] => {
    const sizes = componentSizes(squares, members, { k: near, part: level, widening, least });
    const total = sumOf(sizes);
    return sizes.map((size) => size / total).filter((part) => part >= LEAST_PART);
  };
  const parts = partsOf(positionsOf(count), k);
  const random = createRandom(seed, 'components/halves');
  const counts = Float64Array.from({ length: subsamples }, () => {
    const half = permutation(count, random)
      .slice(0, Math.ceil(count / 2))
      .sort();
    return partsOf(half, Math.ceil(k / 2)).length;
  });
  const [low, high] = percentileInterval(counts);
  return {
    count: parts.length,
    interval: [Math.min(parts.length, Math.floor(low)), Math.max(parts.length, Math.ceil(high))],
    level,
    parts,
  };
}
