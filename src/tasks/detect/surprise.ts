import { type PartDistribution, partLevels } from '../../models/calibration.js';

/** A value's part of the values that is taken to be their rounding. */
const ROUNDING = 1e-6;
const LEAST = 1e-12;

/** As many digits as a 32-bit number has. */
const short = (value: number): number => Number(value.toPrecision(8));

function median(sorted: Float64Array): number {
  return sorted[(sorted.length - 1) >> 1]!;
}

/**
 * How values of training rows are distributed, in logarithms.
 *
 * @param values none negative, at least one; sorted in place
 */
export function partDistribution(values: Float64Array): PartDistribution {
  values.sort();
  const floor = short(LEAST + ROUNDING * median(values));
  const logs = values.map((value) => Math.log(value + floor));
  const last = logs.length - 1;
  const quantiles = partLevels.map((level) => {
    const at = level * last;
    const below = logs[Math.floor(at)]!;
    return short(below + (at - Math.floor(at)) * (logs[Math.ceil(at)]! - below));
  });
  const limit = quantiles.at(-1)!;
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
  const last = quantiles.length - 1;
  if (log >= quantiles[last]!) return -Math.log(1 - partLevels[last]!) + (log - quantiles[last]!) / excess;
  if (log <= quantiles[0]!) return 0;
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (quantiles[middle]! <= log) low = middle;
    else high = middle;
  }
  const between = (log - quantiles[low]!) / (quantiles[high]! - quantiles[low]!);
  return -Math.log(1 - (partLevels[low]! + between * (partLevels[high]! - partLevels[low]!)));
}
