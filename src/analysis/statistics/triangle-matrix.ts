import { Matrix } from 'ml-matrix';

/** A triangle as a matrix: with 0 above the diagonal, or the same as below. */
export function matrixOf(triangle: Float64Array, width: number, above: 'zeros' | 'mirrored'): Matrix {
  const matrix = Matrix.zeros(width, width);
  let row = 0;
  let column = 0;
  for (const value of triangle) {
    matrix.set(row, column, value);
    if (above === 'mirrored') matrix.set(column, row, value);
    if (column++ < row) continue;
    row++;
    column = 0;
  }
  return matrix;
}
