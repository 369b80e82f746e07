import { itemAt } from '../core/collections.js';
import { GargaloError } from '../core/errors.js';
import { createRandom, permutation } from '../core/random.js';
import { turn } from '../core/work.js';
import { type Dataset, exampleSize, readInto, type Series } from '../data/dataset.js';
import { bytesOf, LARGE_BYTES } from '../data/large.js';
import { rowsOf as rowsOfSeries, seriesOf, startOf } from '../data/series.js';
import type { Values } from '../graph/tensor.js';
import type { ResidentTensor, Runtime } from '../runtime/runtime.js';

/** A part of the data that lies with the runtime. */
export interface FeedBlock {
  readonly index: number;
  /** [rows, row size]. An example is a row; of a feed of windows, the rows from the one where it starts. */
  readonly data: ResidentTensor;
  /** int32 [rows], the class of the example that starts at each row, where the data have them. */
  readonly labels?: ResidentTensor;
  /** Examples in the block. */
  readonly length: number;
  /** The rows where examples start, by their positions in the block. */
  readonly rowsOf: (examples: Int32Array) => Int32Array;
}

/**
 * Brings a data set to the runtime. What fits in one block is brought once and stays. Larger data come block by block; while
 * the runtime works on one, the next is read and brought, so that two are alive at most and memory depends on the size of a block
 * alone.
 *
 * Overlapping windows of a series are never put together here: a block holds the rows, and programs cut the windows.
 */
export interface Feed {
  /** Rows of an example: 1 but for windows. */
  readonly window: number;
  /** Values of a row. */
  readonly rowSize: number;
  /** Number of examples of each block. */
  readonly lengths: readonly number[];
  /** The blocks in the order of the data; each is valid until the next is asked for. */
  inOrder(signal?: AbortSignal): AsyncGenerator<FeedBlock, void>;
  /**
   * Every example once, in blocks that are each a mixture of the whole data: these are cut in chunks of consecutive examples,
   * which come in an order drawn for the epoch, and fill one block after another. Rows within a block are left for the steps to
   * shuffle. Where all is one block, there is nothing to draw.
   *
   * Of data sorted by class, a block of 128 chunks holds a class of a tenth in 10 ± 3 % of its examples.
   *
   * Where the signal stops it in the middle of a block, no more blocks come.
   */
  shuffled(seed: number, epoch: number, signal?: AbortSignal): AsyncGenerator<FeedBlock, void>;
}

/** Examples start … end−1 of the data. */
type Piece = readonly [start: number, end: number];

export interface FeedOptions {
  /**
   * Size of a block; at least one example goes into each. By default data of up to 256 MiB are one block, and larger ones come
   * in blocks of 128 MiB.
   */
  readonly blockBytes?: number | undefined;
  /** Examples of a step: blocks hold whole numbers of batches where they can, so that but the last one ends with a full one. */
  readonly batch?: number | undefined;
}

const BLOCK_BYTES = LARGE_BYTES / 2;
/** Chunks are about this long: a disk reads them at nearly full speed … */
const CHUNK_BYTES = 2 ** 20;
/** … or shorter, so that a block is a mixture of at least so many … */
const BLOCK_CHUNKS = 64;
/** … but with windows never so short that more than an eighth of the rows are brought twice. */
const CHUNK_WINDOWS = 8;
/** Read at once. Between two such reads others get a turn when reading has taken this long: the next call of the runtime has to be sent. */
const TURN_MILLISECONDS = 4;

/** Rows of which each example is some, one after another; one row where the data are no series. */
type Rows = Omit<Series, 'block'>;

/** How data are cut: into blocks for the runtime, chunks that blocks are mixed of, and rows read at once. */
interface Cut {
  readonly blockLength: number;
  /** Number of examples of each block. */
  readonly lengths: readonly number[];
  /** Examples of a chunk. */
  readonly chunk: number;
  readonly readRows: number;
}

/** Rows of the examples of a piece. */
function rowCount(series: Rows, [start, end]: Piece): number {
  const [from, to] = rowsOfSeries(series, start, end);
  return to - from;
}

function cutFor(length: number, series: Rows, { blockBytes, batch = 1 }: FeedOptions): Cut {
  const { rows, window, stride } = series;
  const rowBytes = bytesOf({ ...rows, length: 1 });
  const allRows = length === 0 ? 0 : rowCount(series, [0, length]);
  const isWhole = allRows * rowBytes <= (blockBytes ?? LARGE_BYTES);
  const most = Math.max(1, Math.floor((blockBytes ?? BLOCK_BYTES) / (rowBytes * stride)));
  const blockLength = isWhole ? length : most < batch ? most : most - (most % batch);
  const count = Math.ceil(length / blockLength);
  return {
    blockLength,
    lengths: Array.from({ length: count }, (_, i) => Math.min(blockLength, length - i * blockLength)),
    chunk: Math.max(
      1,
      Math.ceil((CHUNK_WINDOWS * (window - 1)) / stride),
      Math.min(Math.ceil(CHUNK_BYTES / (rowBytes * stride)), Math.floor(blockLength / BLOCK_CHUNKS)),
    ),
    readRows: Math.max(1, Math.floor(CHUNK_BYTES / rowBytes)),
  };
}

/** Brings blocks to the runtime and takes them back; the memory of one that is freed serves the next. */
function blockLoader(runtime: Runtime, dataset: Dataset, series: Rows, readRows: number) {
  const { rows, window } = series;
  const { labels } = dataset;
  const rowSize = exampleSize(rows);
  let kept: Values | undefined;

  function memory(size: number): Uint8Array | Float32Array {
    const spare = kept;
    kept = undefined;
    const { type } = rows;
    if (type === 'uint8') return spare instanceof Uint8Array && spare.length === size ? spare : new Uint8Array(size);
    return spare instanceof Float32Array && spare.length === size ? spare : new Float32Array(size);
  }

  /** Reads rows from … to−1 into `target`; `pause` is called before each part of them. */
  async function read(from: number, to: number, target: Uint8Array | Float32Array, pause: () => Promise<void>) {
    for (let start = from; start < to; start += readRows) {
      await pause();
      const end = Math.min(start + readRows, to);
      const part = target.subarray((start - from) * rowSize, (end - from) * rowSize);
      await readInto(rows, start, end, part);
    }
  }

  /** Reads some pieces and brings them to the runtime as one block. */
  async function load(index: number, pieces: readonly Piece[], isOver: () => boolean): Promise<FeedBlock> {
    const height = pieces.reduce((sum, piece) => sum + rowCount(series, piece), 0);
    const length = pieces.reduce((sum, [start, end]) => sum + end - start, 0);
    const values = memory(height * rowSize);
    const classes = labels && new Int32Array(height);
    // where examples start, if that is not simply their position
    const starts = window > 1 ? new Int32Array(length) : undefined;
    let since = performance.now();
    const pause = async (): Promise<void> => {
      if (performance.now() - since >= TURN_MILLISECONDS) {
        await turn();
        since = performance.now();
      }
      if (isOver()) throw new GargaloError('cancelled', dataset.name, 'stopped on request');
    };
    let [at, seen] = [0, 0];
    for (const [start, end] of pieces) {
      const [first, last] = rowsOfSeries(series, start, end);
      await read(first, last, values.subarray(at * rowSize, (at + last - first) * rowSize), pause);
      for (let i = 0; i < end - start; i++) {
        const row = at + startOf(series, start + i) - first;
        if (classes) classes[row] = itemAt(labels.values, start + i);
        if (starts) starts[seen + i] = row;
      }
      at += last - first;
      seen += end - start;
    }
    // Their memory is handed over.
    const data = await runtime.upload({ type: rows.type, shape: [height, rowSize], values }, true);
    const uploaded = classes && (await runtime.upload({ type: 'int32', shape: [height], values: classes }, true));
    const rowsOf = starts ? (examples: Int32Array) => examples.map((example) => itemAt(starts, example)) : same;
    return { index, data, length, rowsOf, ...(uploaded && { labels: uploaded }) };
  }

  /** Frees a block; its memory is kept for the next one. */
  async function free(block: FeedBlock): Promise<void> {
    kept = (await runtime.reclaim(block.data)).values;
    if (block.labels) await runtime.free([block.labels]);
  }

  return { load, free };
}

/** Blocks made of pieces, the next one being brought while one is worked on. */
async function* bring(
  loader: ReturnType<typeof blockLoader>,
  plans: Iterator<readonly Piece[]>,
  signal?: AbortSignal,
): AsyncGenerator<FeedBlock, void> {
  let isLeft = false;
  let index = 0;
  const begin = (): Promise<FeedBlock> | undefined => {
    const { done, value } = plans.next();
    if (done) return undefined;
    const loading = loader.load(index++, value, () => isLeft || (signal?.aborted ?? false));
    // What goes wrong meanwhile is told when its turn comes.
    loading.catch(() => undefined);
    return loading;
  };
  const { free } = loader;
  let next = begin();
  try {
    while (next) {
      const block: FeedBlock = await next;
      next = begin();
      try {
        yield block;
      } finally {
        await free(block);
      }
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  } finally {
    isLeft = true;
    await next?.then(free, () => undefined);
  }
}

/** Fills blocks from chunks of `length` examples in the order given. */
function* mixtures(order: Int32Array, length: number, { blockLength, chunk }: Cut): Generator<readonly Piece[], void> {
  let pieces: Piece[] = [];
  let room = blockLength;
  for (const position of order) {
    let start = position * chunk;
    const end = Math.min(length, start + chunk);
    while (start < end) {
      const upTo = Math.min(end, start + room);
      pieces.push([start, upTo]);
      room -= upTo - start;
      start = upTo;
      if (room > 0) continue;
      yield pieces;
      [pieces, room] = [[], blockLength];
    }
  }
  if (pieces.length > 0) yield pieces;
}

/** Opens a feed of a data set; nothing is read before the first block is asked for. */
export function openFeed(runtime: Runtime, dataset: Dataset, options: FeedOptions = {}): Feed {
  const series: Rows = seriesOf(dataset) ?? { rows: dataset, window: 1, stride: 1 };
  const cut = cutFor(dataset.length, series, options);
  const { lengths, blockLength, chunk } = cut;
  const loader = blockLoader(runtime, dataset, series, cut.readRows);

  let resident: Promise<FeedBlock> | undefined;
  async function* whole(signal?: AbortSignal): AsyncGenerator<FeedBlock, void> {
    resident ??= loader.load(0, [[0, dataset.length]], () => signal?.aborted ?? false);
    try {
      yield await resident;
    } catch (error) {
      resident = undefined;
      if (!signal?.aborted) throw error;
    }
  }

  return {
    window: series.window,
    rowSize: exampleSize(series.rows),
    lengths,
    inOrder(signal) {
      if (lengths.length === 1) return whole(signal);
      const plans = lengths.map((length, i): Piece[] => [[i * blockLength, i * blockLength + length]]);
      return bring(loader, plans.values(), signal);
    },
    shuffled(seed, epoch, signal) {
      if (lengths.length === 1) return whole(signal);
      const order = permutation(Math.ceil(dataset.length / chunk), createRandom(seed, `chunks/${epoch}`));
      return bring(loader, mixtures(order, dataset.length, cut), signal);
    },
  };
}

const same = (examples: Int32Array): Int32Array => examples;
