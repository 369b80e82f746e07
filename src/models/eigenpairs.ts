import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** What rounding has made unequal across the diagonal, made equal. */
export function symmetric(matrix: Matrix): Matrix {
  return Matrix.add(matrix, matrix.transpose()).mul(0.5);
}

/** All eigenpairs of a symmetric matrix, largest first; vectors as columns. */
export function eigenpairs(matrix: Matrix): { vectors: Matrix; values: number[] } {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const pairs = realEigenvalues
    .map((value, k) => ({ value, vector: eigenvectorMatrix.getColumn(k) }))
    .sort((a, b) => b.value - a.value);
  return {
    vectors: new Matrix(pairs.map(({ vector }) => vector)).transpose(),
    values: pairs.map(({ value }) => value),
  };
}
