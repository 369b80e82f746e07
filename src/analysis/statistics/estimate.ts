import { badInput } from '../../core/errors.js';
import { createRandom } from '../../core/random.js';
import { positionsOf } from '../../core/vectors.js';

/** A figure with the ends of its 95 % interval: how far it could have come out elsewhere by the choice of examples alone. */
export interface Estimate {
  readonly value: number;
  readonly interval: readonly [low: number, high: number];
}

export interface BootstrapOptions {
  readonly seed?: number;
  /** Names the stream of random numbers. */
  readonly stream?: string;
  /** Default 200. */
  readonly resamples?: number;
}

/** Positions of values, those of the least first. */
export const orderOf = (values: Float64Array): Int32Array =>
  positionsOf(values.length).sort((a, b) => (values[a] ?? Number.NaN) - (values[b] ?? Number.NaN));

/** The value below which a part of sorted values lies, between neighbours in proportion (type 7 of Hyndman & Fan 1996). */
export function sortedQuantile(sorted: ArrayLike<number>, part: number): number {
  const at = part * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below];
  const high = sorted[Math.min(below + 1, sorted.length - 1)];
  return low === undefined || high === undefined ? Number.NaN : low + (at - below) * (high - low);
}

/** The value below which a part of the values lies; NaN of none. */
export function quantileOf(values: ArrayLike<number>, part: number): number {
  return sortedQuantile(Float64Array.from(values).sort(), part);
}

/** The middle value; NaN of none. */
export const medianOf = (values: ArrayLike<number>): number => quantileOf(values, 0.5);

/** The middle one of sorted values, of two the lower; NaN of none. */
export const lowerMedian = (sorted: Float64Array): number => sorted[(sorted.length - 1) >> 1] ?? Number.NaN;

/**
 * A statistic with its percentile bootstrap interval (Efron 1979; Efron & Tibshirani 1993, section 13.3): the units are
 * drawn with replacement and the statistic is taken anew. What is resampled are the examples of a fixed model; how
 * much another training would differ is no part of it.
 *
 * @param units how many there are to draw from: points, or lines where the points of one depend on each other
 * @param statistic of the units at these positions, some of them more than once
 */
export function bootstrap(
  units: number,
  statistic: (chosen: Int32Array) => number,
  options: BootstrapOptions = {},
): Estimate {
  if (units < 1) throw badInput('estimate', 'expected at least one value, got none');
  const { seed = 0, stream = 'bootstrap', resamples = 200 } = options;
  const chosen = positionsOf(units);
  const value = statistic(chosen);
  const random = createRandom(seed, stream);
  const drawn = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < units; i++) chosen[i] = random.integer(units);
    drawn[r] = statistic(chosen);
  }
  return { value, interval: percentileInterval(drawn) };
}

/** The 95 % interval of what a bootstrap has drawn. */
export function percentileInterval(drawn: Float64Array): Estimate['interval'] {
  const sorted = drawn.toSorted();
  return [sortedQuantile(sorted, 0.025), sortedQuantile(sorted, 0.975)];
}

/** The values at some positions. */
export const valuesAt = (values: ArrayLike<number>, positions: Int32Array): Float64Array =>
  Float64Array.from(positions, (i) => values[i] ?? Number.NaN);

/** Into `counts`: how often each unit was drawn. */
export function countDrawn(counts: Int32Array, chosen: Int32Array): void {
  counts.fill(0);
  for (let i = 0; i < chosen.length; i++) counts[chosen[i] ?? -1]! += 1;
}

/** The mean of independent values with its interval. */
export function meanEstimate(values: ArrayLike<number>, options?: BootstrapOptions): Estimate {
  return bootstrap(
    values.length,
    (chosen) => {
      let sum = 0;
      for (let i = 0; i < chosen.length; i++) sum += values[chosen[i] ?? -1] ?? Number.NaN;
      return sum / chosen.length;
    },
    options,
  );
}

/** The median of independent values with its interval. */
export function medianEstimate(values: ArrayLike<number>, options?: BootstrapOptions): Estimate {
  return bootstrap(values.length, (chosen) => medianOf(valuesAt(values, chosen)), options);
}
