import { badInput } from '../core/errors.js';
import { type ClockFaults, clockFaults, clockNotes, piecesBetween } from './clock.js';
import { type Dataset, emptyValues, exampleSize, type Labels, type SeriesCut } from './dataset.js';
import { rowsOf, startOf } from './series.js';

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

/** The rows that windows start at, of a series in pieces that none of them reaches across; undefined where all is one. */
function startsIn({ name, length }: Dataset, faults: ClockFaults, window: number, stride: number) {
  if (faults.breaks.length === 0) return undefined;
  const pieces = piecesBetween(faults.breaks, length);
  const starts = pieces.flatMap(([from, to]) =>
    Array.from({ length: Math.max(0, Math.floor((to - from - window) / stride) + 1) }, (_, i) => from + i * stride),
  );
  if (starts.length > 0) return Int32Array.from(starts);
  const longest = Math.max(...pieces.map(([from, to]) => to - from));
  throw badInput(
    'window',
    `expected at most ${longest} rows, the longest piece of ${name} between two places where the clock goes back, got ${window}`,
    'sort the rows by time, or take a shorter window',
  );
}

/** The class that all rows of a window have; unknown where they differ. */
function windowLabels({ names, values }: Labels, count: number, cut: SeriesCut): Labels {
  return {
    names,
    values: Int32Array.from({ length: count }, (_, i) => {
      const rows = values.subarray(...rowsOf(cut, i, i + 1));
      const [first = -1] = rows;
      return rows.every((value) => value === first) ? first : -1;
    }),
  };
}

/**
 * Cuts a series, a table with one row for each time step, into windows of shape [window, features]. What is left at the end
 * and fills no window is left out. Nothing is copied but overlapping windows, when a block of them is read; training does not
 * read them, it cuts them from the rows where it needs them ({@link seriesOf}), so that they cost the memory of the series.
 *
 * Where the times go back, the series is split: no window reaches across, and the notes say so, as they do of repeated times and
 * of gaps, which windows reach across because they are so many rows.
 *
 * @throws GargaloError `bad-input` naming `window` or `stride`: no whole number from 1 on, a window longer than the
 *   series or than each of its pieces, examples that are no rows
 */
export function windowsOf(dataset: Dataset, { window, stride = 1 }: WindowOptions): Dataset {
  checkWindows(dataset, window, stride);
  const features = exampleSize(dataset);
  // What is known of single rows says nothing of a window.
  const { labels, times, notes = [], cells: _cells, names: _names, ...rest } = dataset;
  const faults = times && clockFaults(times.values);
  const starts = faults && startsIn(dataset, faults, window, stride);
  const cut: SeriesCut = { window, stride, ...(starts && { starts }) };
  const count = starts?.length ?? Math.floor((dataset.length - window) / stride) + 1;
  const block: Dataset['block'] = async (start, end) => {
    if (end <= start) return dataset.block(0, 0);
    const [first, last] = rowsOf(cut, start, end);
    const rows = await dataset.block(first, last);
    if (stride === window && !starts) return rows;
    const size = window * features;
    const values = emptyValues(dataset.type, (end - start) * size);
    for (let i = 0; i < end - start; i++) {
      const from = (startOf(cut, start + i) - first) * features;
      values.set(rows.subarray(from, from + size), i * size);
    }
    return values;
  };
  const said = [...notes, ...(faults ? clockNotes(faults, times) : [])];
  return {
    ...rest,
    length: count,
    shape: [window, features],
    sequence: true,
    overlap: Math.ceil(window / stride) - 1,
    ...(said.length > 0 && { notes: said }),
    ...(labels && { labels: windowLabels(labels, count, cut) }),
    ...(times && {
      times: {
        ...times,
        values: Float64Array.from({ length: count }, (_, i) => times.values[startOf(cut, i)] ?? Number.NaN),
      },
    }),
    ...((stride < window || starts) && { series: { rows: dataset, ...cut, block } }),
    block,
  };
}
