import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { inFolder, type NpyHeaderOptions, npyBytes } from '../../../test/tiny.js';
import { GargaloError } from '../../core/errors.js';
import { decodeNpy, readNpy } from './npy.js';

async function valuesOf(bytes: Uint8Array) {
  const dataset = decodeNpy(bytes, 'a.npy');
  return { ...dataset, values: [...(await dataset.block(0, dataset.length))] };
}

describe('a NumPy array', () => {
  it.each([
    ['<f4', Float32Array.of(1.5, -2, 3, 4), 'float32', [1.5, -2, 3, 4]],
    ['<f8', Float64Array.of(0.1, -2, 3, 4), 'float32', [Math.fround(0.1), -2, 3, 4]],
    ['|u1', Uint8Array.of(1, 2, 3, 255), 'uint8', [1, 2, 3, 255]],
    ['<i4', Int32Array.of(1, -2, 3, 4), 'float32', [1, -2, 3, 4]],
    ['<i8', BigInt64Array.of(1n, -2n, 3n, 4n), 'float32', [1, -2, 3, 4]],
    ['<u8', BigUint64Array.of(1n, 2n, 3n, 4n), 'float32', [1, 2, 3, 4]],
    ['<u4', Uint32Array.of(1, 2, 3, 2 ** 31), 'float32', [1, 2, 3, 2 ** 31]],
    ['<u2', Uint16Array.of(1, 2, 3, 65535), 'float32', [1, 2, 3, 65535]],
    ['<i2', Int16Array.of(1, -2, 3, -32768), 'float32', [1, -2, 3, -32768]],
    ['|i1', Int8Array.of(1, -2, 3, -128), 'float32', [1, -2, 3, -128]],
    ['|b1', Uint8Array.of(1, 0, 0, 1), 'float32', [1, 0, 0, 1]],
    // 1.5, −2, the smallest and the largest number of 16 bits
    ['<f2', Uint16Array.of(0x3e00, 0xc000, 0x0001, 0x7bff), 'float32', [1.5, -2, 2 ** -24, 65504]],
    ['>f4', Uint8Array.of(0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x40, 0, 0), 'float32', [1.5, -2, 0, 3]],
    ['>u2', Uint8Array.of(0, 1, 1, 0, 0xff, 0xff, 0, 2), 'float32', [1, 256, 65535, 2]],
  ] as const)('of %s is read in versions 1 and 2', async (type, values, as, expected) => {
    for (const version of [1, 2] as const) {
      const read = await valuesOf(npyBytes(values, { type, shape: [2, 2], version }));
      expect(read).toMatchObject({ name: 'a.npy', type: as, length: 2, shape: [2], values: expected });
    }
  });

  it('of more digits than 32-bit floats have tells what is lost, with what to subtract', async () => {
    const far = Float64Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? i : 5412345.12 + i / 1000));
    const told =
      '32-bit floats round it by up to 0.127, where its values span 0.006: subtract 5412345.124 from it first';
    const notesOf = async (options: NpyHeaderOptions) => (await valuesOf(npyBytes(far, options))).notes;
    expect(await notesOf({ type: '<f8', shape: [4, 2] })).toEqual([`! column 2: ${told}`]);
    expect(await notesOf({ type: '<f8', shape: [2, 4], fortran: true })).toBeUndefined();
    const images = npyBytes(
      far.map((value) => (value < 10 ? 5412345.12 : value)),
      { type: '<f8', shape: [2, 2, 2] },
    );
    expect((await valuesOf(images)).notes?.[0]).toContain('! the values: 32-bit floats');
  });

  it('packed with gzip is read the same, a large one by way of a temporary file', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'a.npy.gz');
      const bytes = npyBytes(Float32Array.of(1.5, -2, 3, 4), { type: '<f4', shape: [2, 2] });
      await writeFile(path, gzipSync(bytes));
      for (const largeBytes of [100, 10]) {
        const dataset = await readNpy(path, { largeBytes });
        expect([...(await dataset.block(0, 2))]).toEqual([1.5, -2, 3, 4]);
      }
      await writeFile(path, gzipSync(bytes.subarray(0, bytes.length - 4)));
      await expect(readNpy(path)).rejects.toThrow(/a\.npy\.gz: .*cut short/);
      await expect(readNpy(path, { largeBytes: 10 })).rejects.toThrow(/expected 2 examples, got 1: it is cut short/);
    });
  });

  it('in Fortran order holds the same examples', async () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const size = shape.reduce((product, side) => product * side, 1);
        const rowMajor = Float32Array.from({ length: size }, (_, i) => i);
        const columnMajor = new Float32Array(size);
        for (let i = 0; i < size; i++) {
          let at = 0;
          let rest = i;
          for (let axis = shape.length - 1; axis >= 0; axis--) {
            const side = shape[axis] as number;
            at += (rest % side) * shape.slice(0, axis).reduce((product, before) => product * before, 1);
            rest = Math.floor(rest / side);
          }
          columnMajor[at] = i;
        }
        const read = await valuesOf(npyBytes(columnMajor, { shape, fortran: true }));
        expect(read.values).toEqual([...rowMajor]);
        expect(read.shape).toEqual(shape.slice(1));
      }),
      { numRuns: effort(50, 500) },
    );
  });

  it('is refused in words', () => {
    const refused = (values: ArrayBufferView, header: NpyHeaderOptions) =>
      expect(() => decodeNpy(npyBytes(values, header), 'a.npy'));
    const four = Float32Array.of(1, 2, 3, 4);
    refused(four, { shape: [4] }).toThrow(
      /two axes or more, .* got shape \(4,\) \(of labels name it with `label` beside .*reshape\(-1, 1\)/,
    );
    refused(four, { shape: [2, 2], type: '<c8' }).toThrow(/numbers .*, got values of type <c8 .*astype/);
    refused(Uint16Array.of(0x7c00), { shape: [1, 1], type: '<f2' }).toThrow(/finite 32-bit number, got Infinity/);
    refused(four, { shape: [2, 3] }).toThrow(/expected 24 bytes of values for shape \(2, 3\), got 16: it is cut short/);
    refused(four, { shape: [1, 3] }).toThrow(/surplus/);
    refused(new Float32Array(0), { shape: [0, 3] }).toThrow(/at least one value, got shape \(0, 3\)/);
    refused(Float32Array.of(1, 2, 3, Number.NaN), { shape: [2, 2] }).toThrow(/a\.npy, row 2, column 2: .*got NaN/);
    refused(Float64Array.of(1e300), { shape: [1, 1], type: '<f8' }).toThrow(/finite 32-bit number, got Infinity/);
    refused(four, { shape: [1e22, 2] }).toThrow(GargaloError);
    expect(() => decodeNpy(Buffer.from('hello world'), 'a.npy')).toThrow(
      /first bytes 934e554d5059\), got 68656c6c6f20/,
    );
  });

  it('cut anywhere is a GargaloError', () => {
    const bytes = npyBytes(Float32Array.of(1, 2, 3, 4), { shape: [2, 2] });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeNpy(bytes.subarray(0, length), 'a')).toThrow(GargaloError);
    }
  });

  it('with any bytes changed is a data set or a GargaloError', () => {
    const whole = npyBytes(Float32Array.of(1, 2, 3, 4), { shape: [2, 2] });
    const change = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(change, fc.uint8Array({ maxLength: 40 }), (changes, random) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        for (const candidate of [bytes, random]) {
          try {
            decodeNpy(candidate, 'a');
          } catch (error) {
            expect(error).toBeInstanceOf(GargaloError);
          }
        }
      }),
      { numRuns: effort(1000, 10_000) },
    );
  });
});

describe('a large NumPy file', () => {
  it('is read where it lies, any block, as the whole is', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'large.npy');
      for (const [type, values] of [
        ['<f4', Float32Array.from({ length: 60 }, (_, i) => i)],
        ['<f8', Float64Array.from({ length: 60 }, (_, i) => i)],
        ['|u1', Uint8Array.from({ length: 60 }, (_, i) => i)],
      ] as const) {
        await writeFile(path, npyBytes(values, { type, shape: [10, 2, 3] }));
        const [whole, placed] = [await readNpy(path), await readNpy(path, { largeBytes: 10 })];
        const { block: _a, ...form } = whole;
        expect(placed).toMatchObject(form);
        for (const [start, end] of [
          [0, 10],
          [3, 7],
          [9, 10],
          [4, 4],
        ] as const) {
          expect([...(await placed.block(start, end))]).toEqual([...(await whole.block(start, end))]);
        }
      }
    });
  });

  it('tells where a value is not finite when its block is read', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'nan.npy');
      await writeFile(path, npyBytes(Float32Array.of(1, 2, 3, 4, 5, Number.NaN), { shape: [3, 2] }));
      const placed = await readNpy(path, { largeBytes: 10 });
      expect([...(await placed.block(0, 2))]).toEqual([1, 2, 3, 4]);
      await expect(placed.block(2, 3)).rejects.toThrow(/nan\.npy, row 3, column 2: .*got NaN/);
    });
  });

  it('is refused cut short, in Fortran order, and where it is changed meanwhile', async () => {
    await inFolder(async (folder) => {
      const path = join(folder, 'a.npy');
      const values = Float32Array.of(1, 2, 3, 4);
      const read = () => readNpy(path, { largeBytes: 10 });
      await writeFile(path, npyBytes(values, { shape: [3, 2] }));
      await expect(read()).rejects.toThrow(/expected 24 bytes of values .*got 16: it is cut short/);
      await writeFile(path, npyBytes(values, { shape: [2, 2], fortran: true }));
      await expect(read()).rejects.toThrow(/C order.*ascontiguousarray/);
      await writeFile(path, npyBytes(values, { shape: [2, 2] }));
      const placed = await read();
      await writeFile(path, npyBytes(Float32Array.of(1, 2), { shape: [1, 2] }));
      await expect(placed.block(0, 1)).rejects.toThrow(/as it was opened, got it changed meanwhile/);
      await rm(path);
      await expect(placed.block(0, 1)).rejects.toThrow(/got nothing of that name/);
    });
  });
});
