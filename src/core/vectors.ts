// Sums and products over flat arrays of numbers. They are called in innermost loops, so they go by index: iterators and callbacks of
// typed arrays take seven times as long. A place outside an array counts as NaN, which the result then is.

/** Σ x. */
export function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? Number.NaN;
  return sum;
}

/** NaN of none. */
export const meanOf = (values: ArrayLike<number>): number => sumOf(values) / values.length;

/** a · b. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] ?? Number.NaN) * (b[k] ?? Number.NaN);
  return sum;
}

/** ‖a − b‖² of rows that begin at these places. */
export function squaredDistance(
  a: ArrayLike<number>,
  fromA: number,
  b: ArrayLike<number>,
  fromB: number,
  width: number,
): number {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += ((a[fromA + k] ?? Number.NaN) - (b[fromB + k] ?? Number.NaN)) ** 2;
  return sum;
}

/** Adds a multiple of a row to another: what of `row` begins at `from` to what of `sum` begins at `to`. */
export function addRow(
  sum: Float64Array | Float32Array,
  to: number,
  row: ArrayLike<number>,
  from: number,
  width: number,
  factor = 1,
): void {
  for (let k = 0; k < width; k++) sum[to + k]! += factor * (row[from + k] ?? Number.NaN);
}

/** 0 … count − 1. */
export const positionsOf = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);

/** One row, as a view. */
export const rowAt = <Values extends { subarray(start: number, end: number): Values }>(
  values: Values,
  width: number,
  row: number,
): Values => values.subarray(row * width, (row + 1) * width);

/** One column. */
export const columnOf = (values: ArrayLike<number>, width: number, column: number): Float64Array =>
  Float64Array.from({ length: values.length / width }, (_, row) => values[row * width + column] ?? Number.NaN);
