import { badInput } from '../core/errors.js';
import { several } from '../core/format.js';
import { beginnings } from './clock.js';
import {
  type Carried,
  type CarriedCells,
  type Dataset,
  emptyValues,
  exampleSize,
  type Labels,
  type SeriesCut,
} from './dataset.js';
import { inPieces, piecesIn, type SeriesPieces } from './pieces.js';
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

/** Windows of a piece of so many rows. */
const windowsIn = (rows: number, window: number, stride: number) =>
  Math.max(0, Math.floor((rows - window) / stride) + 1);

/** From that part of rows on, times that repeat are those of several series. */
export const MANY_REPEATED = 0.05;

/** Refuses rows of several series that nobody keeps apart. */
function refuseSeveral(rows: Dataset, { faults: { repeated }, groups }: SeriesPieces): void {
  if (groups || rows.roles?.gap === 'none' || !repeated || repeated.count <= Math.max(2, MANY_REPEATED * rows.length))
    return;
  throw badInput(
    rows.name,
    `expected the rows of one series, got ${several(repeated.count, 'row')} that repeat the time before, the first of them row ${repeated.first + 1}`,
    'name the column that tells several series apart with `group`; `gap: "none"` takes all for one',
  );
}

/** The rows that windows start at, of a series in pieces that none of them reaches across; undefined where all is one. */
function startsIn(rows: Dataset, { faults, groups }: SeriesPieces, window: number, stride: number) {
  if (!rows.begins) return undefined;
  const pieces = piecesIn(rows);
  const starts = pieces.flatMap(([from, to]) =>
    Array.from({ length: windowsIn(to - from, window, stride) }, (_, i) => from + i * stride),
  );
  if (starts.length > 0) return Int32Array.from(starts);
  const longest = Math.max(...pieces.map(([from, to]) => to - from));
  const mends = [
    `take a \`window\` of at most ${longest}`,
    ...(faults.gaps ? ['let windows reach across gaps with `gap: "none"`'] : []),
    ...(faults.changes ? ['write the times in UTC or with their zone'] : []),
    ...(faults.backward && !groups && !faults.changes
      ? ['where there are several series name the column that tells them apart with `group`']
      : []),
  ];
  throw badInput(
    'window',
    `expected at most ${longest} rows, the longest piece of ${rows.name} without a break, got ${window}`,
    mends.join('; '),
  );
}

/** What is said of the windows and rows that gaps cost. */
function lossNotes(rows: Dataset, count: number, { window, stride = 1 }: WindowOptions): string[] {
  if (!rows.begins) return [];
  const across = piecesIn(rows, beginnings.break).reduce(
    (sum, [from, to]) => sum + windowsIn(to - from, window, stride),
    0,
  );
  const unused = piecesIn(rows).reduce((sum, [from, to]) => sum + (to - from < window ? to - from : 0), 0);
  return [
    ...(across > count
      ? [
          `${several(across - count, 'window')} that would reach across gaps ${across - count === 1 ? 'is' : 'are'} left out`,
        ]
      : []),
    ...(unused > 0
      ? [
          `${several(unused, 'row')} ${unused === 1 ? 'lies' : 'lie'} in pieces shorter than the window of ${window} rows and ${unused === 1 ? 'is' : 'are'} in none`,
        ]
      : []),
  ];
}

/** Of each window the cells of its first row, and of ids, times and numbers of rows those of its last. */
function windowCarried(
  { carried, columns, length }: Dataset,
  count: number,
  cut: SeriesCut,
  order?: Int32Array,
): Carried[] {
  const at = (values: CarriedCells, last: number): CarriedCells => {
    const row = (i: number) => startOf(cut, i) + last;
    return values instanceof Int32Array
      ? Int32Array.from({ length: count }, (_, i) => values[row(i)]!)
      : Array.from({ length: count }, (_, i) => values[row(i)]);
  };
  const hasNumbers = carried?.some(({ role }) => role === 'row');
  // The positions in the file are the numbers of the rows where none was left out.
  const numbers: Carried[] =
    columns && !hasNumbers
      ? [{ name: 'row', role: 'row', values: Int32Array.from({ length }, (_, i) => (order ? order[i]! : i) + 1) }]
      : [];
  return [...(carried ?? []), ...numbers].flatMap(({ name, role, values }) => [
    { name, role, values: at(values, 0) },
    // Rows of a window follow each other in the file where groups do not come in turns.
    ...(role === 'group' || (role === 'row' && !order)
      ? []
      : [{ name: `last ${name}`, role, values: at(values, cut.window - 1) }]),
  ]);
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
 * Where the rows are of several groups, windows lie within one, and those of a group come one after the other. Where the times go
 * back or a step is longer than usual (or than the option `gap` of the data), and where rows were left out, the series is split: no window
 * reaches across. The notes say so, with the windows and rows that this costs, as they do of repeated times.
 *
 * @throws GargaloError `bad-input` naming `window` or `stride`: no whole number from 1 on, a window longer than the
 *   series or than each of its pieces, examples that are no rows
 */
export function windowsOf(dataset: Dataset, { window, stride = 1 }: WindowOptions): Dataset {
  checkWindows(dataset, window, stride);
  const features = exampleSize(dataset);
  const pieces = inPieces(dataset);
  const { rows } = pieces;
  // What is known of single rows says nothing of a window.
  const { labels, times, notes = [], cells: _cells, names: _names, begins: _begins, carried: _carried, ...rest } = rows;
  refuseSeveral(rows, pieces);
  const starts = startsIn(rows, pieces, window, stride);
  const cut: SeriesCut = { window, stride, ...(starts && { starts }) };
  const count = starts?.length ?? Math.floor((dataset.length - window) / stride) + 1;
  const block: Dataset['block'] = async (start, end) => {
    if (end <= start) return rows.block(0, 0);
    const [first, last] = rowsOf(cut, start, end);
    const steps = await rows.block(first, last);
    if (stride === window && !starts) return steps;
    const size = window * features;
    const values = emptyValues(dataset.type, (end - start) * size);
    for (let i = 0; i < end - start; i++) {
      const from = (startOf(cut, start + i) - first) * features;
      values.set(steps.subarray(from, from + size), i * size);
    }
    return values;
  };
  const said = [...notes, ...pieces.notes, ...lossNotes(rows, count, { window, stride })];
  const carried = windowCarried(rows, count, cut, pieces.order);
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
    ...(carried.length > 0 && { carried }),
    ...((stride < window || starts) && { series: { rows, ...cut, block } }),
    block,
  };
}
