// Decimals to the nearest double. W. D. Clinger, "How to Read Floating Point Numbers Accurately", 1990: a whole number below
// 2⁵³ times or divided by a power of ten up to 10²² is one rounding of the exact value, since both are exact. Longer ones are
// divided in twice the precision (T. J. Dekker, "A Floating-Point Technique for Extending the Available Precision", 1971),
// which settles all but those within a hair of the middle between two doubles.

/** 10⁰ … 10²², all exact. */
export const powersOfTen = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/** Halves a double into two numbers of 26 bits each. */
const SPLITTER = 2 ** 27 + 1;

/** a·b − fl(a·b), exact where nothing overflows. */
function productError(a: number, b: number, product: number): number {
  let scaled = SPLITTER * a;
  const aHigh = scaled - (scaled - a);
  const aLow = a - aHigh;
  scaled = SPLITTER * b;
  const bHigh = scaled - (scaled - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** The sum of two numbers where it is surely the nearest double to high + low ± |high|·2⁻⁹⁰; else NaN. */
function settled(high: number, low: number): number {
  const sum = high + low;
  const rest = low - (sum - high);
  const margin = Math.abs(high) * 2 ** -90;
  return sum + (rest + margin) === sum && sum + (rest - margin) === sum ? sum : Number.NaN;
}

/**
 * The nearest double to (high·10⁹ + low)·10^exponent.
 *
 * @param high a whole number below 10⁹
 * @param low a whole number below 10⁹
 * @param exponent −22 … 22
 * @returns NaN where that is not settled by twice the precision
 */
export function scaledDecimal(high: number, low: number, exponent: number): number {
  const billions = high * 1e9; // below 10¹⁸: rounded, with the rest beside
  const rest = productError(high, 1e9, billions);
  const sum = billions + low;
  const whole = sum;
  const part = rest + (low - (sum - billions));
  if (exponent === 0) return settled(whole, part);
  if (exponent > 0) {
    const power = powersOfTen[exponent]!;
    const product = whole * power;
    return settled(product, productError(whole, power, product) + part * power);
  }
  const power = powersOfTen[-exponent]!;
  const quotient = whole / power;
  const product = quotient * power;
  const remainder = whole - product - productError(quotient, power, product) + part;
  return settled(quotient, remainder / power);
}

const ZERO = 0x30;

/**
 * Reads a decimal that is known to be one: sign, digits with at most one mark among them, an exponent.
 *
 * @param mark the byte of the decimal mark
 * @returns NaN where more than 18 digits or a large exponent need another way
 */
export function longDecimal(bytes: Uint8Array, from: number, to: number, mark: number): number {
  let at = from;
  const negative = bytes[at] === 0x2d;
  if (negative || bytes[at] === 0x2b) at++;
  let high = 0;
  let low = 0;
  let digits = 0;
  let exponent = 0;
  let afterMark = false;
  for (; at < to; at++) {
    const byte = bytes[at]!;
    if (byte === mark) {
      afterMark = true;
      continue;
    }
    const digit = byte - ZERO;
    if (digit < 0 || digit > 9) break;
    if (afterMark) exponent--;
    if (digit === 0 && digits === 0) continue; // leading zeros
    if (digits < 9) high = high * 10 + digit;
    else if (digits < 18) low = low * 10 + digit;
    else return Number.NaN;
    digits++;
  }
  if (at < to) {
    // "e", its sign, its digits
    at++;
    const down = bytes[at] === 0x2d;
    if (down || bytes[at] === 0x2b) at++;
    let power = 0;
    for (; at < to; at++) power = Math.min(9999, power * 10 + bytes[at]! - ZERO);
    exponent += down ? -power : power;
  }
  if (digits === 0) return negative ? -0 : 0;
  if (exponent < -22 || exponent > 22) return Number.NaN;
  // the second nine digits are fewer: all of them as one whole number
  let value: number;
  if (digits <= 15) {
    const whole = digits <= 9 ? high : high * powersOfTen[digits - 9]! + low;
    value = exponent < 0 ? whole / powersOfTen[-exponent]! : whole * powersOfTen[exponent]!;
  } else {
    const missing = 18 - digits;
    if (exponent - missing < -22) return Number.NaN;
    value = scaledDecimal(high, low * powersOfTen[missing]!, exponent - missing);
  }
  return negative ? -value : value;
}
