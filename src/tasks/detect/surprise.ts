import { lowerMedian, sortedQuantile } from '../../analysis/statistics/estimate.js';
import { type PartDistribution, partLevels } from '../../models/calibration.js';

/** A value's part of the values that is taken to be their rounding. */
const ROUNDING = 1e-6;
const LEAST = 1e-12;

/** A number with as many digits as a 32-bit one has: more would only make the model file longer. */
export const short = (value: number): number => Number(value.toPrecision(8));

/**
 * How values of training rows are distributed, in logarithms.
 *
 * @param values none negative, at least one; sorted in place
 */
export function partDistribution(values: Float64Array): PartDistribution {
  values.sort();
  const floor = short(LEAST + ROUNDING * lowerMedian(values));
  const logs = values.map((value) => Math.log(value + floor));
  const quantiles = partLevels.map((level) => short(sortedQuantile(logs, level)));
  const limit = quantiles.at(-1) ?? Number.NaN;
  const above = logs.filter((value) => value > limit);
  const mean = logs.reduce((sum, value) => sum + value / logs.length, 0);
  const deviation = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2 / logs.length, 0));
  const excess = above.length === 0 ? 1 : above.reduce((sum, value) => sum + (value - limit) / above.length, 0);
  return { floor, quantiles, excess: short(Math.max(excess, 1e-3 * deviation, 1e-6)) };
}

/**
 * The surprise of a value, −log of the share of training rows that reach it, in nats: 0 for the least of them, never
 * falling as the value grows. Among the highest tenth, and beyond what was ever seen, the logarithm of the value
 * is taken to have an exponential tail (the value itself a Pareto tail), whose mean excess is its scale (Hill 1975).
 */
export function surprise({ floor, quantiles, excess }: PartDistribution, value: number): number {
  const log = Math.log(value + floor);
  /** A level, and the value there. */
  const at = (i: number): readonly [level: number, value: number] => [partLevels[i]!, quantiles[i]!];
  const last = quantiles.length - 1;
  const [highest, limit] = at(last);
  if (log >= limit) return -Math.log(1 - highest) + (log - limit) / excess;
  if (log <= at(0)[1]) return 0;
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (quantiles[middle]! <= log) low = middle;
    else high = middle;
  }
  const [[level, below], [next, above]] = [at(low), at(high)];
  return -Math.log(1 - (level + ((log - below) / (above - below)) * (next - level)));
}
