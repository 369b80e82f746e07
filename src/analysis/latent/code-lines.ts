import { itemAt } from '../../core/collections.js';
import { permutation, type Random } from '../../core/random.js';

/** The positions of the codes at both ends of a line. */
export type Line = readonly [from: number, to: number];

/**
 * Lines between pairs of different codes. No code ends two lines, so that lines of independent
 * codes are independent of each other.
 *
 * @param lines at most; half as many as there are codes is all there can be
 */
export function drawLines(count: number, lines: number, random: Random): Line[] {
  const order = permutation(count, random);
  return Array.from({ length: Math.min(lines, Math.floor(count / 2)) }, (_, i) => [
    itemAt(order, 2 * i),
    itemAt(order, 2 * i + 1),
  ]);
}

/** Into `places` from `at` on: the place at t between the codes at two positions, 0 the first and 1 the second. */
export function placeBetween(
  codes: Float32Array,
  width: number,
  [from, to]: Line,
  t: number,
  places: Float32Array,
  at: number,
): void {
  for (let k = 0; k < width; k++) {
    places[at + k] = (1 - t) * (codes[from * width + k] ?? Number.NaN) + t * (codes[to * width + k] ?? Number.NaN);
  }
}
