import { rangeOf } from '../../analysis/statistics/rows.js';
import { columnOf } from '../../core/vectors.js';
import { standardised, standardOf } from './coordinates.js';

/** Columns of so many distinct values at most are counted value by value. */
const FEW_VALUES = 20;
const FEWEST_BINS = 5;
/** What is added to every count, so that what was never seen is rare but not impossible (Krichevsky & Trofimov 1981). */
const UNSEEN = 0.5;
/** What a row adds to its own bin and to either neighbour of that. */
const [CENTRE, BESIDE] = [0.5, 0.25];

/**
 * How rare a value of a column is: the logarithm of how many times as often the most frequent value occurs.
 *
 * @param own whether it is that of a row that was counted: then that row is left out
 */
type Rarity = (value: number, own: boolean) => number;

const rarity = (most: number, count: number): number =>
  Math.max(0, Math.log((most + UNSEEN) / (Math.max(0, count) + UNSEEN)));

/** How often each value occurs; undefined where they are too many. */
function countsOf(values: Float64Array): Map<number, number> | undefined {
  const counts = new Map<number, number>();
  for (const value of values) {
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size > FEW_VALUES) return undefined;
  }
  return counts;
}

/** A column that is counted in bins: as many as 2 ∛n (the Rice rule), equally wide in the inverse hyperbolic sine. */
function binned(values: Float64Array): Rarity {
  const standard = standardOf(values);
  const bend = (value: number) => Math.asinh(standardised(value, standard));
  const bins = Math.max(FEWEST_BINS, Math.round(2 * Math.cbrt(values.length)));
  const bent = values.map(bend).sort();
  const [low, high] = rangeOf(bent);
  const width = (high - low) / bins || 1;
  /** Bin 0 is the one below the lowest value, the last one that above the highest. */
  const binOf = (at: number) => (at === high ? bins : Math.floor((at - low) / width) + 1);
  const counts = new Float64Array(bins + 2);
  for (const at of bent) {
    const bin = binOf(at);
    counts[bin]! += CENTRE;
    counts[bin - 1]! += BESIDE;
    counts[bin + 1]! += BESIDE;
  }
  const most = counts.reduce((a, b) => Math.max(a, b));
  return (value, own) => rarity(most, (counts[binOf(bend(value))] ?? 0) - (own ? CENTRE : 0));
}

function rarityOf(values: Float64Array): Rarity {
  const counts = countsOf(values);
  if (!counts) return binned(values);
  const most = Math.max(...counts.values());
  return (value, own) => rarity(most, (counts.get(value) ?? 0) - (own ? 1 : 0));
}

/** How often the values of reference rows occur in each column. */
export interface Marginal {
  /**
   * @param rows [n, size]
   * @param own whether they are the reference rows themselves: then each is compared with the others; default false
   * @returns [n, size] how rare each value is in its column, none negative: 0 for the most frequent ones
   */
  terms(rows: Float32Array, own?: boolean): Float64Array;
}

/**
 * Counts the values of rows, each column by itself: a histogram for each (Goldstein & Dengel 2012, histogram-based outlier
 * score). Columns of few distinct values are counted value by value, others in bins that are smoothed over their neighbours.
 *
 * @param rows [n, size] of at least one row
 */
export function fitMarginal(rows: Float32Array, size: number): Marginal {
  const columns = Array.from({ length: size }, (_, j) => rarityOf(columnOf(rows, size, j)));
  return {
    terms(values, own = false) {
      const into = new Float64Array(values.length);
      for (const [j, rare] of columns.entries()) {
        for (let at = j; at < values.length; at += size) into[at] = rare(values[at]!, own);
      }
      return into;
    },
  };
}
