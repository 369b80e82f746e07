import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GargaloError } from '../errors.js';
import { decodeNpy } from './npy.js';

interface Header {
  readonly type?: string;
  readonly shape: readonly number[];
  readonly fortran?: boolean;
  readonly version?: 1 | 2;
}

/** Written as NumPy writes, apart from the padding: readers may not rely on it. */
function npy(values: ArrayBufferView, { type = '<f4', shape, fortran = false, version = 1 }: Header): Uint8Array {
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${sides}), }\n`;
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(text.length);
  else length.writeUInt32LE(text.length);
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Buffer.of(version, 0), length, Buffer.from(text), bytes]);
}

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
  ] as const)('of %s is read in versions 1 and 2', async (type, values, as, expected) => {
    for (const version of [1, 2] as const) {
      const read = await valuesOf(npy(values, { type, shape: [2, 2], version }));
      expect(read).toMatchObject({ name: 'a.npy', type: as, length: 2, shape: [2], values: expected });
    }
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
        const read = await valuesOf(npy(columnMajor, { shape, fortran: true }));
        expect(read.values).toEqual([...rowMajor]);
        expect(read.shape).toEqual(shape.slice(1));
      }),
      { numRuns: 50 },
    );
  });

  it('is refused in words', () => {
    const refused = (values: ArrayBufferView, header: Header) => expect(() => decodeNpy(npy(values, header), 'a.npy'));
    const four = Float32Array.of(1, 2, 3, 4);
    refused(four, { shape: [4] }).toThrow(/two axes or more, got shape \(4\) .*reshape\(-1, 1\)/);
    refused(four, { shape: [2, 2], type: '>f4' }).toThrow(/type <f4, .*, got >f4 .*astype/);
    refused(four, { shape: [2, 2], type: '<c8' }).toThrow(/got <c8/);
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
    const bytes = npy(Float32Array.of(1, 2, 3, 4), { shape: [2, 2] });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeNpy(bytes.subarray(0, length), 'a')).toThrow(GargaloError);
    }
  });

  it('with any bytes changed is a data set or a GargaloError', () => {
    const whole = npy(Float32Array.of(1, 2, 3, 4), { shape: [2, 2] });
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
      { numRuns: 1000 },
    );
  });
});
