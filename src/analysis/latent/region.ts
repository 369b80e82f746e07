import { itemAt } from '../../core/collections.js';
import type { Random } from '../../core/random.js';
import { addRow, columnOf } from '../../core/vectors.js';
import { bootstrap, quantileOf, sortedQuantile, valuesAt } from '../statistics/estimate.js';
import { alongAxes, type PrincipalAxes, principalAxes } from '../statistics/principal-axes.js';

/** The part of the codes that the region holds. */
export const HELD = 0.98;

/** Where the codes are, as a rounded body around their mean that may be longer on one side of it than on the other. */
export interface CodeRegion {
  readonly axes: PrincipalAxes;
  /** [axes] how far the body of size 1 reaches from the mean of the codes, below and above. */
  readonly reach: readonly (readonly [below: number, above: number])[];
  /** [n] square of the size that a body needs to reach each code. */
  readonly farness: Float64Array;
}

/**
 * How far codes reach to one side of their mean: to their last 1 %, or their root mean square where hardly any are
 * there.
 */
function reachOf(values: Float64Array, sign: number): number {
  const off = values.map((value) => sign * value).sort();
  let squares = 0;
  for (const value of off) if (value > 0) squares += value * value;
  return Math.max(sortedQuantile(off, (1 + HELD) / 2), Math.sqrt(squares / off.length));
}

/**
 * The region of codes: along their principal axes, a body around their mean made of parts of ellipsoids, whose
 * half-axes are in proportion to where the last 1 % of the codes begins on that side. At the size that holds 98 % of
 * the codes it is the region. It turns with the codes. A box would have corners, which in many dimensions are nearly
 * all of it though no round heap of codes reaches there; an ellipsoid would reach as far where no codes are as where
 * they are.
 *
 * @param codes [n, width]
 */
export function codeRegion(codes: Float32Array, width: number): CodeRegion {
  const axes = principalAxes(codes, width);
  const count = axes.axes.length;
  const along = alongAxes(axes, codes);
  const farness = new Float64Array(codes.length / width);
  const reach = axes.axes.map((_, j) => {
    const values = columnOf(along, count, j);
    const [below, above] = [reachOf(values, -1), reachOf(values, 1)];
    const sizes = values.map((value) => (value / (value > 0 ? above : below)) ** 2);
    addRow(farness, 0, sizes, 0, sizes.length);
    return [below, above] as const;
  });
  return { axes, reach, farness };
}

/** Fewer places than this part inside the region would be too few to say anything of it. */
const LEAST_PART = 0.25;

/**
 * How large a body places are drawn from: as large as the region is likely to be at most by the choice of codes, so that it
 * can be drawn anew among them. In very many dimensions hardly any place of such a body would lie in the region itself, as
 * nearly all of a ball is its skin; there it is the region as it is, and intervals know nothing of its size.
 */
export function bodyToDrawFrom(
  { farness, reach }: CodeRegion,
  seed: number,
): { readonly size: number; readonly isLarger: boolean } {
  const { value, interval } = bootstrap(farness.length, (chosen) => quantileOf(valuesAt(farness, chosen), HELD), {
    seed,
    stream: 'gaps/region/size',
    resamples: 50,
  });
  // half as far again as the interval: 3 standard deviations instead of 2
  const [own, largest] = [Math.sqrt(value), Math.sqrt(value + 1.5 * (interval[1] - value))];
  const isLarger = (own / largest) ** reach.length >= LEAST_PART;
  return { size: isLarger ? largest : own, isLarger };
}

/**
 * Places drawn evenly from a body of that size, with the square of the size that each needs.
 *
 * @returns places [count, width]
 */
export function drawFromRegion(
  { axes, reach }: CodeRegion,
  size: number,
  count: number,
  random: Random,
): { readonly places: Float32Array; readonly farness: Float64Array } {
  const width = axes.mean.length;
  const directions = reach.length;
  const places = new Float32Array(count * width);
  const farness = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    // even in the unit ball (Muller 1959); each part of the body has as much room as its half-axes are long
    const direction = reach.map(() => random.normal());
    const radius = size * random.uniform() ** (1 / Math.max(1, directions));
    const length = Math.hypot(...direction);
    const at = new Float64Array(width);
    for (const [j, axis] of axes.axes.entries()) {
      const [below, above] = itemAt(reach, j);
      const up = random.uniform() * (below + above) < above;
      const along = ((Math.abs(itemAt(direction, j)) * radius) / length) * (up ? above : -below);
      addRow(at, 0, axis, 0, width, along);
    }
    if (directions > 0) farness[i] = radius ** 2;
    places.set(
      axes.mean.map((value, k) => value + (at[k] ?? Number.NaN)),
      i * width,
    );
  }
  return { places, farness };
}
