import { meanOf } from '../../core/vectors.js';
import { sortedQuantile } from '../statistics/estimate.js';
import { rangeOf } from '../statistics/rows.js';

/** Cells that a line is counted in, and the height of its densest place over its length. */
const CELLS = 512;
const HEIGHT = 0.25;

/**
 * How dense numbers lie at each of them: a kernel density with gaussian kernels of Silverman's width (1986, equation 3.31),
 * on a grid of 512 cells.
 *
 * @returns [n] the densest is 1; all 1 where the numbers are all the same
 */
export function densityOnLine(values: Float32Array): Float64Array {
  const n = values.length;
  const sorted = Float64Array.from(values).sort();
  const mean = meanOf(sorted);
  const deviation = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n);
  const quartiles = (sortedQuantile(sorted, 0.75) - sortedQuantile(sorted, 0.25)) / 1.34;
  const [low, high] = rangeOf(values);
  if (low === high) return new Float64Array(n).fill(1);
  const cell = (high - low) / (CELLS - 1);
  // Half of all numbers may be one: the quartiles say nothing then. And no narrower than a grid can show.
  const width = Math.max(0.9 * (quartiles > 0 ? Math.min(deviation, quartiles) : deviation) * n ** -0.2, cell);
  /** The cell below a value, and how far it lies on the way to the next one. */
  const cellOf = (value: number): readonly [below: number, share: number] => {
    const at = (value - low) / cell;
    const below = Math.min(Math.floor(at), CELLS - 2);
    return [below, at - below];
  };
  const counts = new Float64Array(CELLS);
  for (const [below, share] of Array.from(values, cellOf)) {
    counts[below]! += 1 - share;
    counts[below + 1]! += share;
  }
  const kernel = Float64Array.from({ length: CELLS }, (_, i) => Math.exp(-((i * cell) ** 2) / (2 * width ** 2)));
  const density = counts.map((_, i) =>
    counts.reduce((sum, count, j) => sum + count * (kernel[Math.abs(i - j)] ?? Number.NaN), 0),
  );
  const most = density.reduce((a, b) => Math.max(a, b));
  return Float64Array.from(values, (value) => {
    const [below, share] = cellOf(value);
    const [at, next] = [density[below] ?? Number.NaN, density[below + 1] ?? Number.NaN];
    return (at + share * (next - at)) / most;
  });
}

/**
 * Codes of one value in the plane: the value across, and up how dense the codes lie there, the densest at a quarter of their
 * reach. Only what is across is a code.
 *
 * @returns [n, 2]
 */
export function linePoints(codes: Float32Array): Float32Array {
  const density = densityOnLine(codes);
  const [low, high] = rangeOf(codes);
  const places = Array.from(codes, (code, i) => [code, HEIGHT * (high - low) * (density[i] ?? Number.NaN)]);
  return Float32Array.from(places.flat());
}
