import { boundsOf } from '../kit/bounds.js';

/** Answers which point of a map is nearest to a place. */
export interface Neighbourhood {
  /**
   * The nearest point within a distance.
   *
   * @param isVisible points that count
   */
  nearest(x: number, y: number, within: number, isVisible?: (point: number) => boolean): number | undefined;
}

/** About so many points lie in a cell. */
const IN_A_CELL = 4;

/**
 * Sorts points into the cells of a grid: made in one pass, asked in a few cells.
 *
 * @param points [n, 2], finite
 */
export function neighbourhoodOf(points: Float32Array): Neighbourhood {
  const count = points.length / 2;
  const { left, right, bottom, top } = boundsOf(points);
  const side = Math.max(1, Math.floor(Math.sqrt(count / IN_A_CELL)));
  const [wide, high] = [(right - left) / side || 1, (top - bottom) / side || 1];
  const inside = (cell: number): number => Math.max(0, Math.min(side - 1, Math.floor(cell)));
  const cellOf = (i: number): number =>
    inside((points[2 * i + 1]! - bottom) / high) * side + inside((points[2 * i]! - left) / wide);
  // Counting sort: where the points of each cell begin, then the points by cell.
  const starts = new Int32Array(side * side + 1);
  for (let i = 0; i < count; i++) starts[cellOf(i) + 1]!++;
  for (let cell = 0; cell < side * side; cell++) starts[cell + 1]! += starts[cell]!;
  const next = starts.slice();
  const sorted = new Int32Array(count);
  for (let i = 0; i < count; i++) sorted[next[cellOf(i)]!++] = i;

  return {
    nearest(x, y, within, isVisible) {
      let [best, least] = [-1, within * within];
      const [fromX, toX] = [inside((x - within - left) / wide), inside((x + within - left) / wide)];
      const [fromY, toY] = [inside((y - within - bottom) / high), inside((y + within - bottom) / high)];
      for (let row = fromY; row <= toY; row++) {
        for (let at = starts[row * side + fromX]!; at < starts[row * side + toX + 1]!; at++) {
          const i = sorted[at]!;
          const squared = (points[2 * i]! - x) ** 2 + (points[2 * i + 1]! - y) ** 2;
          if (squared <= least && (isVisible?.(i) ?? true)) [best, least] = [i, squared];
        }
      }
      return best < 0 ? undefined : best;
    },
  };
}
