import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { GargaloError } from '../../core/errors.js';
import { decodeIdx, readIdx } from './idx.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gargalo-idx-'));
});
afterAll(() => rm(folder, { recursive: true }));

function idx(type: number, shape: readonly number[], values: ArrayLike<number>): Uint8Array {
  const width = type === 0x0d ? 4 : 1;
  const bytes = new Uint8Array(4 + 4 * shape.length + values.length * width);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, (type << 8) | shape.length);
  shape.forEach((side, i) => {
    view.setUint32(4 + 4 * i, side);
  });
  for (let i = 0; i < values.length; i++) {
    const at = 4 + 4 * shape.length + i * width;
    if (width === 4) view.setFloat32(at, values[i] as number);
    else view.setUint8(at, values[i] as number);
  }
  return bytes;
}

const images = idx(8, [2, 2, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]);

async function save(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

describe('an IDX file', () => {
  it('gives back the bytes and shape that went in', async () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(shapes, fc.infiniteStream(fc.nat(255)), async (shape, stream) => {
        const size = shape.reduce((product, side) => product * side, 1);
        const values = Uint8Array.from({ length: size }, () => stream.next().value);
        const dataset = decodeIdx(idx(8, shape, values), 'a.idx');
        expect(dataset).toMatchObject({ type: 'uint8', length: shape[0] });
        expect(dataset.shape).toEqual(shape.length > 1 ? shape.slice(1) : [1]);
        expect([...(await dataset.block(0, dataset.length))]).toEqual([...values]);
      }),
      { numRuns: effort(50, 500) },
    );
  });

  it('may hold big-endian floats', async () => {
    const dataset = decodeIdx(idx(0x0d, [2, 2], [0.5, -1, 3e38, 0]), 'f.idx');
    expect(dataset.type).toBe('float32');
    expect(await dataset.block(1, 2)).toEqual(Float32Array.of(3e38, 0));
  });

  it('is refused with row and column where a float is not finite', () => {
    const bytes = idx(0x0d, [2, 2], [0.5, -1, 1, Number.NaN]);
    expect(() => decodeIdx(bytes, 'f.idx')).toThrow(/^f\.idx, row 2, column 2: expected a finite .*, got NaN/);
  });

  it('is refused in words: another magic number, cut short, surplus, no examples', () => {
    expect(() => decodeIdx(Buffer.from('PK\x03\x04....'), 'a')).toThrow(/0x00000801 .* got 0x504b0304/);
    expect(() => decodeIdx(idx(0x0b, [1], [1]), 'a')).toThrow(/got 0x00000b01/);
    expect(() => decodeIdx(images.subarray(0, 20), 'a')).toThrow(/expected 28 bytes for shape \[2, 2, 3\], got 20/);
    expect(() => decodeIdx(Buffer.concat([images, Buffer.of(0)]), 'a')).toThrow(
      /expected 28 bytes.* got 29: .* surplus/,
    );
    expect(() => decodeIdx(idx(8, [0, 2, 2], []), 'a')).toThrow(/at least one example, got shape \[0, 2, 2\]/);
  });

  it('cut anywhere, plain or packed, is a GargaloError', async () => {
    const packed = gzipSync(images);
    for (let length = 0; length < images.length; length++) {
      expect(() => decodeIdx(images.subarray(0, length), 'a')).toThrow(GargaloError);
    }
    for (let length = 0; length < packed.length; length++) {
      const path = await save('cut.gz', packed.subarray(0, length));
      await expect(readIdx(path)).rejects.toBeInstanceOf(GargaloError);
    }
  });

  it('of random bytes is a GargaloError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.boolean(), (bytes, disguised) => {
        if (disguised) bytes.set([0, 0, 8, 3].slice(0, bytes.length));
        try {
          decodeIdx(bytes, 'a');
        } catch (error) {
          expect(error).toBeInstanceOf(GargaloError);
        }
      }),
      { numRuns: effort(500, 5000) },
    );
  });

  it('is read the same packed with gzip', async () => {
    const plain = await readIdx(await save('p.idx3-ubyte', images));
    const packed = await readIdx(await save('p.idx3-ubyte.gz', gzipSync(images)));
    expect(await packed.block(0, 2)).toEqual(await plain.block(0, 2));
    expect(plain.name).toBe('p.idx3-ubyte');
  });

  it('says which file is missing or a folder', async () => {
    await expect(readIdx(join(folder, 'none'))).rejects.toThrow(/none: expected a file, got nothing/);
    await expect(readIdx(folder)).rejects.toThrow(/got a folder/);
  });
});

describe('a large IDX file', () => {
  it('is read where it lies, as the whole is, with its labels', async () => {
    const path = await save('large-images-idx3-ubyte', images);
    await save('large-labels-idx1-ubyte', idx(8, [2], [1, 0]));
    const floats = await save('f.idx', idx(0x0d, [3, 2], [0.5, -1, 2, 3, 4, Number.NaN]));
    const [whole, placed] = [await readIdx(path), await readIdx(path, { largeBytes: 10 })];
    const { block: _, ...form } = whole;
    expect(placed).toMatchObject(form);
    expect(await placed.block(1, 2)).toEqual(await whole.block(1, 2));
    const placedFloats = await readIdx(floats, { largeBytes: 10 });
    expect([...(await placedFloats.block(0, 2))]).toEqual([0.5, -1, 2, 3]);
    await expect(placedFloats.block(1, 3)).rejects.toThrow(/f\.idx, row 3, column 2: .*got NaN/);
    const cut = await save('cut.idx', images.subarray(0, 20));
    await expect(readIdx(cut, { largeBytes: 10 })).rejects.toThrow(/expected 28 bytes .* got 20: it is cut short/);
  });
});

describe('a large packed IDX file', () => {
  it('is unpacked beside, with its labels, as the whole is', async () => {
    const path = await save('packed-images-idx3-ubyte.gz', gzipSync(images));
    await save('packed-labels-idx1-ubyte.gz', gzipSync(idx(8, [2], [1, 0])));
    const [whole, placed] = [await readIdx(path), await readIdx(path, { largeBytes: 10 })];
    const { block: _, ...form } = whole;
    expect(placed).toMatchObject(form);
    expect(await placed.block(0, 2)).toEqual(await whole.block(0, 2));
    const floats = await save('f.idx.gz', gzipSync(idx(0x0d, [3, 2], [0.5, -1, 2, 3, 4, Number.NaN])));
    await expect(readIdx(floats, { largeBytes: 10 })).rejects.toThrow(/f\.idx\.gz, row 3, column 2: .*got NaN/);
  });

  it('that is cut, longer than it says, or damaged is a GargaloError', async () => {
    const whole = gzipSync(images);
    const read = async (bytes: Uint8Array) => readIdx(await save('d.idx.gz', bytes), { largeBytes: 10 });
    await expect(read(gzipSync(images.subarray(0, 24)))).rejects.toThrow(/expected 2 examples, got 1: it is cut short/);
    await expect(read(gzipSync(Uint8Array.of(...images, 1)))).rejects.toThrow(/2 examples, got more: it has surplus/);
    for (let length = 2; length < whole.length; length++) {
      await expect(read(whole.subarray(0, length))).rejects.toBeInstanceOf(GargaloError);
    }
    for (let at = 10; at < whole.length; at++) {
      const bytes = Uint8Array.from(whole);
      bytes[at]! ^= 0x55;
      await read(bytes).catch((error: unknown) => expect(error).toBeInstanceOf(GargaloError));
    }
  });
});

describe('the labels beside images', () => {
  it('are found by name, plain and packed', async () => {
    for (const [end, pack] of [
      ['', (bytes: Uint8Array) => bytes],
      ['.gz', gzipSync],
    ] as const) {
      const path = await save(`t-images-idx3-ubyte${end}`, pack(images));
      await save(`t-labels-idx1-ubyte${end}`, pack(idx(8, [2], [3, 0])));
      const { labels } = await readIdx(path);
      expect(labels).toEqual({ values: Int32Array.of(3, 0), names: ['0', '1', '2', '3'] });
    }
  });

  it('must be as many as the images, and labels', async () => {
    const path = await save('u-images.idx3-ubyte', images);
    await save('u-labels.idx1-ubyte', idx(8, [3], [3, 0, 1]));
    await expect(readIdx(path)).rejects.toThrow(/u-labels.*expected 2 labels.*got 3/);
    await save('u-labels.idx1-ubyte', images);
    await expect(readIdx(path)).rejects.toThrow(/expected the IDX magic number 0x00000801, got 0x00000803/);
  });

  it('are not needed', async () => {
    expect((await readIdx(await save('v-images-idx3-ubyte', images))).labels).toBeUndefined();
  });
});
