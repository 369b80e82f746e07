import { addRow } from '../../core/vectors.js';

/** Points of a map that say what an empty place between them stands for. */
const BLENDED = 4;

/** The weights of the nearest points of a map at a place: by the inverse of the squared distance, 1 in sum. */
function nearestWeights(points: Float32Array, across: number, up: number): { index: number; weight: number }[] {
  let nearest: { index: number; squared: number }[] = [];
  let farthest = Number.POSITIVE_INFINITY;
  for (let index = 0; index < points.length / 2; index++) {
    const squared =
      ((points[2 * index] ?? Number.NaN) - across) ** 2 + ((points[2 * index + 1] ?? Number.NaN) - up) ** 2;
    if (nearest.length === BLENDED && squared >= farthest) continue;
    nearest = [...nearest, { index, squared }].sort((a, b) => a.squared - b.squared).slice(0, BLENDED);
    farthest = nearest.at(-1)?.squared ?? farthest;
  }
  // A place on a point stands for that point's code.
  const floor = (nearest.at(-1)?.squared || 1) * 1e-12;
  const sum = nearest.reduce((total, { squared }) => total + 1 / (squared + floor), 0);
  return nearest.map(({ index, squared }) => ({ index, weight: 1 / (squared + floor) / sum }));
}

/** A map's points, and of a plane what it is spanned by. */
export interface MapPlaces {
  readonly points: Float32Array;
  readonly plane?: { readonly [Part in 'origin' | 'across' | 'up']: ArrayLike<number> } | undefined;
}

/**
 * The code that a place of a map stands for. Of a plane it is exact: origin + across · u + up · v. A map that bends the
 * space has no code where it has no point; there it is a blend of the codes of the four nearest points by the inverse of
 * their squared distance (Shepard 1968), which is one answer of many.
 *
 * @param codes [n, width] of the map's points
 */
export function codeAtPlace(
  { points, plane }: MapPlaces,
  codes: Float32Array,
  width: number,
  [across, up]: readonly [number, number],
): Float32Array {
  if (plane) {
    const { origin, across: right, up: top } = plane;
    return Float32Array.from(
      origin,
      (value, k) => value + across * (right[k] ?? Number.NaN) + up * (top[k] ?? Number.NaN),
    );
  }
  const code = new Float32Array(width);
  for (const { index, weight } of nearestWeights(points, across, up)) {
    addRow(code, 0, codes, index * width, width, weight);
  }
  return code;
}
