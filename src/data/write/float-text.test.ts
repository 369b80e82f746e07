import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { LONGEST_FLOAT, putFloat, shortestByTrial } from './float-text.js';

const bytes = new Uint8Array(3 + LONGEST_FLOAT);
function textOf(value: number): string {
  const end = putFloat(value, bytes, 3);
  expect(end - 3).toBeLessThanOrEqual(LONGEST_FLOAT);
  return String.fromCharCode(...bytes.subarray(3, end));
}

/** Every float alike often, whatever its size. */
const pattern = fc
  .integer({ min: 0, max: 0xffffffff })
  .map((bits) => new Float32Array(Uint32Array.of(bits).buffer)[0]!);

describe('a 32-bit float as text', () => {
  it('reads back as the same float, and nothing shorter does', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          pattern,
          fc.float(),
          fc.integer({ min: -(10 ** 6), max: 10 ** 6 }).map((i) => Math.fround(i / 1000)),
        ),
        (value) => {
          const text = textOf(value);
          expect(Object.is(Math.fround(Number(text)), value)).toBe(true);
          if (!Number.isFinite(value) || value === 0) return;
          const digits = text
            .replace(/e.*$/, '')
            .replace(/[-.]/g, '')
            .replace(/^0+|0+$/g, '').length;
          if (digits > 1) expect(Math.fround(Number(value.toPrecision(digits - 1)))).not.toBe(value);
        },
      ),
      { numRuns: effort(20_000, 200_000) },
    );
  });

  it('is the nearest of the shortest, in the notation of JavaScript', () => {
    fc.assert(
      fc.property(fc.oneof(pattern, fc.float({ noNaN: true })), (value) => {
        const isWhole = Number.isInteger(value) && Math.abs(value) < 1e7;
        expect(textOf(value)).toBe(Object.is(value, -0) ? '-0' : isWhole ? String(value) : shortestByTrial(value));
      }),
      { numRuns: effort(20_000, 200_000) },
    );
  });

  it.each([
    [0.1, '0.1'],
    [-0, '-0'],
    [255, '255'],
    [1e-7, '1e-7'],
    [1.5e-7, '1.5e-7'],
    [1e-6, '0.000001'],
    [1e21, '1e+21'],
    [2 ** 24, '16777216'],
    [3.4028234663852886e38, '3.4028235e+38'],
    [2 ** -149, '1e-45'],
    [-123.25, '-123.25'],
    [1e20, '100000000000000000000'],
  ])('%d is %s', (value, text) => {
    expect(textOf(Math.fround(value))).toBe(text);
  });
});
