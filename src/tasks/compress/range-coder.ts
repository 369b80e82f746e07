/**
 * A range coder (Martin 1979), with the carry handled as in LZMA. Everything is a whole number below 2⁴⁸, which doubles
 * hold exactly, and every quotient is truncated: the same bytes and the same symbols come out on every machine.
 */

/** The range is kept at this or above, by bytes going out. */
const SMALLEST = 2 ** 32;
/** And below this. */
const WHOLE = 2 ** 40;
/** The largest sum of the frequencies of a distribution. */
export const MOST_TOTAL = 2 ** 22;

/** Writes symbols by their frequencies. */
export interface RangeEncoder {
  /**
   * Writes the symbol that has the frequencies `start` … `start + size − 1` of `total`; it takes log₂(total / size) bits.
   *
   * @param size at least 1
   * @param total at most {@link MOST_TOTAL}
   */
  encode(start: number, size: number, total: number): void;
  /** The bytes, without zeros at the end, which the decoder adds. To be called once. */
  finish(): Uint8Array;
}

/** Reads them back. */
export interface RangeDecoder {
  /** A number below `total`: the symbol is the one whose frequencies hold it. */
  position(total: number): number;
  /** Goes on to the next symbol; takes what {@link RangeEncoder.encode} took. */
  skip(start: number, size: number, total: number): void;
}

export function createRangeEncoder(): RangeEncoder {
  let out = new Uint8Array(256);
  let length = 0;
  let low = 0;
  let range = WHOLE - 1;
  // The byte that a carry may still raise, and how many 0xff follow it.
  let held = -1;
  let waiting = 0;

  const push = (byte: number): void => {
    if (length === out.length) {
      const larger = new Uint8Array(2 * length);
      larger.set(out);
      out = larger;
    }
    out[length++] = byte;
  };
  const release = (carry: number): void => {
    if (held >= 0) push(held + carry);
    for (; waiting > 0; waiting--) push((0xff + carry) & 0xff);
  };
  /** Moves the first byte of `low` out. */
  const shift = (): void => {
    if (low >= WHOLE) {
      release(1);
      low -= WHOLE;
      held = Math.floor(low / SMALLEST);
    } else if (low < WHOLE - SMALLEST) {
      release(0);
      held = Math.floor(low / SMALLEST);
    } else {
      waiting++;
    }
    low = (low % SMALLEST) * 256;
  };

  return {
    encode(start, size, total) {
      const unit = Math.floor(range / total);
      low += unit * start;
      // the last symbol gets what is left of the range
      range = start + size < total ? unit * size : range - unit * start;
      while (range < SMALLEST) {
        range *= 256;
        shift();
      }
    },
    finish() {
      // Of the numbers in the range, the one with the most zeros at its end: they need not be written.
      const top = low + range - 1;
      for (let step = WHOLE; step >= 1; step /= 256) {
        const round = Math.floor(top / step) * step;
        if (round < low) continue;
        low = round;
        break;
      }
      for (let i = 0; i < 6; i++) shift();
      while (length > 0 && out[length - 1] === 0) length--;
      return out.slice(0, length);
    },
  };
}

/** @param bytes what {@link RangeEncoder.finish} gave */
export function createRangeDecoder(bytes: Uint8Array): RangeDecoder {
  let at = 0;
  const next = (): number => (at < bytes.length ? (bytes[at++] as number) : 0);
  let range = WHOLE - 1;
  let code = 0;
  for (let i = 0; i < 5; i++) code = code * 256 + next();
  return {
    position(total) {
      const unit = Math.floor(range / total);
      return Math.min(Math.floor(code / unit), total - 1);
    },
    skip(start, size, total) {
      const unit = Math.floor(range / total);
      code -= unit * start;
      range = start + size < total ? unit * size : range - unit * start;
      while (range < SMALLEST) {
        range *= 256;
        code = code * 256 + next();
      }
    },
  };
}
