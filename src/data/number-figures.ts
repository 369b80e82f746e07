import { createRandom } from '../core/random.js';
import { createSample } from './quantiles.js';
import { openRounding } from './rounding.js';

/** Different numbers that are counted. */
const DISTINCT = 1000;

/** What numbers look like. */
export interface NumberSummary {
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  /** Divides by the number of values. */
  readonly deviation: number;
  /** With the quartiles exact for up to as many values as are kept, else of a random sample of them. */
  readonly median: number;
  readonly firstQuartile: number;
  readonly thirdQuartile: number;
  /** Different values; where `distinctIsMinimum`, there are more. */
  readonly distinct: number;
  readonly distinctIsMinimum?: boolean;
  /** What is lost in 32-bit floats, where that matters. */
  readonly rounded?: string;
}

/** Takes numbers one by one, in constant memory. */
export interface NumberFigures {
  add(value: number): void;
  /** undefined where none came. */
  summary(): NumberSummary | undefined;
}

/**
 * @param name of the random stream that the sample is drawn by
 * @param size numbers kept for the quantiles
 */
export function numberFigures(name: string, size: number): NumberFigures {
  const sample = createSample(size, () => createRandom(0, `figures/${name}`));
  const distinct = new Set<number>();
  const rounding = openRounding();
  let [count, mean, squares] = [0, 0, 0];
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  return {
    add(value) {
      count++;
      // Welford 1962
      const before = value - mean;
      mean += before / count;
      squares += before * (value - mean);
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
      if (distinct.size <= DISTINCT) distinct.add(value);
      sample.add(value);
      rounding.add(value);
    },
    summary() {
      if (count === 0) return undefined;
      const rounded = rounding.words();
      const isMore = distinct.size > DISTINCT;
      return {
        minimum,
        maximum,
        mean,
        deviation: Math.sqrt(squares / count),
        median: sample.quantile(0.5),
        firstQuartile: sample.quantile(0.25),
        thirdQuartile: sample.quantile(0.75),
        distinct: isMore ? DISTINCT : distinct.size,
        ...(isMore && { distinctIsMinimum: true }),
        ...(rounded !== undefined && { rounded }),
      };
    },
  };
}

/** When things were. */
export interface TimeSummary {
  readonly first: number;
  readonly last: number;
  /** From one to the next in the order of the file: the median, the smallest and the largest. */
  readonly step?: { readonly median: number; readonly minimum: number; readonly maximum: number };
  /** Whether none is before the one before, and how many are. */
  readonly ordered: boolean;
  readonly backward: number;
  /** The first of those, a row from 1; where there is one. */
  readonly firstBackward?: number;
  /** How many are the same as the one before, and the first of them. */
  readonly repeated: number;
  readonly firstRepeated?: number;
}

/** Takes times one by one, each with its row, from 0. */
export function timeFigures(name: string): {
  add(time: number, row: number): void;
  summary(): TimeSummary | undefined;
} {
  const steps = numberFigures(`${name}/step`, 2 ** 16);
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let before: number | undefined;
  const [backward, repeated] = [
    { count: 0, first: -1 },
    { count: 0, first: -1 },
  ];
  return {
    add(time, row) {
      if (before !== undefined) steps.add(time - before);
      const fault = before === undefined || time > before ? undefined : time < before ? backward : repeated;
      if (fault && fault.count++ === 0) fault.first = row + 1;
      before = time;
      if (time < first) first = time;
      if (time > last) last = time;
    },
    summary() {
      if (before === undefined) return undefined;
      const step = steps.summary();
      return {
        first,
        last,
        ordered: backward.count === 0,
        backward: backward.count,
        ...(backward.count > 0 && { firstBackward: backward.first }),
        repeated: repeated.count,
        ...(repeated.count > 0 && { firstRepeated: repeated.first }),
        ...(step && { step: { median: step.median, minimum: step.minimum, maximum: step.maximum } }),
      };
    },
  };
}

/** Words that are counted. */
const WORDS = 10_000;

/** How often words come. */
export interface WordSummary {
  /** Different words; where `distinctIsMinimum`, there are more. */
  readonly distinct: number;
  readonly distinctIsMinimum?: boolean;
  /** The most frequent of them with their numbers, largest first. */
  readonly top: readonly (readonly [word: string, count: number])[];
}

/** Counts words, as many different ones as memory is for; those that come later are left out. */
export function wordFigures(): { add(word: string): void; summary(top?: number): WordSummary } {
  const counts = new Map<string, number>();
  let isMore = false;
  return {
    add(word) {
      const count = counts.get(word);
      if (count !== undefined) counts.set(word, count + 1);
      else if (counts.size < WORDS) counts.set(word, 1);
      else isMore = true;
    },
    summary: (top = 5) => ({
      distinct: counts.size,
      ...(isMore && { distinctIsMinimum: true }),
      top: [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, top),
    }),
  };
}
