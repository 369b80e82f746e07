import { badInput } from '../../core/errors.js';

/** Whole numbers in a file stay below this, so that doubles hold them. */
const MOST = Number.MAX_SAFE_INTEGER;

/** Bytes that grow. */
export interface ByteWriter {
  byte(value: number): void;
  /** Seven bits a byte, the lowest first, the eighth says that more follow (LEB128). */
  whole(value: number): void;
  /** The same for numbers of either sign: 0, −1, 1, −2, … */
  signed(value: number): void;
  /** 32-bit float, little-endian. */
  float(value: number): void;
  bytes(values: Uint8Array): void;
  /** A length and as many bytes. */
  part(values: Uint8Array): void;
  finish(): Uint8Array;
}

export function createByteWriter(): ByteWriter {
  const parts: Uint8Array[] = [];
  let small: number[] = [];
  const flush = (): void => {
    if (small.length > 0) parts.push(Uint8Array.from(small));
    small = [];
  };
  const whole = (value: number): void => {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) small.push((rest % 128) + 128);
    small.push(rest);
  };
  const bytes = (values: Uint8Array): void => {
    flush();
    parts.push(values);
  };
  return {
    byte: (value) => small.push(value),
    whole,
    signed: (value) => whole(value < 0 ? -2 * value - 1 : 2 * value),
    float(value) {
      const view = new DataView(new ArrayBuffer(4));
      view.setFloat32(0, value, true);
      small.push(...new Uint8Array(view.buffer));
    },
    bytes,
    part(values) {
      whole(values.length);
      bytes(values);
    },
    finish() {
      flush();
      const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const part of parts) {
        all.set(part, at);
        at += part.length;
      }
      return all;
    },
  };
}

/** Takes bytes apart; what runs over the end, or is larger than its place allows, is refused. */
export interface ByteReader {
  readonly left: number;
  byte(what: string): number;
  /** @param most the largest number that makes sense */
  whole(what: string, most?: number): number;
  signed(what: string): number;
  float(what: string): number;
  bytes(what: string, length: number): Uint8Array;
  part(what: string): Uint8Array;
}

/** @param where the file, for messages */
export function createByteReader(all: Uint8Array, where: string): ByteReader {
  let at = 0;
  const byte = (what: string): number => {
    if (at >= all.length) throw badInput(where, `expected ${what}, got the end of the header`);
    return all[at++] as number;
  };
  const whole = (what: string, most = MOST): number => {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const next = byte(what);
      value += (next % 128) * unit;
      // beyond that, sums would be rounded
      if (value > most || unit > 2 ** 49) throw badInput(where, `expected ${what} of at most ${most}, got more`);
      if (next < 128) return value;
    }
  };
  const bytes = (what: string, length: number): Uint8Array => {
    if (length > all.length - at) {
      throw badInput(where, `expected ${length} bytes of ${what}, got ${all.length - at}`);
    }
    at += length;
    return all.subarray(at - length, at);
  };
  return {
    get left() {
      return all.length - at;
    },
    byte,
    whole,
    signed(what) {
      const value = whole(what, 2 ** 32);
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    },
    float(what) {
      const four = bytes(what, 4);
      return new DataView(four.buffer, four.byteOffset, 4).getFloat32(0, true);
    },
    bytes,
    part: (what) => bytes(what, whole(`the length of ${what}`)),
  };
}
