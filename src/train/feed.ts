import { type Dataset, exampleSize } from '../data/dataset.js';
import type { ResidentTensor, Runtime } from '../runtime/runtime.js';

/** A part of the data that lies with the runtime. */
export interface FeedBlock {
  readonly index: number;
  /** [length, example size] */
  readonly data: ResidentTensor;
  /** int32 [length], the class of each example, where the data have them. */
  readonly labels?: ResidentTensor;
  readonly length: number;
}

/**
 * Brings a data set to the runtime. What fits in one block is brought once and stays; larger data come block by block,
 * one at a time, so that memory depends on the size of a block alone.
 */
export interface Feed {
  /** Number of examples of each block. */
  readonly lengths: readonly number[];
  /** The blocks, in the order given; each is valid until the next is asked for. */
  blocks(order: Iterable<number>): AsyncGenerator<FeedBlock>;
}

/** Data of up to this size stay with the runtime as one block. */
const BLOCK_BYTES = 256 * 2 ** 20;

/**
 * @param blockBytes size of a block; at least one example goes into each
 */
export function openFeed(runtime: Runtime, dataset: Dataset, blockBytes: number = BLOCK_BYTES): Feed {
  const size = exampleSize(dataset);
  const bytes = size * (dataset.type === 'uint8' ? 1 : 4);
  const blockLength = Math.max(1, Math.min(dataset.length, Math.floor(blockBytes / bytes)));
  const count = Math.ceil(dataset.length / blockLength);
  const lengths = Array.from({ length: count }, (_, i) => Math.min(blockLength, dataset.length - i * blockLength));

  const load = async (index: number): Promise<FeedBlock> => {
    const length = lengths[index] as number;
    const start = index * blockLength;
    // A copy of its own, so that its memory can be handed over.
    const values = (await dataset.block(start, start + length)).slice();
    const data = await runtime.upload({ type: dataset.type, shape: [length, size], values }, true);
    const classes = dataset.labels?.values.slice(start, start + length);
    const labels = classes && (await runtime.upload({ type: 'int32', shape: [length], values: classes }, true));
    return { index, data, length, ...(labels && { labels }) };
  };

  let resident: FeedBlock | undefined;
  return {
    lengths,
    async *blocks(order) {
      for (const index of order) {
        if (count === 1) {
          resident ??= await load(0);
          yield resident;
          continue;
        }
        const block = await load(index);
        try {
          yield block;
        } finally {
          await runtime.free([block.data, ...(block.labels ? [block.labels] : [])]);
        }
      }
    },
  };
}
