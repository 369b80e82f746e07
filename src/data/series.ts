import type { Dataset } from './dataset.js';

/** What overlapping windows are cut from. */
export interface Series {
  /** The time steps, an example each. */
  readonly rows: Dataset;
  /** Rows of a window, and from the start of one to that of the next. */
  readonly window: number;
  readonly stride: number;
  /** The row that each window starts at, where the clock goes back and no window reaches across; else i · stride. */
  readonly starts?: Int32Array;
}

/** The row that example i of a series starts at. */
export function startOf({ stride, starts }: Pick<Series, 'stride' | 'starts'>, i: number): number {
  return starts ? (starts[i] as number) : i * stride;
}

/** The rows that the examples start … end−1 are cut from: from the first, to the one after the last. */
export function rowsOf(
  series: Pick<Series, 'window' | 'stride' | 'starts'>,
  start: number,
  end: number,
): readonly [from: number, to: number] {
  return [startOf(series, start), startOf(series, end - 1) + series.window];
}

/** The series of the examples start … end−1, of which there is at least one. */
export function partOfSeries(series: Series, start: number, end: number, slice: (from: number, to: number) => Dataset) {
  const [from, to] = rowsOf(series, start, end);
  const starts = series.starts?.subarray(start, end).map((row) => row - from);
  return { ...series, rows: slice(from, to), ...(starts && { starts }) };
}

/**
 * By the function that reads the windows: a data set made of another one with `{ ...dataset, block }` gives other values, and
 * must not be taken for windows of the old rows.
 */
const known = new WeakMap<Dataset['block'], Series>();

/** Notes that what `block` reads are windows of a series. */
export function rememberSeries(block: Dataset['block'], series: Series): void {
  known.set(block, series);
}

/**
 * The series that a data set's examples are overlapping windows of, where they are: {@link startOf} says which rows an example
 * holds. Who can cut windows where they are needed takes the rows, which are a window's length times smaller.
 */
export function seriesOf({ block }: Pick<Dataset, 'block'>): Series | undefined {
  return known.get(block);
}
