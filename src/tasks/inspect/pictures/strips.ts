import type { CodeSpace } from '../../../analysis/latent/code-space.js';
import { LINE_STEPS } from '../../../analysis/latent/discreteness.js';
import { interpolate, type Path } from '../../../analysis/latent/interpolate.js';
import { jumpsAlong } from '../../../analysis/latent/jumps.js';
import { createRandom } from '../../../core/random.js';
import type { Strip } from '../inspection.js';
import type { DepthOf } from './depth.js';

/** Every other place of a line is shown. */
const SHOWN = 2;

/**
 * Pairs of examples to go between, of different classes where there are any, no example twice as long as there are enough.
 *
 * @param classes [n] of each example, −1 where unknown
 */
export function pairsOf(
  examples: number,
  classes: ArrayLike<number> | undefined,
  count: number,
  seed: number,
): [number, number][] {
  const random = createRandom(seed, 'strips');
  const pairs: [number, number][] = [];
  const used = new Set<number>();
  // Some tries are lost on pairs of one class; data of one class alone end with what they have.
  for (let tries = 0; pairs.length < count && tries < 200 * count; tries++) {
    const [from, to] = [random.integer(examples), random.integer(examples)];
    const isStrict = tries < 100 * count;
    if (from === to || (isStrict && (used.has(from) || used.has(to)))) continue;
    if (isStrict && classes && classes[from] === classes[to]) continue;
    used.add(from).add(to);
    pairs.push([from, to]);
  }
  return pairs;
}

/** Some rows of a flat array. */
function everyOther<T extends Float32Array | Uint8Array>(values: T, size: number, into: T): T {
  for (let row = 0; row * size < into.length; row++) {
    into.set(values.subarray(row * SHOWN * size, (row * SHOWN + 1) * size), row * size);
  }
  return into;
}

/**
 * Interpolations between examples, decoded.
 *
 * @param codes [n, width]
 */
export async function stripsBetween(
  pairs: readonly (readonly [number, number])[],
  codes: Float32Array,
  space: CodeSpace,
  depthOf: DepthOf,
  path: Path,
): Promise<Strip[]> {
  const { width, size } = space;
  const strips: Strip[] = [];
  const shown = LINE_STEPS / SHOWN + 1;
  const codeOf = (example: number) => codes.subarray(example * width, (example + 1) * width);
  for (const [from, to] of pairs) {
    const places = interpolate(codeOf(from), codeOf(to), LINE_STEPS + 1, path);
    const outputs = await space.decode(places);
    const gaps = Uint8Array.from(await depthOf(places), (depth) => (depth > 1 ? 1 : 0));
    strips.push({
      from,
      to,
      path,
      codes: everyOther(places, width, new Float32Array(shown * width)),
      outputs: everyOther(outputs, size, new Float32Array(shown * size)),
      gaps: everyOther(gaps, 1, new Uint8Array(shown)),
      jump: jumpsAlong(outputs, LINE_STEPS, size)[0]!,
    });
  }
  return strips;
}
