// Classical outlier scores, as simply as they can be written, to stand beside those of an autoencoder.
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** @typedef {Float64Array[]} Rows */

/** Takes the mean of each column of the training rows away, and divides by the deviation. */
export function standardized(train, test) {
  const size = train[0].length;
  const mean = new Float64Array(size);
  const deviation = new Float64Array(size);
  for (const row of train) for (let i = 0; i < size; i++) mean[i] += row[i] / train.length;
  for (const row of train) for (let i = 0; i < size; i++) deviation[i] += (row[i] - mean[i]) ** 2 / train.length;
  const scale = deviation.map((variance) => 1 / (Math.sqrt(variance) || 1));
  const apply = (rows) => rows.map((row) => row.map((value, i) => (value - mean[i]) * scale[i]));
  return [apply(train), apply(test)];
}

/** The principal axes of centred rows, the largest variance first. */
export function principalAxes(rows) {
  const size = rows[0].length;
  const covariance = Matrix.zeros(size, size);
  for (const row of rows) {
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) covariance.set(i, j, covariance.get(i, j) + (row[i] * row[j]) / rows.length);
    }
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) covariance.set(j, i, covariance.get(i, j));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const order = [...realEigenvalues.keys()].sort((a, b) => realEigenvalues[b] - realEigenvalues[a]);
  return order.map((k) => ({ variance: Math.max(realEigenvalues[k], 0), axis: eigenvectorMatrix.getColumn(k) }));
}

const dot = (a, b) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};

/** What PCA of so many components does not rebuild of each row: its squared error. */
export function pcaErrors(axes, rows, width) {
  return Float64Array.from(rows, (row) => {
    const rest = axes.slice(width).reduce((sum, { axis }) => sum + dot(row, axis) ** 2, 0);
    return rest;
  });
}

/** The squared Mahalanobis distance of each row. */
export function mahalanobis(axes, rows) {
  const kept = axes.filter(({ variance }) => variance > 1e-9 * axes[0].variance);
  return Float64Array.from(rows, (row) =>
    kept.reduce((sum, { axis, variance }) => sum + dot(row, axis) ** 2 / variance, 0),
  );
}

/** The distance of each row to the k-th nearest of the training rows. */
export function nearestNeighbours(train, rows, k) {
  return Float64Array.from(rows, (row) => {
    const nearest = new Float64Array(k).fill(Number.POSITIVE_INFINITY);
    for (const other of train) {
      let squared = 0;
      for (let i = 0; i < row.length && squared < nearest[k - 1]; i++) squared += (row[i] - other[i]) ** 2;
      if (squared >= nearest[k - 1]) continue;
      let at = k - 1;
      for (; at > 0 && nearest[at - 1] > squared; at--) nearest[at] = nearest[at - 1];
      nearest[at] = squared;
    }
    return Math.sqrt(nearest[k - 1]);
  });
}
