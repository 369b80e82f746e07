/** Time steps that no window yet to come covers. */
export interface FinishedRows {
  /** Position of the first one, and of the one after the last. */
  readonly start: number;
  readonly end: number;
  /** For each quantity that is averaged: [rows, features], the mean over the windows that cover the row. */
  readonly means: readonly Float64Array[];
}

/** Averages what overlapping windows of a series say of each time step. */
export interface RowMeans {
  /**
   * @param start the window's first row; windows come in order
   * @param values a window each, [window, features] from `at` on
   * @param rows of the window that are the series' own, where it was filled up; default all
   */
  add(start: number, values: readonly (Float64Array | Float32Array)[], at?: readonly number[], rows?: number): void;
  /** The rows before `end` that were not taken yet; all that there are by default. */
  take(end?: number): FinishedRows;
}

/** Starts at row 0 with windows of that many rows. */
export function rowMeans(window: number, features: number, quantities: number): RowMeans {
  let first = 0;
  let last = 0;
  let capacity = Math.max(256, 2 * window);
  let counts = new Float64Array(capacity);
  let sums = Array.from({ length: quantities }, () => new Float64Array(capacity * features));

  /** Room for a window, with what was taken moved out. */
  function makeRoom(rows: number): void {
    if (rows <= capacity) return;
    capacity = Math.max(rows, 2 * capacity);
    const grown = <T extends Float64Array>(old: T, length: number) => {
      const larger = new Float64Array(length);
      larger.set(old);
      return larger;
    };
    counts = grown(counts, capacity);
    sums = sums.map((sum) => grown(sum, capacity * features));
  }

  return {
    add(start, values, at = [], covered = window) {
      makeRoom(start + window - first);
      const row = start - first;
      const size = covered * features;
      for (let t = 0; t < covered; t++) counts[row + t]!++;
      for (const [q, sum] of sums.entries()) {
        const [from, to] = [at[q] ?? 0, row * features];
        const own = values[q]!;
        for (let i = 0; i < size; i++) sum[to + i]! += own[from + i]!;
      }
      last = Math.max(last, start + covered);
    },
    take(end = last) {
      const rows = Math.max(0, Math.min(end, last) - first);
      const means = sums.map((sum) => {
        const mean = sum.slice(0, rows * features);
        for (let i = 0; i < mean.length; i++) mean[i]! /= counts[Math.floor(i / features)]!;
        sum.copyWithin(0, rows * features, (last - first) * features);
        sum.fill(0, (last - first - rows) * features);
        return mean;
      });
      counts.copyWithin(0, rows, last - first);
      counts.fill(0, last - first - rows);
      first += rows;
      return { start: first - rows, end: first, means };
    },
  };
}
