import type { CodeSpace } from '../../../analysis/latent/code-space.js';
import { quantileOf } from '../../../analysis/statistics/estimate.js';
import type { Traversal } from '../inspection.js';

/** Places along a unit. */
const PLACES = 11;
/** From the value that this part of the examples stays below to the one that as many exceed. */
const TAIL = 0.01;
/** Units with pictures; of a wider code those that change the output most. */
const MOST_UNITS = 64;
/** Values that all pictures together may have. */
const OUTPUT_VALUES = 2_000_000;

/** The example whose code is nearest to the mean of all: the most ordinary one. */
function mostOrdinary(codes: Float32Array, width: number): number {
  const mean = new Float64Array(width);
  const count = codes.length / width;
  for (let i = 0; i < codes.length; i++) mean[i % width]! += codes[i]! / count;
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let n = 0; n < count; n++) {
    let squared = 0;
    for (let k = 0; k < width; k++) squared += (codes[n * width + k]! - mean[k]!) ** 2;
    if (squared < least) [best, least] = [n, squared];
  }
  return best;
}

function rootMeanSquare(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum / a.length);
}

/**
 * What each unit of the code does to the most ordinary example, through the middle 98 % of the unit's values; the unit that
 * changes the output most comes first.
 *
 * @param codes [n, width]
 */
export async function traverse(codes: Float32Array, space: CodeSpace): Promise<Traversal[]> {
  const { width, size } = space;
  const example = mostOrdinary(codes, width);
  const base = codes.slice(example * width, (example + 1) * width);
  const ranges = Array.from({ length: width }, (_, unit) => {
    const values = Float32Array.from({ length: codes.length / width }, (_unused, n) => codes[n * width + unit]!);
    return [quantileOf(values, TAIL), quantileOf(values, 1 - TAIL)] as const;
  });
  // Both ends of every unit first, to know which are worth a row of pictures.
  const ends = new Float32Array(2 * width * width);
  for (let row = 0; row < 2 * width; row++) {
    const unit = row >> 1;
    ends.set(base, row * width);
    ends[row * width + unit] = ranges[unit]![row % 2 === 0 ? 0 : 1];
  }
  const decoded = await space.decode(ends);
  const at = (row: number) => decoded.subarray(row * size, (row + 1) * size);
  const most = Math.max(4, Math.min(MOST_UNITS, Math.floor(OUTPUT_VALUES / (PLACES * size))));
  const units = ranges
    .map((range, unit) => ({ unit, range, effect: rootMeanSquare(at(2 * unit), at(2 * unit + 1)) }))
    .sort((a, b) => b.effect - a.effect || a.unit - b.unit)
    .slice(0, most);
  const traversals: Traversal[] = [];
  for (const { unit, range, effect } of units) {
    const values = Float32Array.from(
      { length: PLACES },
      (_, i) => range[0] + ((range[1] - range[0]) * i) / (PLACES - 1),
    );
    const places = new Float32Array(PLACES * width);
    for (let i = 0; i < PLACES; i++) {
      places.set(base, i * width);
      places[i * width + unit] = values[i]!;
    }
    traversals.push({ example, unit, values, outputs: await space.decode(places), effect });
  }
  return traversals;
}
