import { UMAP } from 'umap-js';
import { itemAt } from '../../../core/collections.js';
import { createRandom } from '../../../core/random.js';

/** A layout to be made: what of the points is near what, and where they start. */
export interface UmapJob {
  /** Neighbours of each point, itself not counted; fewer than the other points. */
  readonly k: number;
  /** [n, k] nearest first. */
  readonly indices: Int32Array;
  /** [n, k] */
  readonly distances: Float64Array;
  /** [n, 2] first places. */
  readonly start: Float32Array;
  readonly epochs: number;
  readonly seed: number;
}

/** Side of the square that first places are scaled to, as in McInnes's own implementation. */
const REACH = 10;
/** How far first places are moved at random, so that none are the same: points in one place never part. */
const NOISE = 1e-4;

/**
 * UMAP in the plane (McInnes, Healy & Melville 2018) by umap-js, with the neighbours and the first places given: those of
 * PCA keep the whole in order where random ones tear it apart (Kobak & Linderman 2021). `minimum distance` is the default 0.1.
 *
 * @yields the part that is done, after each epoch
 * @returns [n, 2]
 */
export function* umapLayout(job: UmapJob): Generator<number, Float32Array, void> {
  const { k, indices, distances, start, epochs, seed } = job;
  const n = indices.length / k;
  const random = createRandom(seed, 'umap');
  const umap = new UMAP({ nNeighbors: k + 1, nEpochs: epochs, minDist: 0.1, random: random.uniform });
  // In its lists the nearest neighbour of a point is the point itself.
  const rows = Array.from({ length: n }, (_, i) => i);
  umap.setPrecomputedKNN(
    rows.map((i) => [i, ...indices.subarray(i * k, (i + 1) * k)]),
    rows.map((i) => [0, ...distances.subarray(i * k, (i + 1) * k)]),
  );
  // With neighbours at hand it asks of the points no more than how many there are.
  umap.initializeFit(rows.map(() => []));
  const places = umap.getEmbedding();
  const farthest = start.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  places.forEach((place, i) => {
    for (const axis of [0, 1]) place[axis] = (itemAt(start, 2 * i + axis) / farthest + NOISE * random.normal()) * REACH;
  });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    umap.step();
    yield epoch / epochs;
  }
  return Float32Array.from(umap.getEmbedding().flat());
}
