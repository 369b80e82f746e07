import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../test/effort.js';
import { watched } from '../../test/tiny.js';
import { arrayDataset, type Dataset } from './dataset.js';
import { fingerprint } from './fingerprint.js';
import { sliceDataset } from './slice.js';

const bytes = (values: Uint8Array | Float32Array, shape = [1], name = 'x') => arrayDataset(values, { name, shape });

describe('a fingerprint', () => {
  it('is a stable sha-256', async () => {
    const print = await fingerprint(bytes(Uint8Array.of(1, 2, 3)));
    expect(print).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(print).toMatchInlineSnapshot(`"sha256:b9ee5d3c40ad3ce8550230695cb71c3dd684d4dff0470e9e0e5fb7858e4dd4d5"`);
  });

  it('depends on the content, not on the name or the storage', async () => {
    const values = Uint8Array.from({ length: 10_000 }, (_, i) => i % 256);
    const padded = Uint8Array.of(9, ...values, 9);
    const print = await fingerprint(bytes(values));
    expect(await fingerprint(bytes(values.slice(), [1], 'another'))).toBe(print);
    expect(await fingerprint(sliceDataset(bytes(padded), 1, 10_001))).toBe(print);
  });

  it('changes with any one value, the shape and the type', async () => {
    const length = 9000;
    const print = await fingerprint(bytes(new Uint8Array(length)));
    await fc.assert(
      fc.asyncProperty(fc.nat(length - 1), fc.integer({ min: 1, max: 255 }), async (at, value) => {
        const changed = new Uint8Array(length);
        changed[at] = value;
        expect(await fingerprint(bytes(changed))).not.toBe(print);
      }),
      { numRuns: effort(30, 300) },
    );
    expect(await fingerprint(bytes(new Uint8Array(length), [9]))).not.toBe(print);
    expect(await fingerprint(bytes(new Float32Array(length / 4)))).not.toBe(print);
  });

  it('of data beyond 256 MiB reads a spread of them: the first, the last and some between', async () => {
    const size = 2 ** 16;
    const large = (length: number, change?: readonly [example: number, value: number]): Dataset => ({
      name: 'large',
      shape: [size],
      type: 'uint8',
      length,
      async block(start, end) {
        const values = new Uint8Array((end - start) * size);
        if (change && change[0] >= start && change[0] < end) values[(change[0] - start) * size] = change[1];
        return values;
      },
    });
    const data = watched(large(5000));
    const print = await fingerprint(data);
    expect(print).toMatch(/^sampled-sha256:[0-9a-f]{64}$/);
    const bytes = data.reads.reduce((sum, [start, end]) => sum + (end - start) * size, 0);
    expect(bytes).toBeLessThanOrEqual(256 * size);
    expect([data.reads[0], data.reads.at(-1)]).toEqual([
      [0, 1],
      [4999, 5000],
    ]);
    expect(await fingerprint(large(5000))).toBe(print);
    expect(await fingerprint(large(5001))).not.toBe(print);
    for (const example of [0, 4999]) expect(await fingerprint(large(5000, [example, 1]))).not.toBe(print);
  });
});
