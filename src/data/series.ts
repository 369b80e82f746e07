import type { Dataset } from './dataset.js';

/** What overlapping windows are cut from. */
export interface Series {
  /** The time steps, an example each. */
  readonly rows: Dataset;
  /** Rows of a window, and from the start of one to that of the next. */
  readonly window: number;
  readonly stride: number;
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
 * The series that a data set's examples are overlapping windows of, where they are: example i holds the rows from i · stride
 * on. Who can cut windows where they are needed takes the rows, which are a window's length times smaller.
 */
export function seriesOf({ block }: Pick<Dataset, 'block'>): Series | undefined {
  return known.get(block);
}
