import type { Matrix } from 'ml-matrix';

/** Errors as numbers without unit and without correlation: each value's mean and deviation, and what turns them. */
export interface Whitening {
  /** [size] */
  readonly mean: readonly number[];
  /** [size], never 0 */
  readonly deviation: readonly number[];
  /** R^(−1/2): the lower triangle of the symmetric matrix, row by row. */
  readonly triangle: readonly number[];
}

/**
 * How errors become white. Their correlation is drawn towards the identity by the share size / (size + examples), as if as
 * many examples without correlation had been seen as there are values: it has an inverse however few the examples are and
 * however much the values repeat each other. A value whose error never varies counts as it is.
 *
 * @param errors of examples, at least one, [size] each
 */
export async function fitWhitening(errors: readonly Float64Array[]): Promise<Whitening> {
  const { Matrix } = await import('ml-matrix');
  const examples = errors.length;
  const size = errors[0]!.length;
  const mean = new Float64Array(size);
  for (const error of errors) {
    for (let i = 0; i < size; i++) mean[i]! += error[i]! / examples;
  }
  const covariance = new Float64Array(size * size);
  const centred = new Float64Array(size);
  for (const error of errors) {
    for (let i = 0; i < size; i++) centred[i] = error[i]! - mean[i]!;
    for (let i = 0; i < size; i++) {
      const own = centred[i]! / examples;
      const row = i * size;
      for (let j = 0; j <= i; j++) covariance[row + j]! += own * centred[j]!;
    }
  }
  const deviation = Array.from({ length: size }, (_, i) => {
    const root = Math.sqrt(covariance[i * size + i]!);
    return root > 1e-12 ? root : 1;
  });
  const kept = examples / (size + examples);
  const correlation = Matrix.zeros(size, size);
  for (let i = 0; i < size; i++) {
    correlation.set(i, i, 1);
    for (let j = 0; j < i; j++) {
      const value = (kept * covariance[i * size + j]!) / (deviation[i]! * deviation[j]!);
      correlation.set(i, j, value);
      correlation.set(j, i, value);
    }
  }
  return { mean: [...mean], deviation, triangle: await inverseRoot(correlation) };
}

/** The lower triangle of R^(−1/2). */
async function inverseRoot(correlation: Matrix): Promise<number[]> {
  const { EigenvalueDecomposition } = await import('ml-matrix');
  const size = correlation.rows;
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(correlation, { assumeSymmetric: true });
  const stretched = eigenvectorMatrix.clone();
  for (const [k, value] of realEigenvalues.entries()) {
    // Rounding may leave the smallest of them at 0; what it was drawn to is above that.
    stretched.mulColumn(k, 1 / Math.sqrt(Math.max(value, 1e-9)));
  }
  const root = stretched.mmul(eigenvectorMatrix.transpose());
  return Array.from({ length: size }, (_, i) => root.getRow(i).slice(0, i + 1)).flat();
}

/**
 * Turns an error e into w = R^(−1/2) D^(−1) (e − mean), whose squares sum to the squared Mahalanobis distance of e and are as
 * near as can be each to its own value of e: so they say which value made the distance (Garthwaite & Koch 2016, "Evaluating
 * the contributions of individual variables to a quadratic form", the corr-max transformation).
 */
export function whitener({ mean, deviation, triangle }: Whitening): (error: Float64Array, into: Float64Array) => void {
  const size = mean.length;
  const root = Float64Array.from(triangle);
  const standard = new Float64Array(size);
  return (error, into) => {
    for (let i = 0; i < size; i++) standard[i] = (error[i]! - mean[i]!) / deviation[i]!;
    into.fill(0);
    let at = 0;
    for (let i = 0; i < size; i++) {
      const own = standard[i]!;
      let sum = 0;
      for (let j = 0; j < i; j++) {
        const weight = root[at++]!;
        sum += weight * standard[j]!;
        into[j]! += weight * own;
      }
      into[i]! += sum + root[at++]! * own;
    }
  };
}
