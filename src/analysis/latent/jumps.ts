import { createRandom } from '../../core/random.js';
import { squaredDistance } from '../../core/vectors.js';
import { type Estimate, medianEstimate } from '../statistics/estimate.js';
import { countCodes } from '../statistics/rows.js';
import { drawLines, placeBetween } from './code-lines.js';
import type { CodeSpace } from './code-space.js';

export interface JumpOptions {
  readonly seed?: number;
  /** Lines between codes, at most; half as many as there are codes is all there can be. Default 400. */
  readonly lines?: number;
  /** Equal steps of a line. Default 32. */
  readonly steps?: number;
}

/** Changes of the output below that part of its size are rounding. */
const ROUNDING = 1e-6;

/**
 * The largest change of the output from step to step over the mean one, along each of some lines.
 *
 * @param outputs [lines, steps + 1, size]
 * @returns one for each line: 1 even … steps all at once; 1 as well where nothing changes
 */
export function jumpsAlong(outputs: Float32Array, steps: number, size: number): Float64Array {
  const line = (steps + 1) * size;
  return Float64Array.from({ length: outputs.length / line }, (_, n) => {
    let [largest, sum] = [0, 0];
    for (let at = n * line; at < (n + 1) * line - size; at += size) {
      const change = Math.sqrt(squaredDistance(outputs, at + size, outputs, at, size));
      largest = Math.max(largest, change);
      sum += change;
    }
    // The output at the last place is left out, as it has no step of its own.
    const length = outputs.subarray(n * line, (n + 1) * line - size).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    return sum > ROUNDING * length * steps ? (largest * steps) / sum : 1;
  });
}

/**
 * How suddenly the output changes on the way from code to code: the largest change of ψ over the mean one, along straight
 * lines in equal steps, median over lines with its interval. A linear decoder has 1; one that jumps from one thing to another
 * has as much as there are steps.
 *
 * @param codes [n, width] at least 2
 */
export async function jumpEstimate(
  space: CodeSpace,
  codes: Float32Array,
  { seed = 0, lines = 400, steps = 32 }: JumpOptions = {},
): Promise<Estimate> {
  const { width, size } = space;
  const drawn = drawLines(countCodes(codes, width, 2), lines, createRandom(seed, 'jumps/lines'));
  const jumps = new Float64Array(drawn.length);
  // some lines at once: outputs may be large
  const together = Math.max(1, Math.floor(2 ** 22 / ((steps + 1) * size)));
  for (let start = 0; start < jumps.length; start += together) {
    const part = drawn.slice(start, start + together);
    const places = new Float32Array(part.length * (steps + 1) * width);
    for (const [n, line] of part.entries()) {
      for (let step = 0; step <= steps; step++) {
        placeBetween(codes, width, line, step / steps, places, (n * (steps + 1) + step) * width);
      }
    }
    jumps.set(jumpsAlong(await space.decode(places), steps, size), start);
  }
  return medianEstimate(jumps, { seed, stream: 'bootstrap/jumps' });
}
