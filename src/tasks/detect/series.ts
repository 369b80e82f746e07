import { badInput } from '../../core/errors.js';
import { beginnings } from '../../data/clock.js';
import { type Dataset, exampleSize } from '../../data/dataset.js';
import { collectInMemory } from '../../data/gather.js';
import { inPieces, type SeriesPieces } from '../../data/pieces.js';
import { type ExampleBlock, type ExampleSource, type ExampleStream, isDataset, streamOf } from '../../data/stream.js';
import type { Specification } from '../../models/specification.js';

/** Whether a source is a series, a row for each time step, for a model of windows of it. */
export function isSeriesFor(
  { input }: Pick<Specification, 'input'>,
  source: Pick<Dataset, 'shape' | 'sequence'>,
): boolean {
  return Boolean(input.sequence) && !source.sequence && source.shape.length === 1 && source.shape[0] === input.shape[1];
}

/** The rows of a series as windows are cut from them: in pieces where there are times, groups or rows that were left out. */
export async function seriesInPieces(
  source: ExampleSource,
): Promise<{ readonly rows: ExampleSource } & Pick<Partial<SeriesPieces>, 'order'>> {
  const stream = streamOf(source);
  const isPlain = !stream.time && !stream.carried?.some(({ role }) => role === 'group' || role === 'row');
  if (isPlain && !(isDataset(source) && source.begins)) return { rows: source };
  return inPieces(isDataset(source) ? source : await collectInMemory(source));
}

/** Windows at once: few enough that a block of long ones is no burden. */
const windowsAtOnce = (size: number) => Math.max(1, Math.min(2048, Math.floor(2 ** 22 / size)));

/** Where a window lies in its series. */
export interface WindowPlace {
  /** The row that it starts at. */
  readonly start: number;
  /** Its rows: as many as the model takes, or those of a piece that is shorter, which is filled up with its last row. */
  readonly rows: number;
  /** The times of its first and its last row, where the series has times. */
  readonly span?: readonly [number, number];
}

/** What {@link seriesWindows} cuts. */
export interface SeriesWindows {
  /** Windows of shape [window, features], in order. */
  readonly windows: ExampleStream;
  /** Where each window lies, of those that were given out so far; whoever takes a window takes its place away. */
  readonly places: WindowPlace[];
}

/** The rows of a series that windows may still need, from one on. */
function openRows(features: number) {
  let held = new Float32Array(0);
  let times: number[] | undefined = [];
  let first = 0;
  return {
    /** Forgets the rows before `from` and adds some more. */
    add({ values, times: added }: ExampleBlock, from: number): void {
      const left = Math.min((from - first) * features, held.length);
      times = added && times?.slice(left / features).concat([...added]);
      const joined = new Float32Array(held.length - left + values.length);
      joined.set(held.subarray(left));
      joined.set(values, held.length - left);
      first += left / features;
      held = joined;
    },
    /** The times of the first and the last row of a window. */
    spanOf({ start, rows }: WindowPlace): readonly [number, number] | undefined {
      return times && [times[start - first]!, times[start - first + rows - 1]!];
    },
    /** Writes a window; what its rows do not fill is its last row again. */
    write({ start, rows }: WindowPlace, into: Float32Array): void {
      const from = (start - first) * features;
      into.set(held.subarray(from, from + rows * features));
      for (let at = rows * features; at < into.length; at++) into[at] = into[at - features]!;
    },
  };
}

/** The windows of a series, block by block; the place of each is told to `places` when it is given out. */
async function* cutWindows(
  series: ExampleSource,
  { window, stride }: { readonly window: number; readonly stride: number },
  places: WindowPlace[],
  kept: (block: ExampleBlock) => void,
  fillsUp: boolean,
  options?: { readonly signal?: AbortSignal | undefined },
): AsyncGenerator<ExampleBlock> {
  const features = exampleSize(series);
  const size = window * features;
  const most = windowsAtOnce(size);
  const rows = openRows(features);
  // The piece begins at a row; the next window starts at `next`, rows were read to `end`.
  let [piece, next, end, given] = [0, 0, 0, 0];
  let made: WindowPlace[] = [];
  function give(): ExampleBlock {
    const values = new Float32Array(made.length * size);
    for (const [i, place] of made.entries()) {
      rows.write(place, values.subarray(i * size, (i + 1) * size));
      const span = rows.spanOf(place);
      places.push(span ? { ...place, span } : place);
    }
    const block = { start: given, end: given + made.length, values };
    given += made.length;
    made = [];
    return block;
  }
  /** The windows of the piece, of which all rows before `to` are there. */
  function* whole(to: number): Generator<ExampleBlock> {
    for (; next + window <= to; next += stride) {
      made.push({ start: next, rows: window });
      if (made.length === most) yield give();
    }
  }
  /** What is left at the end of a piece. */
  function finish(to: number): void {
    if (to === piece) return;
    if (to - piece < window) {
      if (fillsUp) made.push({ start: piece, rows: to - piece });
    } else if (next - stride + window < to) made.push({ start: to - window, rows: window });
  }
  for await (const block of streamOf(series).blocks(options)) {
    kept(block);
    rows.add(block, Math.min(made[0]?.start ?? next, Math.max(piece, end - window)));
    for (const [i, mark] of (block.begins ?? []).entries()) {
      const row = block.start + i;
      if (mark === beginnings.none || row === 0) continue;
      yield* whole(row);
      finish(row);
      [piece, next] = [row, row];
    }
    end = block.end;
    yield* whole(end);
  }
  if (end < window) {
    throw badInput(
      series.name,
      `expected a series of at least ${window} rows, the model's window, got ${end}`,
      'bring a longer series',
    );
  }
  finish(end);
  if (made.length > 0) yield give();
}

/**
 * Cuts a series of any length into windows as it is read, so that every row lies in one: the last window ends with the last
 * row, however far it is from the one before. Where a piece of the series begins (see `inPieces`) no window reaches across.
 *
 * @param kept is told of the rows as they are read
 * @param fillsUp whether a piece shorter than a window makes one too, filled up with its last row; else its rows lie in none
 * @throws GargaloError `bad-input` for a stride that leaves rows out, and a series shorter than a window
 */
export function seriesWindows(
  series: ExampleSource,
  { window, stride }: { readonly window: number; readonly stride: number },
  kept: (block: ExampleBlock) => void,
  fillsUp = true,
): SeriesWindows {
  if (!(Number.isSafeInteger(stride) && stride >= 1 && stride <= window)) {
    throw badInput('stride', `expected a whole number of rows within 1 … ${window}, the window, got ${stride}`);
  }
  const places: WindowPlace[] = [];

  const { name, columns, table } = series;
  return {
    places,
    windows: {
      name,
      shape: [window, exampleSize(series)],
      type: 'float32',
      sequence: true,
      ...(columns && { columns }),
      ...(table && { table }),
      blocks: (options) => cutWindows(series, { window, stride }, places, kept, fillsUp, options),
    },
  };
}
