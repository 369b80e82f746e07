import { type Dataset, exampleSize } from '../../data/dataset.js';
import { type ExampleBlock, type ExampleSource, type ExampleStream, streamOf } from '../../data/stream.js';
import { badInput } from '../../errors.js';
import type { Specification } from '../../models/specification.js';

/** Whether a source is a series, a row for each time step, for a model of windows of it. */
export function isSeriesFor(
  { input }: Pick<Specification, 'input'>,
  source: Pick<Dataset, 'shape' | 'sequence'>,
): boolean {
  return Boolean(input.sequence) && !source.sequence && source.shape.length === 1 && source.shape[0] === input.shape[1];
}

/** Windows at once: few enough that a block of long ones is no burden. */
const windowsAtOnce = (size: number) => Math.max(1, Math.min(2048, Math.floor(2 ** 22 / size)));

/** What {@link seriesWindows} cuts. */
export interface SeriesWindows {
  /** Windows of shape [window, features], in order. */
  readonly windows: ExampleStream;
  /** The rows that each window starts at, of those that were given out so far; whoever takes a window takes its start away. */
  readonly starts: number[];
}

/**
 * Cuts a series of any length into windows as it is read, so that every row lies in one: the last window ends with the last
 * row, however far it is from the one before.
 *
 * @param kept is told of the rows as they are read
 * @throws GargaloError `bad-input` for a stride that leaves rows out, and a series shorter than a window
 */
export function seriesWindows(
  series: ExampleSource,
  { window, stride }: { readonly window: number; readonly stride: number },
  kept: (block: ExampleBlock) => void,
): SeriesWindows {
  if (!(Number.isSafeInteger(stride) && stride >= 1 && stride <= window)) {
    throw badInput('stride', `expected a whole number of rows within 1 … ${window}, the window, got ${stride}`);
  }
  const rows = streamOf(series);
  const features = exampleSize(series);
  const size = window * features;
  const most = windowsAtOnce(size);
  const starts: number[] = [];

  async function* blocks(options?: { readonly signal?: AbortSignal | undefined }): AsyncGenerator<ExampleBlock> {
    // Rows that windows yet to come may need, from `first` on.
    let held = new Float32Array(0);
    let [first, next, end, given] = [0, 0, 0, 0];
    let made: number[] = [];
    function give(): ExampleBlock {
      const values = new Float32Array(made.length * size);
      for (const [i, start] of made.entries()) {
        const from = (start - first) * features;
        values.set(held.subarray(from, from + size), i * size);
      }
      starts.push(...made);
      const block = { start: given, end: given + made.length, values };
      given += made.length;
      made = [];
      return block;
    }
    for await (const block of rows.blocks(options)) {
      kept(block);
      const from = Math.min((made[0] ?? next) - first, held.length / features) * features;
      const joined = new Float32Array(held.length - from + block.values.length);
      joined.set(held.subarray(from));
      joined.set(block.values, held.length - from);
      first += from / features;
      held = joined;
      end = block.end;
      for (; next + window <= end; next += stride) {
        made.push(next);
        if (made.length === most) yield give();
      }
    }
    if (end < window) {
      throw badInput(
        series.name,
        `expected a series of at least ${window} rows, the model's window, got ${end}`,
        'bring a longer series',
      );
    }
    // The last rows, where the stride does not end with them.
    if (next - stride + window < end) made.push(end - window);
    if (made.length > 0) yield give();
  }

  const { name, columns, table } = series;
  return {
    starts,
    windows: {
      name,
      shape: [window, features],
      type: 'float32',
      sequence: true,
      ...(columns && { columns }),
      ...(table && { table }),
      blocks,
    },
  };
}
