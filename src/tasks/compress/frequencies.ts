import type { RangeDecoder, RangeEncoder } from './range-coder.js';
import { MOST_TOTAL } from './range-coder.js';

/** What a symbol's frequency grows by each time that it comes. */
export const STEP = 32;

/**
 * How often each symbol came so far, over what was expected of it before the first came. Sums are kept in a tree (Fenwick
 * 1994), so that an alphabet of thousands is no slower than one of ten.
 */
export interface Frequencies {
  /** Writes a symbol and counts it. */
  encode(encoder: RangeEncoder, symbol: number): void;
  /** Reads a symbol and counts it. */
  decode(decoder: RangeDecoder): number;
}

/**
 * @param expected of each symbol at least 1, their sum at most half of {@link MOST_TOTAL}
 */
export function createFrequencies(expected: ArrayLike<number>): Frequencies {
  const { length } = expected;
  const top = 2 ** Math.floor(Math.log2(length));
  const counts = Int32Array.from(expected);
  const tree = new Int32Array(length + 1);
  let total = 0;

  const add = (symbol: number, amount: number): void => {
    for (let node = symbol + 1; node <= length; node += node & -node) tree[node]! += amount;
    total += amount;
  };
  const rebuild = (): void => {
    tree.fill(0);
    total = 0;
    for (let symbol = 0; symbol < length; symbol++) add(symbol, counts[symbol]!);
  };
  /** The sum of all before a symbol. */
  const before = (symbol: number): number => {
    let sum = 0;
    for (let node = symbol; node > 0; node -= node & -node) sum += tree[node]!;
    return sum;
  };
  const count = (symbol: number): void => {
    counts[symbol]! += STEP;
    add(symbol, STEP);
    if (total < MOST_TOTAL - STEP) return;
    for (let i = 0; i < length; i++) counts[i] = (counts[i]! + 1) >> 1;
    rebuild();
  };
  rebuild();

  return {
    encode(encoder, symbol) {
      encoder.encode(before(symbol), counts[symbol]!, total);
      count(symbol);
    },
    decode(decoder) {
      const position = decoder.position(total);
      let symbol = 0;
      let start = 0;
      for (let step = top; step > 0; step >>= 1) {
        const node = symbol + step;
        if (node > length || start + tree[node]! > position) continue;
        symbol = node;
        start += tree[node]!;
      }
      decoder.skip(start, counts[symbol]!, total);
      count(symbol);
      return symbol;
    },
  };
}
