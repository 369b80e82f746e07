import { lowerMedian } from '../../analysis/statistics/estimate.js';
import { columnOf } from '../../core/vectors.js';
import { short } from './surprise.js';

/** Rows of a stretch, at least, where a window has so many. */
const SHORTEST = 4;
/** Stretches of a window. */
const STRETCHES = 4;
/** A mean squared step is taken to be rounding below so much of the usual one. */
const ROUNDING = 1e-6;
const LEAST = 1e-12;

/** What is usual of the steps of a series: see {@link Patterns}. */
export interface UsualSteps {
  readonly floor: readonly number[];
  readonly median: readonly number[];
}

/** The stretches that a window is divided into: rows of each, and how many. Rows left over at its end belong to none. */
export function stretchesOf(window: number): { readonly rows: number; readonly count: number } {
  const rows = Math.min(window, Math.max(SHORTEST, Math.floor(window / STRETCHES)));
  return { rows, count: Math.floor(window / rows) };
}

/** The mean squared steps from row to row within each stretch of some windows: [n, stretches, features]. */
function stepsOf(windows: Float32Array, window: number, features: number): Float64Array {
  const { rows, count } = stretchesOf(window);
  const size = window * features;
  const steps = new Float64Array((windows.length / size) * count * features);
  for (let n = 0, to = 0; n < windows.length; n += size) {
    for (let stretch = 0; stretch < count; stretch++, to += features) {
      const from = n + stretch * rows * features;
      for (let i = features; i < rows * features; i++) {
        steps[to + (i % features)]! += (windows[from + i]! - windows[from + i - features]!) ** 2 / (rows - 1);
      }
    }
  }
  return steps;
}

/**
 * What is usual of the steps of training windows.
 *
 * @param windows [n, window, features] in scaled units, at least one
 */
export function usualSteps(windows: Float32Array, window: number, features: number): UsualSteps {
  const steps = stepsOf(windows, window, features);
  const columns = Array.from({ length: features }, (_, j) => columnOf(steps, features, j).sort());
  const floor = columns.map((own) => short(LEAST + (ROUNDING * own.reduce((a, b) => a + b, 0)) / own.length));
  const median = columns.map((own, j) => short(Math.log(lowerMedian(own) + floor[j]!)));
  return { floor, median };
}

/**
 * How far the roughness of each stretch of some windows lies from the usual one, either way: |log of the mean squared step − its
 * median| of each feature, [n, stretches, features]. A line that lies still is as odd as one that shakes.
 *
 * @param windows [n, window, features] in scaled units
 */
export function roughnessOf(
  windows: Float32Array,
  window: number,
  features: number,
  { floor, median }: UsualSteps,
): Float64Array {
  return stepsOf(windows, window, features).map((step, i) => {
    const j = i % features;
    return Math.abs(Math.log(step + floor[j]!) - median[j]!);
  });
}
