import { permutation, type Random } from '../../core/random.js';

/**
 * The ends of lines between pairs of different codes, [lines, 2]. No code ends two lines, so that lines of independent
 * codes are independent of each other.
 *
 * @param lines at most; half as many as there are codes is all there can be
 */
export function linePairs(count: number, lines: number, random: Random): Int32Array {
  return permutation(count, random).slice(0, 2 * Math.min(lines, Math.floor(count / 2)));
}

/** Into `places` from `at` on: the place at t between the codes at two positions, 0 the first and 1 the second. */
export function placeBetween(
  codes: Float32Array,
  width: number,
  [from, to]: readonly [number, number],
  t: number,
  places: Float32Array,
  at: number,
): void {
  for (let k = 0; k < width; k++) {
    places[at + k] = (1 - t) * codes[from * width + k]! + t * codes[to * width + k]!;
  }
}
