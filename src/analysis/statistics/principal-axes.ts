import { dot } from '../../core/vectors.js';
import { eigenpairs } from '../../models/eigenpairs.js';
import { triangleSize } from '../../models/mixture.js';
import { columnMeans } from './rows.js';
import { matrixOf } from './triangle-matrix.js';

/** The directions along which codes vary, the most varied first; those along which they do not vary are left out. */
export interface PrincipalAxes {
  readonly mean: Float64Array;
  /** [count, width] orthonormal rows. */
  readonly axes: readonly Float64Array[];
  /** [count] standard deviation along each. */
  readonly deviations: Float64Array;
}

/** Variances below that part of the largest are rounding. */
const FLAT = 1e-12;

/** Into `row`: the code that begins at `at`, from the mean. */
function centre(codes: Float32Array, at: number, mean: ArrayLike<number>, row: Float64Array): void {
  for (let k = 0; k < row.length; k++) row[k] = (codes[at + k] ?? Number.NaN) - (mean[k] ?? Number.NaN);
}

/** Principal axes of codes [n, width]. */
export function principalAxes(codes: Float32Array, width: number): PrincipalAxes {
  const count = codes.length / width;
  const mean = columnMeans(codes, width);
  const covariance = new Float64Array(triangleSize(width));
  const row = new Float64Array(width);
  for (let n = 0; n < count; n++) {
    centre(codes, n * width, mean, row);
    let to = 0;
    for (let i = 0; i < width; i++) {
      const value = row[i] ?? Number.NaN;
      for (let j = 0; j <= i; j++) covariance[to++]! += (value * (row[j] ?? Number.NaN)) / count;
    }
  }
  const { vectors, values } = eigenpairs(matrixOf(covariance, width, 'mirrored'));
  const [largest = 0] = values;
  const kept = values.filter((value) => value > FLAT * largest && value > 0);
  return {
    mean,
    axes: kept.map((_, j) => Float64Array.from({ length: width }, (_unused, i) => vectors.get(i, j))),
    deviations: Float64Array.from(kept, Math.sqrt),
  };
}

/** Where codes lie along each axis, [n, axes], from their mean. */
export function alongAxes(
  { mean, axes }: { readonly mean: ArrayLike<number>; readonly axes: readonly ArrayLike<number>[] },
  codes: Float32Array,
): Float64Array {
  const width = mean.length;
  const along = new Float64Array((codes.length / width) * axes.length);
  const row = new Float64Array(width);
  for (let at = 0, to = 0; at < codes.length; at += width) {
    centre(codes, at, mean, row);
    for (const axis of axes) along[to++] = dot(axis, row);
  }
  return along;
}
