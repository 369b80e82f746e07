import { createRandom } from '../../core/random.js';
import { type Estimate, medianEstimate } from '../statistics/estimate.js';
import { linePairs, placeBetween } from './code-lines.js';
import { countCodes } from './code-rows.js';
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
    let [largest, sum, length] = [0, 0, 0];
    for (let step = 0; step < steps; step++) {
      let squared = 0;
      for (let i = n * line + step * size; i < n * line + (step + 1) * size; i++) {
        squared += (outputs[i + size]! - outputs[i]!) ** 2;
        length = Math.max(length, Math.abs(outputs[i]!));
      }
      largest = Math.max(largest, Math.sqrt(squared));
      sum += Math.sqrt(squared);
    }
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
  const ends = linePairs(countCodes(codes, width, 2), lines, createRandom(seed, 'jumps/lines'));
  const jumps = new Float64Array(ends.length / 2);
  // some lines at once: outputs may be large
  const together = Math.max(1, Math.floor(2 ** 22 / ((steps + 1) * size)));
  for (let start = 0; start < jumps.length; start += together) {
    const count = Math.min(together, jumps.length - start);
    const places = new Float32Array(count * (steps + 1) * width);
    for (let line = 0; line < count; line++) {
      const pair = [ends[2 * (start + line)]!, ends[2 * (start + line) + 1]!] as const;
      for (let step = 0; step <= steps; step++) {
        placeBetween(codes, width, pair, step / steps, places, (line * (steps + 1) + step) * width);
      }
    }
    jumps.set(jumpsAlong(await space.decode(places), steps, size), start);
  }
  return medianEstimate(jumps, { seed, stream: 'bootstrap/jumps' });
}
