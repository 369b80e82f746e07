// The shortest decimal of a 32-bit float that reads back as the same float, as bytes: what G. L. Steele and J. L. White ask for in "How
// to Print Floating-Point Numbers Accurately", 1990. Doubles leave room enough to find it directly: a float scaled to nine digits is
// known to a millionth of its last digit, and half the way to the next float is 3 to 60 of it. What that leaves undecided is tried
// digit by digit.

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** Scaled by its power of ten, a float has nine digits before the point. */
const LEAST = 1e8;
const MOST = 1e9;
/** What scaling may be off by: two roundings of a double, four times over. */
const DOUBT = 1e-6;
/** 10^(8 − e) for e = −38 … 38, and 10^0 … 10^9 and their inverses. */
const scales = Float64Array.from({ length: 77 }, (_, i) => Number(`1e${46 - i}`));
/** Half the way from a float to the next, by its exponent's bits. */
const halves = Float64Array.from({ length: 256 }, (_, i) => 2 ** (i - 151));
const tens = Int32Array.from({ length: 10 }, (_, i) => 10 ** i);
const parts = Float64Array.from({ length: 10 }, (_, i) => 10 ** -i);
const LOG10_2 = Math.log10(2);

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;

/** The shortest decimal, by trying: slow. */
export function shortestByTrial(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}

function putText(text: string, bytes: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** Writes so many digits of a whole number below 2³¹, with zeros before it. */
function putDigits(value: number, count: number, bytes: Uint8Array, at: number): number {
  let rest = value;
  for (let i = at + count - 1; i >= at; i--) {
    const next = (rest / 10) | 0;
    bytes[i] = ZERO + rest - next * 10;
    rest = next;
  }
  return at + count;
}

function digitsOf(value: number): number {
  let count = 1;
  while (count < 10 && value >= tens[count]!) count++;
  return count;
}

function putZeros(count: number, bytes: Uint8Array, at: number): number {
  return bytes.fill(ZERO, at, at + count) && at + count;
}

/** Writes digits·10^power as JavaScript writes numbers: 0.000001, 123, 1.5e-7, 1e+21. */
function putDecimal(digits: number, power: number, bytes: Uint8Array, from: number): number {
  const count = digitsOf(digits);
  /** Digits before the point. */
  const whole = count + power;
  let at = from;
  if (power >= 0 && whole <= 21) return putZeros(power, bytes, putDigits(digits, count, bytes, at));
  if (whole > 0 && whole <= 21) {
    const unit = tens[-power]!;
    const before = (digits / unit) | 0;
    at = putDigits(before, whole, bytes, at);
    bytes[at++] = POINT;
    return putDigits(digits - before * unit, -power, bytes, at);
  }
  if (whole <= 0 && whole > -6) {
    bytes[at++] = ZERO;
    bytes[at++] = POINT;
    return putDigits(digits, count, bytes, putZeros(-whole, bytes, at));
  }
  const unit = tens[count - 1]!;
  const first = (digits / unit) | 0;
  bytes[at++] = ZERO + first;
  if (count > 1) {
    bytes[at++] = POINT;
    at = putDigits(digits - first * unit, count - 1, bytes, at);
  }
  const exponent = whole - 1;
  return putText(`e${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`, bytes, at);
}

/** Bytes that {@link putFloat} writes, at most. */
export const LONGEST_FLOAT = 32;

/**
 * Writes the shortest decimal that reads back as the same 32-bit float, in the notation of JavaScript; of those as short the nearest.
 *
 * @param value a 32-bit float
 * @param bytes has room for {@link LONGEST_FLOAT} more
 * @returns where the next byte goes
 */
export function putFloat(value: number, bytes: Uint8Array, at: number): number {
  float[0] = value;
  const pattern = bits[0]!;
  const exponent = (pattern >>> 23) & 0xff;
  // no number, or one of a spacing of its own
  if (exponent === 0xff || (exponent === 0 && pattern << 1 !== 0)) return putText(shortestByTrial(value), bytes, at);
  let to = at;
  if (pattern >>> 31 === 1) bytes[to++] = MINUS;
  const magnitude = Math.abs(value);
  if (magnitude < 1e7 && Math.floor(magnitude) === magnitude)
    return putDigits(magnitude, digitsOf(magnitude), bytes, to);
  // floats lie closer below a power of two than above it
  const powerOfTwo = (pattern & 0x7fffff) === 0;
  // 10^e ≤ magnitude < 10^(e + 1), found from the power of two and corrected
  let e = Math.floor((exponent - 127) * LOG10_2);
  let scale = scales[e + 38]!;
  let scaled = magnitude * scale;
  if (scaled >= MOST) {
    e++;
    scale = scales[e + 38]!;
    scaled = magnitude * scale;
  }
  /** Half the way to the next float; its power of two is exact. */
  const half = halves[powerOfTwo ? exponent - 1 : exponent]! * scale;
  if (scaled < LEAST || scaled >= MOST) return putText(shortestByTrial(magnitude), bytes, to);
  // nine digits always read back
  let digits = Math.floor(scaled + 0.5);
  let power = e - 8;
  if (Math.abs(Math.abs(digits - scaled) - 0.5) < DOUBT) return putText(shortestByTrial(magnitude), bytes, to);
  for (let dropped = 1; dropped < 9; dropped++) {
    const unit = tens[dropped]!;
    const candidate = Math.floor(scaled * parts[dropped]! + 0.5);
    const off = Math.abs(candidate * unit - scaled);
    // undecided: whether it reads back, or which of two is nearer
    if (Math.abs(off - half) < DOUBT || Math.abs(off - unit / 2) < DOUBT) {
      return putText(shortestByTrial(magnitude), bytes, to);
    }
    if (off > half) break;
    digits = candidate;
    power = e - 8 + dropped;
  }
  if (powerOfTwo && digits >= 1e6) return putText(shortestByTrial(magnitude), bytes, to);
  // a candidate of 10…0 has zeros to spare
  while (digits % 10 === 0) {
    digits /= 10;
    power++;
  }
  return putDecimal(digits, power, bytes, to);
}
