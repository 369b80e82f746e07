import { badInput } from '../errors.js';
import { type Dataset, exampleSize, type Labels } from './dataset.js';
import { rememberSeries } from './series.js';

/** How windows are cut from a series; both in rows. */
export interface WindowOptions {
  /** Time steps of a window. */
  readonly window: number;
  /** From the start of a window to that of the next; default 1. */
  readonly stride?: number | undefined;
}

function checkWindows({ name, shape, length }: Dataset, window: number, stride: number): void {
  if (!(Number.isSafeInteger(window) && window > 0)) {
    throw badInput('window', `expected a whole number of rows, at least 1, got ${window}`);
  }
  if (!(Number.isSafeInteger(stride) && stride > 0)) {
    throw badInput('stride', `expected a whole number of rows, at least 1, got ${stride}`);
  }
  if (shape.length !== 1) {
    throw badInput(
      'window',
      `expected a table with a row for each time step, got examples of shape [${shape.join(', ')}] from ${name}`,
      'leave it out',
    );
  }
  if (window > length) {
    throw badInput('window', `expected at most the ${length} rows of ${name}, got ${window}`, 'take a shorter window');
  }
}

/** Refuses a series that goes back in time. */
function checkOrder({ name, times }: Dataset): void {
  const row = times?.values.findIndex((time, i, all) => i > 0 && time < all[i - 1]!) ?? -1;
  if (!times || row < 0) return;
  const said = (time: number) => (times.unit === 'date' ? new Date(time).toISOString() : String(time));
  throw badInput(
    `${name}, row ${row + 1}, column "${times.column}"`,
    `expected a time not before that of the row before, ${said(times.values[row - 1]!)}, got ${said(times.values[row]!)}`,
    'sort the rows by time',
  );
}

/** The class that all rows of a window have; unknown where they differ. */
function windowLabels({ names, values }: Labels, count: number, window: number, stride: number): Labels {
  return {
    names,
    values: Int32Array.from({ length: count }, (_, i) => {
      const rows = values.subarray(i * stride, i * stride + window);
      return rows.every((value) => value === rows[0]) ? (rows[0] as number) : -1;
    }),
  };
}

/**
 * Cuts a series, a table with one row for each time step, into windows of shape [window, features]. What is left at the end
 * and fills no window is left out. Nothing is copied but overlapping windows, when a block of them is read; training does not
 * read them, it cuts them from the rows where it needs them ({@link seriesOf}), so that they cost the memory of the series.
 *
 * @throws GargaloError `bad-input` naming `window` or `stride`: no whole number from 1 on, a window longer than the
 *   series, examples that are no rows; naming the row where times decrease
 */
export function windowsOf(dataset: Dataset, { window, stride = 1 }: WindowOptions): Dataset {
  checkWindows(dataset, window, stride);
  checkOrder(dataset);
  const features = exampleSize(dataset);
  const count = Math.floor((dataset.length - window) / stride) + 1;
  const { labels, times } = dataset;
  const block = async (start: number, end: number): Promise<Uint8Array | Float32Array> => {
    if (end <= start) return dataset.block(0, 0);
    const rows = await dataset.block(start * stride, (end - 1) * stride + window);
    if (stride === window) return rows;
    const size = window * features;
    const values =
      rows instanceof Uint8Array ? new Uint8Array((end - start) * size) : new Float32Array((end - start) * size);
    for (let i = 0; i < end - start; i++) {
      const from = i * stride * features;
      values.set(rows.subarray(from, from + size), i * size);
    }
    return values;
  };
  if (stride < window) rememberSeries(block, { rows: dataset, window, stride });
  return {
    ...dataset,
    length: count,
    shape: [window, features],
    sequence: true,
    overlap: Math.ceil(window / stride) - 1,
    ...(labels && { labels: windowLabels(labels, count, window, stride) }),
    ...(times && {
      times: { ...times, values: Float64Array.from({ length: count }, (_, i) => times.values[i * stride]!) },
    }),
    block,
  };
}
