import { dot } from '../../core/vectors.js';

/** How one gets from a code to another. */
export type Path = 'straight' | 'spherical';

/** Below this angle, in radians, an arc is as good as straight. */
const FLAT = 1e-4;

/**
 * Codes on the way from one to another in equal steps, the ends among them. `spherical`: along the great circle through
 * both (White 2016, "Sampling Generative Networks", section 2.1), which keeps to the distance from the origin that codes
 * from N(0, I) in many dimensions have.
 *
 * @param from [width]
 * @param to [width]
 * @param places at least 2
 * @returns [places, width]
 */
export function interpolate(
  from: Float32Array,
  to: Float32Array,
  places: number,
  path: Path = 'straight',
): Float32Array {
  const width = from.length;
  const [a, b] = [dot(from, from), dot(to, to)];
  const angle =
    path === 'spherical' && a > 0 && b > 0 ? Math.acos(Math.max(-1, Math.min(1, dot(from, to) / Math.sqrt(a * b)))) : 0;
  // Opposite ends have no one great circle through them.
  const curved = angle > FLAT && angle < Math.PI - FLAT;
  const codes = new Float32Array(places * width);
  for (let step = 0; step < places; step++) {
    const t = step / (places - 1);
    const [first, second] = curved
      ? [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)]
      : [1 - t, t];
    codes.set(
      from.map((value, k) => first * value + second * (to[k] ?? Number.NaN)),
      step * width,
    );
  }
  return codes;
}
