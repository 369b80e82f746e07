import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../test/effort.js';
import { spots, table, watched } from '../../test/tiny.js';
import { arrayDataset, type Dataset } from '../data/dataset.js';
import { windowsOf } from '../data/windows.js';
import type { HostTensor, ResidentTensor, Runtime } from '../runtime/runtime.js';
import { type FeedBlock, openFeed } from './feed.js';

/** The part of a runtime that a feed uses; it knows what lies with it. */
function memory() {
  const held = new Map<number, HostTensor>();
  let counter = 0;
  let most = 0;
  const runtime: Pick<Runtime, 'upload' | 'free' | 'reclaim'> = {
    async upload(tensor) {
      counter += 1;
      held.set(counter, tensor);
      most = Math.max(most, held.size);
      return { resident: counter, type: tensor.type, shape: tensor.shape };
    },
    async reclaim({ resident }) {
      const tensor = held.get(resident);
      if (!tensor) throw new Error(`freed already: ${resident}`);
      held.delete(resident);
      return tensor;
    },
    async free(tensors) {
      for (const { resident } of tensors) {
        if (!held.delete(resident)) throw new Error(`freed twice: ${resident}`);
      }
    },
  };
  return {
    runtime: runtime as Runtime,
    held,
    most: () => most,
    valuesOf: ({ resident }: ResidentTensor) => held.get(resident)!.values,
  };
}

const collected = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

/** The first value of each example of a block. */
function firstsOf(block: FeedBlock, { valuesOf }: Pick<ReturnType<typeof memory>, 'valuesOf'>): number[] {
  const rows = block.rowsOf(Int32Array.from({ length: block.length }, (_, i) => i));
  const [, size] = block.data.shape as [number, number];
  return Array.from(rows, (row) => Number(valuesOf(block.data)[row * size]));
}

/** Examples that are their own positions, sorted by class. */
function numbered(length: number, classes = 10): Dataset {
  return {
    ...arrayDataset(
      Float32Array.from({ length: 2 * length }, (_, i) => i >> 1),
      { name: 'numbered', shape: [2] },
    ),
    labels: {
      names: Array.from({ length: classes }, (_, i) => String(i)),
      values: Int32Array.from({ length }, (_, i) => Math.floor((i * classes) / length)),
    },
  };
}

describe('a feed', () => {
  it('brings the examples in order, in blocks of the size asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 2000 }),
        async (length, blockBytes) => {
          const data = table(length);
          const { runtime, valuesOf } = memory();
          const feed = openFeed(runtime, data, { blockBytes });
          expect(feed.lengths.reduce((sum, count) => sum + count, 0)).toBe(length);
          const values: number[] = [];
          for await (const block of feed.inOrder()) {
            expect(block.length).toBe(feed.lengths[block.index]);
            expect(block.data).toMatchObject({ type: 'float32', shape: [block.length, 6] });
            expect(block.length === 1 || block.length * 24 <= blockBytes).toBe(true);
            values.push(...(valuesOf(block.data) as Float32Array));
          }
          expect(values).toEqual([...(await data.block(0, length))]);
        },
      ),
      { numRuns: effort(40, 400) },
    );
  });

  it('mixed, brings each example exactly once an epoch with its label, whatever the sizes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 700 }),
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(5),
        async (length, blockBytes, batch, epoch) => {
          const data = numbered(length);
          const lying = memory();
          const feed = openFeed(lying.runtime, data, { blockBytes, batch });
          const seen: number[] = [];
          for await (const block of feed.shuffled(3, epoch)) {
            expect(block.length).toBe(feed.lengths[block.index]);
            const firsts = firstsOf(block, lying);
            const classes = lying.valuesOf(block.labels!);
            expect(firsts.map((position) => data.labels!.values[position])).toEqual([...classes]);
            seen.push(...firsts);
          }
          expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
          // all but the last block hold whole batches, where a batch fits
          const most = Math.floor(blockBytes / 8);
          if (most >= batch) expect(feed.lengths.slice(0, -1).every((count) => count % batch === 0)).toBe(true);
          expect(lying.held.size).toBeLessThanOrEqual(2);
        },
      ),
      { numRuns: effort(100, 1000) },
    );
  });

  it('mixes in another way in each epoch, and in the same way again', async () => {
    const lying = memory();
    const feed = openFeed(lying.runtime, numbered(1000), { blockBytes: 8 * 128 });
    const orderOf = async (seed: number, epoch: number): Promise<string> => {
      const parts: number[] = [];
      for await (const block of feed.shuffled(seed, epoch)) parts.push(...firstsOf(block, lying));
      return parts.join();
    };
    const first = await orderOf(1, 1);
    expect(await orderOf(1, 1)).toBe(first);
    expect(new Set([first, await orderOf(1, 2), await orderOf(1, 3), await orderOf(2, 1)]).size).toBe(4);
  });

  it('makes a mixture of all classes of each block, where the data are sorted by class', async () => {
    const lying = memory();
    // 16 blocks of 64 chunks of 20 examples, ten classes one after another
    const feed = openFeed(lying.runtime, numbered(20_480), { blockBytes: 8 * 1280 });
    const shares: number[] = [];
    for (let epoch = 1; epoch <= 3; epoch++) {
      for await (const block of feed.shuffled(1, epoch)) {
        const counts = new Array<number>(10).fill(0);
        for (const label of lying.valuesOf(block.labels!)) counts[Number(label)]! += 1 / block.length;
        shares.push(...counts);
      }
    }
    expect(shares).toHaveLength(480);
    const deviation = Math.sqrt(shares.reduce((sum, share) => sum + (share - 0.1) ** 2, 0) / shares.length);
    // of so many chunks, drawn without putting back: √(0.1 · 0.9 / 64 · 15/16) = 0.036
    expect(deviation).toBeLessThan(0.04);
    expect(Math.min(...shares)).toBeGreaterThan(0);
    // as read in order, a block has one class or two
    for await (const block of feed.inOrder()) {
      expect(new Set(lying.valuesOf(block.labels!) as Int32Array).size).toBeLessThanOrEqual(2);
    }
  });

  it('reads the next block while one is worked on, and holds two at most', async () => {
    const data = watched(spots(50));
    const { runtime, held, most } = memory();
    const feed = openFeed(runtime, data, { blockBytes: 16 * 7 });
    const reads: number[] = [];
    for await (const { index } of feed.inOrder()) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      reads.push(data.reads.length);
      expect(held.size).toBe(index < 7 ? 2 : 1);
    }
    expect(reads).toEqual([2, 3, 4, 5, 6, 7, 8, 8]);
    expect(held.size).toBe(0);
    expect(most()).toBe(2);
  });

  it('asks for no new memory for each block', async () => {
    const { runtime, valuesOf } = memory();
    const used = new Set<ArrayBufferLike>();
    for await (const { data } of openFeed(runtime, spots(70), { blockBytes: 16 * 7 }).shuffled(1, 1)) {
      used.add(valuesOf(data).buffer);
    }
    expect(used.size).toBe(2);
  });

  it('leaves nothing behind when it is left, by itself or by a signal', async () => {
    const { runtime, held } = memory();
    const feed = openFeed(runtime, spots(50), { blockBytes: 16 * 7 });
    for await (const _block of feed.shuffled(1, 1)) break;
    expect(held.size).toBe(0);
    const stop = new AbortController();
    let blocks = 0;
    for await (const _block of feed.shuffled(1, 1, stop.signal)) {
      blocks += 1;
      stop.abort();
    }
    // the next one may have come meanwhile
    expect(blocks).toBeLessThanOrEqual(2);
    expect(held.size).toBe(0);
    expect(await collected(feed.inOrder(stop.signal))).toEqual([]);
  });

  it('stops in the middle of a block whose examples come slowly', async () => {
    const stop = new AbortController();
    const slow: Dataset = {
      ...spots(50),
      // each example is larger than what is read at once
      shape: [2 ** 21],
      async block(start, end) {
        if (start === 3) stop.abort();
        return new Uint8Array((end - start) * 2 ** 21);
      },
    };
    const { runtime, held } = memory();
    expect(await collected(openFeed(runtime, slow).inOrder(stop.signal))).toEqual([]);
    expect(held.size).toBe(0);
  });

  it('tells what goes wrong in reading ahead when its turn comes', async () => {
    const data = spots(50);
    const broken: Dataset = {
      ...data,
      block: (start, end) => (start >= 14 ? Promise.reject(new Error('gone')) : data.block(start, end)),
    };
    const { runtime, held } = memory();
    let blocks = 0;
    const walk = async (): Promise<void> => {
      for await (const _block of openFeed(runtime, broken, { blockBytes: 16 * 7 }).inOrder()) blocks += 1;
    };
    await expect(walk()).rejects.toThrow('gone');
    expect(blocks).toBe(2);
    expect(held.size).toBe(0);
  });

  it('brings what fits in one block once only, and keeps it', async () => {
    const data = watched(spots(50));
    const { runtime, held } = memory();
    const feed = openFeed(runtime, data, { blockBytes: 2 ** 20, batch: 16 });
    expect(feed.lengths).toEqual([50]);
    for (let epoch = 0; epoch < 3; epoch++) {
      for await (const { length } of feed.shuffled(1, epoch)) expect(length).toBe(50);
    }
    expect(data.reads).toEqual([[0, 50]]);
    expect(held.size).toBe(1);
  });

  it('hands over copies: the data stay as they are', async () => {
    const data = table(10);
    const { runtime, valuesOf } = memory();
    for await (const { data: block } of openFeed(runtime, data).inOrder()) {
      expect(valuesOf(block).buffer).not.toBe((await data.block(0, 10)).buffer);
      expect(valuesOf(block).byteLength).toBe(valuesOf(block).buffer.byteLength);
    }
  });
});

describe('a feed of overlapping windows', () => {
  it('brings the rows, little more than once each, and says where each window starts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 100, max: 5000 }),
        async (window, stride, extra, blockBytes) => {
          const series = numbered(window + extra);
          const windows = windowsOf(series, { window, stride: Math.min(stride, window - 1) });
          const lying = memory();
          const feed = openFeed(lying.runtime, windows, { blockBytes });
          expect(feed).toMatchObject({ window, rowSize: 2 });
          const copies = openFeed(lying.runtime, { ...windows, block: (a, b) => windows.block(a, b) }, { blockBytes });
          expect(copies.window).toBe(1);
          const seen: number[] = [];
          for await (const block of feed.shuffled(2, 1)) {
            const starts = block.rowsOf(Int32Array.from({ length: block.length }, (_, i) => i));
            const values = lying.valuesOf(block.data);
            for (const [i, row] of starts.entries()) {
              const first = Number(values[2 * row]);
              seen.push(first);
              expect(Array.from({ length: window }, (_, step) => Number(values[2 * (row + step)]) - first)).toEqual(
                Array.from({ length: window }, (_, step) => step),
              );
              const label = windows.labels!.values[first / Math.min(stride, window - 1)];
              expect(lying.valuesOf(block.labels!)[starts[i]!]).toBe(label);
            }
          }
          const expected = Array.from({ length: windows.length }, (_, i) => i * Math.min(stride, window - 1));
          expect(seen.toSorted((a, b) => a - b)).toEqual(expected);
        },
      ),
      { numRuns: effort(60, 600) },
    );
  });

  it('costs the memory of the series', async () => {
    const windows = windowsOf(numbered(10_000), { window: 64 });
    const lying = memory();
    let bytes = 0;
    for await (const block of openFeed(lying.runtime, windows).inOrder())
      bytes += lying.valuesOf(block.data).byteLength;
    expect(bytes).toBe(10_000 * 2 * 4);
  });
});
