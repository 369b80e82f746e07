import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { createRandom } from '../../core/random.js';
import { createRangeDecoder, createRangeEncoder, MOST_TOTAL } from './range-coder.js';

/** Sums of the frequencies before each symbol, and of all. */
function sumsOf(frequencies: readonly number[]): number[] {
  const sums = [0];
  for (const frequency of frequencies) sums.push(sums.at(-1)! + frequency);
  return sums;
}

function encoded(frequencies: readonly number[], symbols: readonly number[]): Uint8Array {
  const sums = sumsOf(frequencies);
  const encoder = createRangeEncoder();
  for (const symbol of symbols) encoder.encode(sums[symbol]!, frequencies[symbol]!, sums.at(-1)!);
  return encoder.finish();
}

function decoded(frequencies: readonly number[], bytes: Uint8Array, count: number): number[] {
  const sums = sumsOf(frequencies);
  const total = sums.at(-1)!;
  const decoder = createRangeDecoder(bytes);
  return Array.from({ length: count }, () => {
    const position = decoder.position(total);
    const symbol = sums.findIndex((sum, i) => sum <= position && position < sums[i + 1]!);
    decoder.skip(sums[symbol]!, frequencies[symbol]!, total);
    return symbol;
  });
}

/** Bits of symbols under their distribution: what no coder goes below. */
function idealBits(frequencies: readonly number[], symbols: readonly number[]): number {
  const total = sumsOf(frequencies).at(-1)!;
  return symbols.reduce((bits, symbol) => bits - Math.log2(frequencies[symbol]! / total), 0);
}

/** Frequencies of all sizes: flat, skewed so far as there is room, a single symbol. */
const distribution = fc
  .array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 2 ** 18 })), {
    minLength: 1,
    maxLength: 12,
  })
  .filter((frequencies) => sumsOf(frequencies).at(-1)! <= MOST_TOTAL);

describe('the range coder', () => {
  it('gives back what went in, whatever the distribution, and takes what the distribution says', () => {
    fc.assert(
      fc.property(
        distribution.chain((frequencies) =>
          fc.tuple(
            fc.constant(frequencies),
            fc.array(fc.integer({ min: 0, max: frequencies.length - 1 }), { maxLength: 400 }),
          ),
        ),
        ([frequencies, symbols]) => {
          const bytes = encoded(frequencies, symbols);
          expect(decoded(frequencies, bytes, symbols.length)).toEqual(symbols);
          // less than a byte beyond the ideal, and what truncated quotients cost
          expect(bytes.length * 8).toBeLessThanOrEqual(1.001 * idealBits(frequencies, symbols) + 8);
        },
      ),
      { numRuns: effort(500, 5000) },
    );
  });

  it('carries through long runs of 0xff', () => {
    // Symbols whose interval ends where the range does push `low` up to the end of the range again and again.
    const frequencies = [MOST_TOTAL - 1, 1];
    const random = createRandom(1, 'carries');
    for (const often of [0.5, 0.9, 0.999]) {
      const symbols = Array.from({ length: 3000 }, () => (random.uniform() < often ? 1 : 0));
      expect(decoded(frequencies, encoded(frequencies, symbols), symbols.length)).toEqual(symbols);
    }
  });

  it('is within a tenth of a per cent of the entropy of long messages', () => {
    const random = createRandom(2, 'entropy');
    const frequencies = [900, 60, 30, 9, 1];
    const sums = sumsOf(frequencies);
    const symbols = Array.from({ length: 50_000 }, () => {
      const position = random.integer(1000);
      return sums.findIndex((sum, i) => sum <= position && position < sums[i + 1]!);
    });
    expect(encoded(frequencies, symbols).length * 8).toBeLessThan(1.001 * idealBits(frequencies, symbols));
  });

  it('needs no bytes for nothing, nor for what is certain', () => {
    expect(encoded([3], []).length).toBe(0);
    expect(encoded([3], new Array(1000).fill(0)).length).toBe(0);
    expect(decoded([3], new Uint8Array(), 1000)).toEqual(new Array(1000).fill(0));
  });

  it('makes something of any bytes: what they mean is not its to judge', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), distribution, (bytes, frequencies) => {
        for (const symbol of decoded(frequencies, bytes, 50)) expect(symbol).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
