import { itemAt } from '../../core/collections.js';
import { arrayDataset, type Labels } from '../../data/dataset.js';
import { fitPca, projectPca } from '../../models/pca.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import type { Codes } from '../statistics/code-columns.js';

/** Points whose neighbours are looked up; the others only serve as neighbours. */
const QUERIES = 2000;

/** Codes on a plane. */
export interface PlaneOfCodes {
  /** [n, 2] */
  readonly points: Float32Array;
  /** "code" when the code itself has width 2, else "pca": the codes' first two principal components. */
  readonly method: 'code' | 'pca';
  /** Share of the codes' variance that the map shows, 0 … 1. */
  readonly explained: number;
}

/** The codes of test examples on a plane; undefined where there are too few, or one became NaN and has no place. */
export async function planeOfCodes(
  { values, width }: Codes,
  runtime: RuntimeOptions | undefined,
): Promise<PlaneOfCodes | undefined> {
  const count = values.length / width;
  if (count < 2 || !values.every(Number.isFinite)) return undefined;
  if (width === 2) return { points: values, method: 'code', explained: 1 };
  if (width === 1) {
    const points = new Float32Array(2 * count);
    for (const [i, value] of values.entries()) points[2 * i] = value;
    return { points, method: 'pca', explained: 1 };
  }
  const dataset = arrayDataset(values, { name: 'codes', shape: [width] });
  const pca = await fitPca(dataset, { width: 2, ...(runtime && { runtime }) });
  const shown = (pca.variances[0] ?? 0) + (pca.variances[1] ?? 0);
  return {
    points: projectPca(pca, values, 2),
    method: 'pca',
    explained: pca.totalVariance > 0 ? Math.min(1, shown / pca.totalVariance) : 1,
  };
}

/** How often neighbours on a map have the same label. */
export interface NeighbourAgreement {
  readonly share: number;
  /** What chance would give. */
  readonly chance: number;
  /** Points that were asked, the first ones, and how many are labelled. */
  readonly asked: number;
  readonly labelled: number;
}

/** Share of labelled points, at most the first 2,000, whose nearest labelled neighbour on the map has their label. */
export function neighbourAgreement(points: Float32Array, labels: Labels['values']): NeighbourAgreement {
  const known: { readonly label: number; readonly x: number; readonly y: number }[] = [];
  for (const [i, label] of labels.subarray(0, points.length / 2).entries()) {
    if (label >= 0) known.push({ label, x: itemAt(points, 2 * i), y: itemAt(points, 2 * i + 1) });
  }
  const sizes = new Map<number, number>();
  for (const { label } of known) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  let chance = 0;
  for (const size of sizes.values()) chance += (size * (size - 1)) / (known.length * (known.length - 1));
  const queries = known.slice(0, QUERIES);
  let same = 0;
  for (const query of queries) {
    let nearest = -1;
    let least = Number.POSITIVE_INFINITY;
    for (const point of known) {
      const distance = (query.x - point.x) ** 2 + (query.y - point.y) ** 2;
      if (point !== query && distance < least) [least, nearest] = [distance, point.label];
    }
    if (nearest === query.label) same++;
  }
  return { share: same / queries.length, chance, asked: queries.length, labelled: known.length };
}
