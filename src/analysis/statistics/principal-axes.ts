import { Matrix } from 'ml-matrix';
import { eigenpairs } from '../../models/eigenpairs.js';
import { centreOf } from '../latent/code-rows.js';

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

/** Principal axes of codes [n, width]. */
export function principalAxes(codes: Float32Array, width: number): PrincipalAxes {
  const count = codes.length / width;
  const { mean } = centreOf(codes, width);
  const covariance = Array.from({ length: width }, () => new Float64Array(width));
  const row = new Float64Array(width);
  for (let n = 0; n < count; n++) {
    for (let k = 0; k < width; k++) row[k] = codes[n * width + k]! - mean[k]!;
    for (let i = 0; i < width; i++) for (let j = 0; j <= i; j++) covariance[i]![j]! += (row[i]! * row[j]!) / count;
  }
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) covariance[j]![i] = covariance[i]![j]!;
  const { vectors, values } = eigenpairs(new Matrix(covariance));
  const kept = values.filter((value) => value > FLAT * values[0]! && value > 0);
  return {
    mean,
    axes: kept.map((_, j) => Float64Array.from({ length: width }, (_unused, i) => vectors.get(i, j))),
    deviations: Float64Array.from(kept, Math.sqrt),
  };
}

/** Where codes lie along each axis, [n, axes], from their mean. */
export function alongAxes({ mean, axes }: PrincipalAxes, codes: Float32Array): Float64Array {
  const width = mean.length;
  const count = codes.length / width;
  const along = new Float64Array(count * axes.length);
  for (let n = 0; n < count; n++) {
    for (const [j, axis] of axes.entries()) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += axis[k]! * (codes[n * width + k]! - mean[k]!);
      along[n * axes.length + j] = sum;
    }
  }
  return along;
}
