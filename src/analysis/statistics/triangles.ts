// Symmetric matrices as their lower triangles, row by row: entry (i, j), j ≤ i, lies at triangleSize(i) + j.
import { triangleSize } from '../../models/mixture.js';

/** Adds factor · x xᵀ to the triangle that begins at `at`, with x the row that begins at `from`. */
export function addProducts(
  triangles: Float64Array,
  at: number,
  rows: ArrayLike<number>,
  from: number,
  width: number,
  factor = 1,
): void {
  for (let i = 0, to = at; i < width; i++) {
    const part = factor * (rows[from + i] ?? Number.NaN);
    for (let j = 0; j <= i; j++, to++) triangles[to]! += part * (rows[from + j] ?? Number.NaN);
  }
}

/** [width] the diagonal of the triangle that begins at `at`. */
export const diagonalOf = (triangles: Float64Array, width: number, at = 0): Float64Array =>
  Float64Array.from({ length: width }, (_, i) => triangles[at + triangleSize(i + 1) - 1] ?? Number.NaN);

/**
 * Cholesky's factor L of a covariance L Lᵀ, in place; both as lower triangles.
 *
 * @param triangle [width (width + 1) / 2]
 * @param least the square of a pivot is at least this: above 0, where the covariance may be singular
 */
export function factorize(triangle: Float64Array, width: number, least: number): void {
  for (let i = 0; i < width; i++) {
    const row = triangleSize(i);
    for (let j = 0; j <= i; j++) {
      const other = triangleSize(j);
      let sum = triangle[row + j] ?? Number.NaN;
      for (let m = 0; m < j; m++) sum -= (triangle[row + m] ?? Number.NaN) * (triangle[other + m] ?? Number.NaN);
      triangle[row + j] = i === j ? Math.sqrt(Math.max(sum, least)) : sum / (triangle[other + j] ?? Number.NaN);
    }
  }
}
