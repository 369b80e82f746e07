// Maps of one training lie on each other: each is turned onto the one before, so that the picture moves and never flips.
import type { Plane } from './protocol.js';

/**
 * The rotation, with or without a reflection, that brings points nearest to others in the mean of squares: the orthogonal
 * Procrustes problem (Schönemann 1966), which in the plane has a closed form. Both clouds are taken from their middles.
 *
 * @param points [n, 2]
 * @param onto [n, 2]
 * @returns the matrix [a, b, c, d] of x′ = a x + b y, y′ = c x + d y
 */
export function procrustes(points: Float32Array, onto: Float32Array): readonly [number, number, number, number] {
  const middle = (cloud: Float32Array): readonly [number, number] => {
    let [x, y] = [0, 0];
    for (let i = 0; i < cloud.length; i += 2) {
      x += cloud[i] ?? 0;
      y += cloud[i + 1] ?? 0;
    }
    return [(2 * x) / cloud.length, (2 * y) / cloud.length];
  };
  const [[px, py], [ox, oy]] = [middle(points), middle(onto)];
  let [xx, xy, yx, yy] = [0, 0, 0, 0];
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [(points[i] ?? 0) - px, (points[i + 1] ?? 0) - py];
    const [u, v] = [(onto[i] ?? 0) - ox, (onto[i + 1] ?? 0) - oy];
    xx += x * u;
    xy += x * v;
    yx += y * u;
    yy += y * v;
  }
  const turned = Math.hypot(xx + yy, xy - yx);
  const mirrored = Math.hypot(xx - yy, xy + yx);
  if (turned >= mirrored) {
    const [cos, sin] = turned > 0 ? [(xx + yy) / turned, (xy - yx) / turned] : [1, 0];
    return [cos, -sin, sin, cos];
  }
  const [cos, sin] = [(xx - yy) / mirrored, (xy + yx) / mirrored];
  return [cos, sin, sin, -cos];
}

/** The same points and their plane, turned: the code of a place stays that of the place it went to. */
export function turned(
  points: Float32Array,
  { origin, across, up, explained }: Plane,
  [a, b, c, d]: readonly [number, number, number, number],
): { readonly points: Float32Array; readonly plane: Plane } {
  const moved = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i] ?? 0, points[i + 1] ?? 0];
    moved[i] = a * x + b * y;
    moved[i + 1] = c * x + d * y;
  }
  // x across + y up = x′ (a across + b up) + y′ (c across + d up), since the matrix is orthogonal
  const axis = (p: number, q: number): Float32Array => across.map((value, k) => p * value + q * (up[k] ?? 0));
  return { points: moved, plane: { origin, across: axis(a, b), up: axis(c, d), explained } };
}
