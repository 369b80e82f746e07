import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spots, table, watched } from '../../test/tiny.js';
import type { HostTensor, ResidentTensor, Runtime } from '../runtime/runtime.js';
import { openFeed } from './feed.js';

/** The part of a runtime that a feed uses; it knows what lies with it. */
function memory() {
  const held = new Map<number, HostTensor>();
  let counter = 0;
  let most = 0;
  const runtime: Pick<Runtime, 'upload' | 'free'> = {
    async upload(tensor) {
      counter += 1;
      held.set(counter, tensor);
      most = Math.max(most, held.size);
      return { resident: counter, type: tensor.type, shape: tensor.shape };
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

describe('a feed', () => {
  it('brings each example once, in blocks of the size asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 2000 }),
        async (length, blockBytes) => {
          const data = table(length);
          const { runtime, valuesOf } = memory();
          const feed = openFeed(runtime, data, blockBytes);
          expect(feed.lengths.reduce((sum, count) => sum + count, 0)).toBe(length);
          const values: number[] = [];
          for await (const block of feed.blocks(feed.lengths.keys())) {
            expect(block.length).toBe(feed.lengths[block.index]);
            expect(block.data).toMatchObject({ type: 'float32', shape: [block.length, 6] });
            expect(block.length === 1 || block.length * 24 <= blockBytes).toBe(true);
            values.push(...(valuesOf(block.data) as Float32Array));
          }
          expect(values).toEqual([...(await data.block(0, length))]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('holds one block at a time, and none when it is left', async () => {
    const { runtime, held, most } = memory();
    const feed = openFeed(runtime, spots(50), 16 * 7);
    for await (const { index } of feed.blocks([3, 1, 7, 0])) expect([3, 1, 7, 0]).toContain(index);
    expect(held.size).toBe(0);
    expect(most()).toBe(1);
    for await (const _block of feed.blocks([2, 3])) break;
    expect(held.size).toBe(0);
  });

  it('brings what fits in one block once only, and keeps it', async () => {
    const data = watched(spots(50));
    const { runtime, held } = memory();
    const feed = openFeed(runtime, data, 2 ** 20);
    expect(feed.lengths).toEqual([50]);
    for (let epoch = 0; epoch < 3; epoch++) for await (const { length } of feed.blocks([0])) expect(length).toBe(50);
    expect(data.reads).toEqual([[0, 50]]);
    expect(held.size).toBe(1);
  });

  it('hands over copies: the data stay as they are', async () => {
    const data = table(10);
    const { runtime, valuesOf } = memory();
    for await (const { data: block } of openFeed(runtime, data, 2 ** 20).blocks([0])) {
      expect(valuesOf(block).buffer).not.toBe((await data.block(0, 10)).buffer);
      expect(valuesOf(block).byteLength).toBe(valuesOf(block).buffer.byteLength);
    }
  });
});
