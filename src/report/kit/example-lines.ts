/** The values of an example as lines from left to right, one for each of the first values at a time step. */
export function linesOf(values: ArrayLike<number>, steps: number, most: number): number[][] {
  const features = values.length / steps;
  const all = Array.from(values);
  return Array.from({ length: Math.min(features, most) }, (_, feature) =>
    all.filter((__, i) => i % features === feature),
  );
}
