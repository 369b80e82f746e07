import { zip } from '../../core/collections.js';
import { addRow, dot } from '../../core/vectors.js';

/** A function at a place. */
export interface Evaluation {
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface MinimiseOptions {
  /** It ends where no entry of the gradient is larger. Default 1e-4. */
  readonly tolerance?: number;
  /** Default 100. */
  readonly iterations?: number;
}

/** Pairs of steps and changes of the gradient that are remembered. */
const MEMORY = 10;
/** How much of the decrease that the slope promises a step must give (Armijo). */
const DECREASE = 1e-4;
const SHORTEST = 2 ** -20;

/** a + factor b. */
function moved(a: Float64Array, b: Float64Array, factor: number): Float64Array {
  const sum = a.slice();
  addRow(sum, 0, b, 0, sum.length, factor);
  return sum;
}
const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** The way down by what earlier steps tell of the curvature: the two loops of Nocedal & Wright 2006, algorithm 7.4. */
function direction(gradient: Float64Array, pairs: readonly { s: Float64Array; y: Float64Array }[]): Float64Array {
  const q = gradient.map((value) => -value);
  const shares = pairs.toReversed().map(({ s, y }) => {
    const share = dot(s, q) / dot(s, y);
    addRow(q, 0, y, 0, q.length, -share);
    return share;
  });
  const last = pairs.at(-1);
  const scale = last ? dot(last.s, last.y) / dot(last.y, last.y) : 1 / Math.max(1, largest(gradient));
  const step = q.map((value) => value * scale);
  for (const [{ s, y }, share] of zip(pairs, shares.toReversed())) {
    addRow(step, 0, s, 0, step.length, share - dot(y, step) / dot(s, y));
  }
  return step;
}

/**
 * The place where a smooth convex function is least, by L-BFGS (Liu & Nocedal 1989) with steps halved until they
 * pay. It also ends where rounding leaves no step that does.
 */
export async function minimise(
  start: Float64Array,
  evaluate: (at: Float64Array) => Promise<Evaluation>,
  { tolerance = 1e-4, iterations = 100 }: MinimiseOptions = {},
): Promise<Float64Array> {
  let at = start;
  let here = await evaluate(at);
  const pairs: { s: Float64Array; y: Float64Array }[] = [];
  for (let iteration = 0; iteration < iterations && largest(here.gradient) > tolerance; iteration++) {
    const step = direction(here.gradient, pairs);
    const slope = dot(step, here.gradient);
    let length = 1;
    let next = at;
    let there = here;
    for (; length >= SHORTEST; length /= 2) {
      next = moved(at, step, length);
      there = await evaluate(next);
      if (there.value <= here.value + DECREASE * length * slope) break;
    }
    if (length < SHORTEST) break;
    const s = moved(next, at, -1);
    const y = moved(there.gradient, here.gradient, -1);
    // Only what is curved upwards says anything; rounding near the end may not be.
    if (dot(s, y) > 1e-10 * dot(y, y)) pairs.push({ s, y });
    if (pairs.length > MEMORY) pairs.shift();
    at = next;
    here = there;
  }
  return at;
}
