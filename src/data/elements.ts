import type { ElementType } from './dataset.js';

/** How numbers lie in a file, and what they become. */
export interface Elements {
  /** Bytes of one. */
  readonly bytes: number;
  readonly type: ElementType;
  /** Whether the bytes in the file are those in memory. */
  readonly asTheyAre: boolean;
  /** Numbers from the bytes of whole ones; takes the memory over where it can. */
  read(bytes: Uint8Array<ArrayBuffer>): Uint8Array | Float32Array;
}

/** The bytes of each number turned around, in place. */
function turned(bytes: Uint8Array<ArrayBuffer>, width: number): Uint8Array<ArrayBuffer> {
  for (let at = 0; at < bytes.length; at += width) {
    for (let [low, high] = [at, at + width - 1]; low < high; low++, high--) {
      const swap = bytes[low]!;
      bytes[low] = bytes[high]!;
      bytes[high] = swap;
    }
  }
  return bytes;
}

/** The value of each of the 65,536 numbers of 16 bits (IEEE 754 binary16). */
let halves: Float32Array | undefined;

function halfValues(): Float32Array {
  halves ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => {
    const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
    const sign = bits >> 15 ? -1 : 1;
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
  return halves;
}

function half(bits: number): number {
  return halfValues()[bits]!;
}

type View = (buffer: ArrayBuffer, at: number, count: number) => ArrayLike<number> | BigInt64Array | BigUint64Array;

/** Little-endian, as every machine this runs on. */
const views: Readonly<Record<string, { readonly bytes: number; readonly view: View }>> = {
  f2: { bytes: 2, view: (buffer, at, count) => new Uint16Array(buffer, at, count) },
  f8: { bytes: 8, view: (buffer, at, count) => new Float64Array(buffer, at, count) },
  b1: { bytes: 1, view: (buffer, at, count) => new Uint8Array(buffer, at, count) },
  i1: { bytes: 1, view: (buffer, at, count) => new Int8Array(buffer, at, count) },
  i2: { bytes: 2, view: (buffer, at, count) => new Int16Array(buffer, at, count) },
  i4: { bytes: 4, view: (buffer, at, count) => new Int32Array(buffer, at, count) },
  i8: { bytes: 8, view: (buffer, at, count) => new BigInt64Array(buffer, at, count) },
  u2: { bytes: 2, view: (buffer, at, count) => new Uint16Array(buffer, at, count) },
  u4: { bytes: 4, view: (buffer, at, count) => new Uint32Array(buffer, at, count) },
  u8: { bytes: 8, view: (buffer, at, count) => new BigUint64Array(buffer, at, count) },
};

/**
 * The numbers that NumPy calls by these names: kind and bytes, 'f4'. Bytes, 'u1', stay bytes; all others become 32-bit floats:
 * exactly, where they have at most 16 bits, else rounded to the nearest. A bool is 0 or 1.
 *
 * @param isBigEndian whether the first byte of each number is its largest
 */
export function elementsOf(name: string, isBigEndian = false): Elements | undefined {
  if (name === 'u1') return { bytes: 1, type: 'uint8', asTheyAre: true, read: (bytes) => bytes };
  const inOrder = (bytes: Uint8Array<ArrayBuffer>, width: number) => {
    const ordered = isBigEndian ? turned(bytes, width) : bytes;
    return ordered.byteOffset % width === 0 ? ordered : ordered.slice();
  };
  if (name === 'f4') {
    return {
      bytes: 4,
      type: 'float32',
      asTheyAre: !isBigEndian,
      read(given) {
        const { buffer, byteOffset, length } = inOrder(given, 4);
        return new Float32Array(buffer, byteOffset, length / 4);
      },
    };
  }
  const known = views[name];
  if (!known) return undefined;
  const { bytes, view } = known;
  return {
    bytes,
    type: 'float32',
    asTheyAre: false,
    read(given) {
      const { buffer, byteOffset, length } = inOrder(given, bytes);
      const values = view(buffer, byteOffset, length / bytes);
      if (name === 'f2') return Float32Array.from(values as Uint16Array, half);
      if (bytes === 8 && name !== 'f8') return Float32Array.from(values as BigInt64Array, Number);
      return Float32Array.from(values as ArrayLike<number>);
    },
  };
}
