import type { Random } from '../random.js';
import { quantileOf } from './estimate.js';
import { alongAxes, type PrincipalAxes, principalAxes } from './principal-axes.js';

/** The part of the codes that the region holds, and of their values along an axis between its ends. */
const HELD = 0.98;

/** Where the codes are, as a rounded body that may be longer on one side of its middle than on the other. */
export interface CodeRegion {
  readonly axes: PrincipalAxes;
  /** [axes] the median along each axis, from the mean of the codes. */
  readonly middle: Float64Array;
  /** [axes] how far the region reaches below and above the middle. */
  readonly reach: readonly (readonly [below: number, above: number])[];
}

/** The square of how far codes lie from the middle, the reach being 1. */
function farness(along: Float64Array, { middle, reach }: Pick<CodeRegion, 'middle' | 'reach'>): Float64Array {
  const count = middle.length;
  const squares = new Float64Array(along.length / count);
  for (let i = 0; i < along.length; i++) {
    const off = along[i]! - middle[i % count]!;
    const side = reach[i % count]![off > 0 ? 1 : 0];
    // a side without codes between the quantiles may have some beyond
    squares[Math.floor(i / count)]! += side === 0 ? 0 : (off / side) ** 2;
  }
  return squares;
}

/**
 * The region of codes: along their principal axes, an ellipsoid around the medians whose half-axes are, on each side,
 * in proportion to the distance from the median to the last 1 % of the codes, as large as holds 98 % of the codes. It turns with the codes; a
 * box would have corners, which at many dimensions are nearly all of it, though no round heap of codes reaches there;
 * and an ellipsoid that is the same on both sides would reach as far where no codes are as where they are.
 *
 * @param codes [n, width]
 */
export function codeRegion(codes: Float32Array, width: number): CodeRegion {
  const axes = principalAxes(codes, width);
  const count = axes.axes.length;
  const along = alongAxes(axes, codes);
  const middle = new Float64Array(count);
  const sides = axes.axes.map((_, j): [number, number] => {
    const values = Float64Array.from({ length: along.length / count }, (_unused, n) => along[n * count + j]!).sort();
    middle[j] = quantileOf(values, 0.5);
    return [middle[j]! - quantileOf(values, (1 - HELD) / 2), quantileOf(values, (1 + HELD) / 2) - middle[j]!];
  });
  const size = count === 0 ? 0 : Math.sqrt(quantileOf(farness(along, { middle, reach: sides }), HELD));
  return { axes, middle, reach: sides.map(([below, above]) => [below * size, above * size]) };
}

/**
 * Places drawn evenly from a region.
 *
 * @returns [count, width]
 */
export function drawFromRegion({ axes, middle, reach }: CodeRegion, count: number, random: Random): Float32Array {
  const width = axes.mean.length;
  const directions = middle.length;
  const places = new Float32Array(count * width);
  for (let i = 0; i < count; i++) {
    // even in the unit ball (Muller 1959); each half of the body has as much room as its half-axis is long
    const direction = Array.from({ length: directions }, () => random.normal());
    const radius = random.uniform() ** (1 / directions) / Math.hypot(...direction);
    const at = direction.map((value, j) => {
      const [below, above] = reach[j]!;
      const up = random.uniform() * (below + above) < above;
      return middle[j]! + Math.abs(value) * radius * (up ? above : -below);
    });
    for (let k = 0; k < width; k++) {
      places[i * width + k] = axes.mean[k]! + at.reduce((sum, value, j) => sum + value * axes.axes[j]![k]!, 0);
    }
  }
  return places;
}
