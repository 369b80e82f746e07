import { badInput } from '../../core/errors.js';
import { columnOf } from '../../core/vectors.js';
import { createFrequencies, type Frequencies, STEP } from './frequencies.js';
import { createRangeDecoder, createRangeEncoder, type RangeDecoder, type RangeEncoder } from './range-coder.js';

/** Code values lie between −LARGEST and LARGEST. */
export const LARGEST = 2 ** 29;

/** What is known of a place of the code before the first example: where its values lie, about. All whole numbers. */
export type Expectation =
  /** Around a center, at a distance of about `spread` sixteenths. */
  | { readonly type: 'around'; readonly center: number; readonly spread: number }
  /** 0 … entries − 1, any of them. */
  | { readonly type: 'entries'; readonly entries: number };

/** Spreads in a file lie between 1 and this. */
export const LARGEST_SPREAD = 16 * LARGEST;
/** How many examples what is expected counts for, beside those that come. */
const EXPECTED_EXAMPLES = 32;
/** An entry of a codebook counts for half an example before it comes (Krichevsky & Trofimov 1981). */
const ENTRY = STEP / 2;
/** Values that lie wider apart than this many sixteenths lose their last bits to a part that is written as it is. */
const FINEST = 16 * 64;

/**
 * Frequencies of the distances 0, 1, 2, … from the center: Student's distribution with three degrees of freedom,
 * (1 + d² / 2s²)⁻², in whole numbers, as far as it is 1 or more. It is heavy in its tails: what it expects too little of costs more
 * than what it expects too much of.
 *
 * @param spread in sixteenths, at most about {@link FINEST}
 */
function expectedFrequencies(spread: number): number[] {
  const scale = 2 * spread * spread;
  const peak = Math.max(STEP, Math.floor((EXPECTED_EXAMPLES * STEP * 32) / (5 * Math.max(spread, 6))));
  const frequencies: number[] = [];
  for (let distance = 0; ; distance++) {
    const root = Math.floor((peak * scale) / (scale + 256 * distance * distance));
    const frequency = Math.floor((root * root) / peak);
    if (frequency < 1) return frequencies;
    frequencies.push(frequency);
  }
}

/** Writes and reads the values of one place of the code, example after example. */
interface PlaceCoder {
  encode(encoder: RangeEncoder, value: number): void;
  decode(decoder: RangeDecoder): number;
}

/** Bits that are as often 0 as 1. */
function encodeBits(encoder: RangeEncoder, value: number, count: number): void {
  for (let bit = count - 1; bit >= 0; bit--) encoder.encode((value >> bit) & 1, 1, 2);
}
function decodeBits(decoder: RangeDecoder, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) {
    const bit = decoder.position(2);
    decoder.skip(bit, 1, 2);
    value = 2 * value + bit;
  }
  return value;
}

/** A whole number of at least 1, small ones in few bits (Elias's gamma code, 1975). */
function encodeGamma(encoder: RangeEncoder, value: number): void {
  const length = 31 - Math.clz32(value);
  encodeBits(encoder, 0, length);
  encodeBits(encoder, value, length + 1);
}
function decodeGamma(decoder: RangeDecoder): number {
  let length = 0;
  while (length < 31 && decodeBits(decoder, 1) === 0) length++;
  return 2 ** length + decodeBits(decoder, length);
}

/** Of a codebook: the entry itself is the symbol. */
function entryCoder(entries: number): PlaceCoder {
  const frequencies = createFrequencies(new Int32Array(entries).fill(ENTRY));
  return {
    encode: (encoder, value) => frequencies.encode(encoder, value),
    decode: (decoder) => frequencies.decode(decoder),
  };
}

/**
 * Around a center: those near it are symbols, after which what lies beyond is written by its distance. Where values spread
 * far, their last bits are left to a part that is written as it is, so that there are never many symbols.
 */
function numberCoder(center: number, spread: number, where: string): PlaceCoder {
  let shift = 0;
  while (spread / 2 ** shift > FINEST) shift++;
  const unit = 2 ** shift;
  const half = expectedFrequencies(Math.max(1, Math.floor(spread / unit)));
  const reach = half.length - 1;
  const outside = 2 * reach + 1;
  const expected = [...half.slice(1).reverse(), ...half, 1];
  const frequencies: Frequencies = createFrequencies(expected);
  return {
    encode(encoder, value) {
      const distance = value - center;
      const high = Math.floor(distance / unit);
      if (Math.abs(high) <= reach) {
        frequencies.encode(encoder, high + reach);
      } else {
        frequencies.encode(encoder, outside);
        encodeBits(encoder, high < 0 ? 1 : 0, 1);
        encodeGamma(encoder, Math.abs(high) - reach);
      }
      encodeBits(encoder, distance - high * unit, shift);
    },
    decode(decoder) {
      const symbol = frequencies.decode(decoder);
      let high = symbol - reach;
      if (symbol === outside) {
        const negative = decodeBits(decoder, 1) === 1;
        high = (negative ? -1 : 1) * (decodeGamma(decoder) + reach);
      }
      const value = center + high * unit + decodeBits(decoder, shift);
      if (Math.abs(value) <= LARGEST) return value;
      throw badInput(where, `expected code values of at most ${LARGEST}, got ${value}`, 'the file is damaged');
    },
  };
}

/**
 * Writes and reads code values in blocks of examples. What is learned of the distributions in a block is known in the next
 * one: blocks are read in the order they were written in.
 */
export interface IntegerCoder {
  /**
   * @param values [examples, places] row-major, within ±{@link LARGEST}
   */
  encode(values: Int32Array): Uint8Array;
  /** @param count number of values, of whole examples */
  decode(bytes: Uint8Array, count: number): Int32Array;
}

/**
 * A coder of code values. It learns how often each value of each place comes, from what is expected on, while it codes
 * (in whole numbers alone, so that encoder and decoder agree on any machine).
 *
 * @param expectations one for each place
 * @param where the file, for messages
 */
export function createIntegerCoder(expectations: readonly Expectation[], where = 'code'): IntegerCoder {
  const places = expectations.map((expectation) =>
    expectation.type === 'entries'
      ? entryCoder(expectation.entries)
      : numberCoder(expectation.center, expectation.spread, where),
  );
  return {
    encode(values) {
      const encoder = createRangeEncoder();
      for (let at = 0; at < values.length; ) {
        for (const place of places) place.encode(encoder, values[at++]!);
      }
      return encoder.finish();
    },
    decode(bytes, count) {
      const decoder = createRangeDecoder(bytes);
      const values = new Int32Array(count);
      for (let at = 0; at < count; ) {
        for (const place of places) values[at++] = place.decode(decoder);
      }
      return values;
    },
  };
}

/**
 * What to expect of each place, from some examples of it.
 *
 * @param values [examples, places] row-major
 */
export function expectationsOf(values: Int32Array, places: number): Expectation[] {
  const examples = values.length / places;
  return Array.from({ length: places }, (_, place) => {
    const own = columnOf(values, places, place);
    const center = Math.round(own.reduce((sum, value) => sum + value, 0) / Math.max(1, examples));
    const squares = own.reduce((sum, value) => sum + (value - center) ** 2, 0);
    const spread = Math.round(16 * Math.sqrt(squares / Math.max(1, examples)));
    return { type: 'around', center, spread: Math.min(Math.max(spread, 1), LARGEST_SPREAD) };
  });
}
