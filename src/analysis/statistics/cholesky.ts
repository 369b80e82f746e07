/**
 * Cholesky's factor L of a covariance L Lᵀ, in place; both as lower triangles, row by row.
 *
 * @param triangle [width (width + 1) / 2]
 * @param least the square of a pivot is at least this: above 0, where the covariance may be singular
 */
export function factorize(triangle: Float64Array, width: number, least: number): void {
  const row = (i: number): number => (i * (i + 1)) / 2;
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = triangle[row(i) + j]!;
      for (let m = 0; m < j; m++) sum -= triangle[row(i) + m]! * triangle[row(j) + m]!;
      triangle[row(i) + j] = i === j ? Math.sqrt(Math.max(sum, least)) : sum / triangle[row(j) + j]!;
    }
  }
}
