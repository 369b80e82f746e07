import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** What rounding has made unequal across the diagonal, made equal. */
export function symmetric(matrix: Matrix): Matrix {
  return Matrix.add(matrix, matrix.transpose()).mul(0.5);
}

/** All eigenpairs of a symmetric matrix, largest first; vectors as columns. */
export function eigenpairs(matrix: Matrix): { vectors: Matrix; values: number[] } {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  const rows = eigenvectorMatrix.to2DArray();
  return {
    vectors: new Matrix(rows.map((row) => order.map((i) => row[i]!))),
    values: order.map((i) => realEigenvalues[i]!),
  };
}
