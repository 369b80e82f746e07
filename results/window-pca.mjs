// PCA of the windows of a series, as a yardstick: what it does not rebuild of each row.
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** The mean of all windows of a series and their principal axes, the largest variance first. */
function windowAxes(values, window, most) {
  const count = values.length - window + 1;
  const center = new Float64Array(window);
  for (let i = 0; i < count; i++) for (let t = 0; t < window; t++) center[t] += values[i + t] / count;
  const covariance = Array.from({ length: window }, () => new Float64Array(window));
  for (let i = 0; i < count; i++) {
    for (let a = 0; a < window; a++) {
      const own = (values[i + a] - center[a]) / count;
      const row = covariance[a];
      for (let b = 0; b <= a; b++) row[b] += own * (values[i + b] - center[b]);
    }
  }
  for (let a = 0; a < window; a++) for (let b = 0; b < a; b++) covariance[b][a] = covariance[a][b];
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(new Matrix(covariance), {
    assumeSymmetric: true,
  });
  const order = [...realEigenvalues.keys()].sort((a, b) => realEigenvalues[b] - realEigenvalues[a]);
  return { center, axes: order.slice(0, most).map((k) => Float64Array.from(eigenvectorMatrix.getColumn(k))) };
}

/**
 * The errors of rows through PCA of the windows of some of them.
 *
 * @param {Float64Array} known  the rows that are trained on
 * @param {Float64Array} asked  the rows that are scored
 * @param {number} window  rows
 * @param {number[]} widths  components
 * @returns {{ width: number, windowMeans: Float64Array, rowMeans: Float64Array }[]} of each row the mean error of the windows that
 *   hold it, and the mean of its own errors in them
 */
export function windowErrors(known, asked, window, widths) {
  const { center, axes } = windowAxes(known, window, Math.max(...widths));
  const rows = asked.length;
  return widths.map((width) => {
    const [windows, own, counts] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
    const rest = new Float64Array(window);
    for (let n = 0; n + window <= rows; n++) {
      for (let t = 0; t < window; t++) rest[t] = asked[n + t] - center[t];
      for (const axis of axes.slice(0, width)) {
        let along = 0;
        for (let t = 0; t < window; t++) along += rest[t] * axis[t];
        for (let t = 0; t < window; t++) rest[t] -= along * axis[t];
      }
      let error = 0;
      for (let t = 0; t < window; t++) error += rest[t] ** 2 / window;
      for (let t = 0; t < window; t++) {
        windows[n + t] += error;
        own[n + t] += rest[t] ** 2;
        counts[n + t]++;
      }
    }
    const mean = (sums) => sums.map((sum, i) => sum / counts[i]);
    return { width, windowMeans: mean(windows), rowMeans: mean(own) };
  });
}
