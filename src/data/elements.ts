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
  /** Visits the numbers before they are rounded, of types that hold more digits than 32-bit floats; does not change the bytes. */
  readonly exact?: (bytes: Uint8Array, visit: (value: number) => void) => void;
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

const half = (bits: number): number => halfValues()[bits] ?? Number.NaN;

type View = (buffer: ArrayBuffer, at: number, count: number) => Float32Array;

/** Little-endian, as every machine this runs on. */
const views: Readonly<Record<string, { readonly bytes: number; readonly view: View }>> = {
  f2: { bytes: 2, view: (...place) => Float32Array.from(new Uint16Array(...place), half) },
  f8: { bytes: 8, view: (...place) => Float32Array.from(new Float64Array(...place)) },
  b1: { bytes: 1, view: (...place) => Float32Array.from(new Uint8Array(...place)) },
  i1: { bytes: 1, view: (...place) => Float32Array.from(new Int8Array(...place)) },
  i2: { bytes: 2, view: (...place) => Float32Array.from(new Int16Array(...place)) },
  i4: { bytes: 4, view: (...place) => Float32Array.from(new Int32Array(...place)) },
  i8: { bytes: 8, view: (...place) => Float32Array.from(new BigInt64Array(...place), Number) },
  u2: { bytes: 2, view: (...place) => Float32Array.from(new Uint16Array(...place)) },
  u4: { bytes: 4, view: (...place) => Float32Array.from(new Uint32Array(...place)) },
  u8: { bytes: 8, view: (...place) => Float32Array.from(new BigUint64Array(...place), Number) },
};

/** Numbers of more digits than 32-bit floats have. */
const exactly: Readonly<Record<string, (view: DataView, at: number, isLittle: boolean) => number>> = {
  f8: (view, at, isLittle) => view.getFloat64(at, isLittle),
  i4: (view, at, isLittle) => view.getInt32(at, isLittle),
  u4: (view, at, isLittle) => view.getUint32(at, isLittle),
  i8: (view, at, isLittle) => Number(view.getBigInt64(at, isLittle)),
  u8: (view, at, isLittle) => Number(view.getBigUint64(at, isLittle)),
};

/**
 * The numbers that NumPy calls by these names: kind and bytes, 'f4'. Bytes, 'u1', stay bytes; all others become 32-bit floats:
 * exactly, where they have at most 16 bits, else rounded to the nearest. A bool is 0 or 1.
 *
 * @param isBigEndian whether the first byte of each number is its largest
 */
export function elementsOf(name: string, isBigEndian = false): Elements | undefined {
  if (name === 'u1') return elementsOfType('uint8');
  if (name === 'f4') return elementsOfType('float32', isBigEndian);
  const known = views[name];
  if (!known) return undefined;
  const { bytes, view } = known;
  const exact = exactly[name];
  return {
    ...(exact && {
      exact(given, visit) {
        const numbers = new DataView(given.buffer, given.byteOffset, given.length);
        for (let at = 0; at < given.length; at += bytes) visit(exact(numbers, at, !isBigEndian));
      },
    }),
    bytes,
    type: 'float32',
    asTheyAre: false,
    read(given) {
      const { buffer, byteOffset, length } = inOrder(given, bytes, isBigEndian);
      return view(buffer, byteOffset, length / bytes);
    },
  };
}

/** Numbers in the machine's order, where a view of them may begin. */
function inOrder(bytes: Uint8Array<ArrayBuffer>, width: number, isBigEndian: boolean): Uint8Array<ArrayBuffer> {
  const ordered = isBigEndian ? turned(bytes, width) : bytes;
  return ordered.byteOffset % width === 0 ? ordered : ordered.slice();
}

/** The numbers that examples of a type are in memory, as bytes. */
export function elementsOfType(type: ElementType, isBigEndian = false): Elements {
  if (type === 'uint8') return { bytes: 1, type, asTheyAre: true, read: (bytes) => bytes };
  return {
    bytes: 4,
    type,
    asTheyAre: !isBigEndian,
    read(given) {
      const { buffer, byteOffset, length } = inOrder(given, 4, isBigEndian);
      return new Float32Array(buffer, byteOffset, length / 4);
    },
  };
}
