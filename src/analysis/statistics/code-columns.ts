/** Numbers counted in bins of equal width. */
export interface Histogram {
  /** The ends of the first and the last bin; what lies beyond is counted in those. */
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

/** Codes of some test examples. */
export interface Codes {
  readonly width: number;
  /** [n, width] */
  readonly values: Float32Array;
}

type Rows = { readonly width: number; readonly values: ArrayLike<number> };

/** Mean, variance, lowest and highest value of a column. */
interface Column {
  readonly mean: number;
  readonly variance: number;
  readonly lowest: number;
  readonly highest: number;
}

/** Each code value over the examples. */
export function columnsOf({ values, width }: Rows): Column[] {
  const rows = values.length / width;
  return Array.from({ length: width }, (_, column) => {
    let [sum, squares, lowest, highest] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = column; at < values.length; at += width) {
      const value = values[at] ?? Number.NaN;
      sum += value;
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
    }
    const mean = sum / rows;
    for (let at = column; at < values.length; at += width) squares += ((values[at] ?? Number.NaN) - mean) ** 2;
    return { mean, variance: squares / rows, lowest, highest };
  });
}

/** Counts numbers in bins. */
export function histogramOf(values: Iterable<number>, low: number, high: number, bins: number): Histogram {
  const counts = new Array<number>(bins).fill(0);
  const scale = bins / (high - low || 1);
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((value - low) * scale)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { low, high, counts };
}

/** The mean of something over the examples, for each code value. */
export function columnMeans({ values, width }: Rows, of: (value: number, at: number) => number): number[] {
  return Array.from({ length: width }, (_, column) => {
    let sum = 0;
    for (let at = column; at < values.length; at += width) sum += of(values[at] ?? Number.NaN, at);
    return (sum * width) / values.length;
  });
}
