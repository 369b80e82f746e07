/** Ends of a part of the plane. */
export interface Extent {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/**
 * Where points end.
 *
 * @param points [n, 2]
 */
export function boundsOf(points: Float32Array): Extent {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  points.forEach((value, i) => {
    if (i % 2 === 0) {
      left = Math.min(left, value);
      right = Math.max(right, value);
    } else {
      bottom = Math.min(bottom, value);
      top = Math.max(top, value);
    }
  });
  return { left, right, bottom, top };
}
