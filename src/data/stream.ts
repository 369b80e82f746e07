import { stopWhereAborted } from '../core/work.js';
import {
  type CarriedCells,
  type CarriedColumn,
  concatenated,
  type Dataset,
  type ExampleForm,
  exampleSize,
  formOf,
  type Values,
} from './dataset.js';
import { factsIn, sliceDataset } from './slice.js';

/** Some examples, in order. */
export interface ExampleBlock {
  /** Position of the first one, and of the one after the last. */
  readonly start: number;
  readonly end: number;
  /** (end − start) × the product of the shape numbers, row-major. May be a view: do not write to it. */
  readonly values: Values;
  /** The class of each, undefined where it is unknown; where the source has classes. */
  readonly labels?: readonly (string | undefined)[];
  /** When each was, in the unit of the source; where the source has times. */
  readonly times?: Float64Array;
  /** The file that each is, as a path from the folder of the source; where the source is made of files. */
  readonly names?: readonly string[];
  /** Of rows of a table, where some of their cells are not as they stand: [end − start, columns], see `cellState`. */
  readonly cells?: Uint8Array;
  /** The cells of the columns that the source carries, a list for each. */
  readonly carried?: readonly CarriedCells[];
  /** [end − start] of rows of a series 1 where a piece of it begins. */
  readonly begins?: Uint8Array;
}

/** Examples of one shape and type that come block after block, in order: their number need not be known, nor fit in memory. */
export interface ExampleStream extends ExampleForm {
  /** Number of examples, where it is known before they are read. */
  readonly length?: number;
  /** The column of times and its unit, where there is one; see {@link Times}. */
  readonly time?: { readonly column: string; readonly unit: 'date' | 'number' };
  /** The columns that blocks carry beside the values. */
  readonly carried?: readonly CarriedColumn[];
  /** Whether blocks have labels. */
  readonly labelled?: boolean;
  /** Whether blocks have names. */
  readonly named?: boolean;
  /** As {@link Dataset.overlap}: examples that share data with others near them. */
  readonly overlap?: number;
  /**
   * Walks once over the examples; each walk reads from the start.
   *
   * @throws GargaloError `bad-input` naming the place; `cancelled`
   */
  blocks(options?: { readonly signal?: AbortSignal | undefined }): AsyncIterable<ExampleBlock>;
}

/** A source of examples: read in any order, or from start to end. */
export type ExampleSource = Dataset | ExampleStream;

/** Whether blocks of a source can be read in any order. */
export function isDataset(source: ExampleSource): source is Dataset {
  return 'block' in source;
}

/** The first so many examples of a data set; all of them without a limit, and a stream as it is. */
export function limited<Source extends ExampleSource>(source: Source, limit: number | undefined): Source | Dataset {
  if (!isDataset(source) || limit === undefined || limit >= source.length) return source;
  return sliceDataset(source, 0, limit);
}

/** Examples start … end−1, as {@link Dataset.block} gave them. */
export type Block = Pick<ExampleBlock, 'start' | 'end' | 'values'>;

/** How large blocks are, at most: in examples, and with large examples in values. */
export interface BlockSize {
  readonly rows: number;
  readonly values: number;
}

/** Blocks for a walk that computes little with each. */
const LARGE_BLOCKS: BlockSize = { rows: 4096, values: 2 ** 24 };

/** Walks once over a data set in blocks. Where they begin depends only on the shape. */
export async function* readBlocks(
  dataset: Dataset,
  { rows, values } = LARGE_BLOCKS,
  signal?: AbortSignal,
): AsyncGenerator<Block> {
  const step = Math.max(1, Math.min(rows, Math.floor(values / exampleSize(dataset))));
  for (let start = 0; start < dataset.length; start += step) {
    stopWhereAborted(signal, dataset.name);
    const end = Math.min(dataset.length, start + step);
    yield { start, end, values: await dataset.block(start, end) };
  }
}

/** Examples of a block of a stream. */
export const STREAM_ROWS = 2048;

/** What a block has beside its values, of a data set. */
function factsOf(dataset: Dataset, start: number, end: number): Omit<ExampleBlock, 'start' | 'end' | 'values'> {
  const { labels, times, names, cells, carried, begins } = factsIn(dataset, [[start, end]]);
  return {
    ...(labels && { labels: Array.from(labels.values, (value) => labels.names[value]) }),
    ...(times && { times: times.values }),
    ...(names && { names }),
    ...(cells?.some((state) => state !== 0) && { cells }),
    ...(carried && { carried: carried.map(({ values }) => values) }),
    ...(begins && { begins }),
  };
}

/** A data set from start to end; a stream as it is. */
export function streamOf(source: ExampleSource): ExampleStream {
  if (!isDataset(source)) return source;
  const { labels, times, names, length, overlap, carried } = source;
  return {
    ...formOf(source),
    length,
    ...(times && { time: { column: times.column, unit: times.unit } }),
    ...(carried && { carried: carried.map(({ name, role }) => ({ name, role })) }),
    ...(labels && { labelled: true }),
    ...(names && { named: true }),
    ...(overlap !== undefined && { overlap }),
    async *blocks({ signal } = {}) {
      for await (const block of readBlocks(source, { rows: STREAM_ROWS, values: 2 ** 22 }, signal)) {
        yield { ...block, ...factsOf(source, block.start, block.end) };
      }
    },
  };
}

/** The items of a walk, the next one being made while one is looked at. */
export async function* ahead<T>(items: AsyncIterable<T>): AsyncGenerator<T, void> {
  const iterator = items[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    while (true) {
      const { done, value } = await next;
      if (done) return;
      next = iterator.next();
      // What goes wrong meanwhile is told when its turn comes.
      next.catch(() => undefined);
      yield value;
    }
  } finally {
    await next.catch(() => undefined);
    await iterator.return?.();
  }
}

/** Each item of a walk, made into another. */
export async function* mapped<T, U>(items: AsyncIterable<T>, make: (item: T) => U): AsyncGenerator<U, void> {
  for await (const item of items) yield make(item);
}

/** Arrays one after the other. */
export const joined = (parts: readonly Float32Array[]): Float32Array => concatenated(parts) ?? new Float32Array(0);
