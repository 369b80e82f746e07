import { itemAt } from '../../core/collections.js';
import { badInput } from '../../core/errors.js';
import { createRandom, permutation } from '../../core/random.js';
import { meanOf, positionsOf, rowAt } from '../../core/vectors.js';
import { arrayDataset, type Labels } from '../../data/dataset.js';
import { refuseNotFinite } from '../../data/scaling.js';
import { fitPcaOn, projectPca } from '../../models/pca.js';
import type { Runtime } from '../../runtime/runtime.js';
import { type Estimate, meanEstimate } from '../statistics/estimate.js';
import { type Neighbours, nearestNeighbours } from '../statistics/neighbours.js';
import { linearProbe } from '../statistics/probe.js';
import { rowsAt } from '../statistics/rows.js';
import { silhouettes } from '../statistics/silhouette.js';
import { type Clustering, clusterAgreement, clustered, scaledRows } from './clusters.js';
import type { SeparabilityFigures } from './figures.js';

export interface SeparabilityOptions {
  /** Its products are the work; the caller closes it. */
  readonly runtime: Runtime;
  /** Classes of the examples; one below 0 is unknown, and its example is left out. */
  readonly labels?: Pick<Labels, 'values'> | undefined;
  /** Neighbours that vote. Default 10. */
  readonly k?: number;
  /** At most that many codes are looked at, drawn at random. Default 5000. */
  readonly points?: number;
  readonly seed?: number;
}

/** Numbers of clusters that are tried. */
const MOST_CLUSTERS = 10;
/**
 * Components that are enough to cluster by: with k / ε of them the error of k clusters is within 1 + ε (Cohen, Elder, Musco,
 * Musco & Persu 2015, theorem 1.1 for projections onto principal components).
 */
const WIDEST = 32;
/** Ways to deal the codes into two halves. */
const DEALINGS = 10;

/** The class that most neighbours of each example have; of several, that of the nearest among them. 1 where right. */
function votes({ indices, k }: Neighbours, classes: Int32Array): Float64Array {
  return Float64Array.from(classes, (own, i) => {
    const ballots = new Map<number | undefined, number>();
    for (const neighbour of rowAt(indices, k, i)) {
      const candidate = classes[neighbour];
      ballots.set(candidate, (ballots.get(candidate) ?? 0) + 1);
    }
    // A map keeps the order in which candidates came, nearest first.
    const [elected] = [...ballots].reduce((first, next) => (next[1] > first[1] ? next : first));
    return elected === own ? 1 : 0;
  });
}

async function withClasses(
  codes: Float32Array,
  width: number,
  labels: Int32Array,
  options: SeparabilityOptions,
): Promise<SeparabilityFigures['labelled']> {
  const { runtime, points = 5000, seed = 0 } = options;
  const known = positionsOf(labels.length).filter((i) => itemAt(labels, i) >= 0);
  const order = permutation(known.length, createRandom(seed, 'separability')).subarray(0, points);
  const chosen = order.map((i) => itemAt(known, i));
  const labelsOfChosen = chosen.map((i) => itemAt(labels, i));
  const names = [...new Set(labelsOfChosen)].sort((a, b) => a - b);
  if (names.length < 2) return undefined;
  const classes = labelsOfChosen.map((label) => names.indexOf(label));
  const rows = rowsAt(codes, width, chosen);
  const k = Math.min(options.k ?? 10, chosen.length - 1);
  const neighbours = await nearestNeighbours(runtime, rows, width, k);
  const probe = await linearProbe(runtime, rows, width, classes, names.length, seed);
  const [silhouette = new Float64Array()] = await silhouettes(runtime, rows, width, [
    { groups: classes, count: names.length },
  ]);
  const sizes = names.map((name) => labelsOfChosen.filter((label) => label === name).length);
  const estimate = (values: Float64Array, name: string): Estimate =>
    meanEstimate(values, { seed, stream: `separability/${name}` });
  return {
    points: chosen.length,
    classes: names.length,
    chance: Math.max(...sizes) / classes.length,
    k,
    neighbours: estimate(votes(neighbours, classes), 'neighbours'),
    probe: estimate(probe, 'probe'),
    silhouette: estimate(silhouette, 'silhouette'),
  };
}

/** Codes for k-means: of wide ones, their first principal components. */
async function rowsToCluster(codes: Float32Array, width: number, runtime: Runtime): Promise<number[][]> {
  if (width <= WIDEST) return scaledRows(codes, width);
  const pca = await fitPcaOn(runtime, arrayDataset(codes, { name: 'codes', shape: [width] }), { width: WIDEST });
  return scaledRows(projectPca(pca, codes), WIDEST);
}

async function withoutClasses(
  codes: Float32Array,
  width: number,
  { runtime, points = 5000, seed = 0 }: SeparabilityOptions,
): Promise<SeparabilityFigures['clusters']> {
  const chosen = permutation(codes.length / width, createRandom(seed, 'separability')).subarray(0, points);
  const sample = rowsAt(codes, width, chosen);
  const rows = await rowsToCluster(sample, width, runtime);
  const random = createRandom(seed, 'separability/clusters');
  const groupings: Clustering[] = [];
  for (let count = 2; count <= MOST_CLUSTERS; count++) {
    const clustering = clustered(rows, count, random);
    // There are no more different codes.
    if (clustering.count < count) break;
    groupings.push(clustering);
  }
  const scores = groupings.length > 0 ? await silhouettes(runtime, sample, width, groupings) : [];
  const tried = scores.map((score, i) => ({ score, mean: meanOf(score), count: i + 2 }));
  const [first, ...others] = tried;
  if (!first) {
    return {
      ...{ points: chosen.length, count: 1 },
      silhouette: { value: 0, interval: [0, 0] },
      stability: { value: 1, interval: [1, 1] },
    };
  }
  const { score, count } = others.reduce((best, next) => (next.mean > best.mean ? next : best), first);
  return {
    points: chosen.length,
    count,
    silhouette: meanEstimate(score, { seed, stream: 'separability/clusters/silhouette' }),
    stability: meanEstimate(clusterAgreement(rows, count, DEALINGS, seed), { seed, stream: 'separability/stability' }),
  };
}

/**
 * Whether different things get different regions of a code space.
 *
 * With classes: the accuracy of k nearest neighbours, each code asked among all others (Cover & Hart 1967); of a linear
 * classifier on codes that it has not seen, in five parts (Alain & Bengio 2016); and the mean silhouette of the classes
 * (Rousseeuw 1987), which asks that they be heaps, not only apart. Absent where fewer than two classes are known.
 *
 * Without: k-means for 2 … 10 clusters, the best silhouette among them, and how stable its clusters are: the adjusted Rand
 * index between those of two halves, ten times. Codes of more than 32 values are clustered by that many principal
 * components; silhouettes are of the whole codes. Codes that are all the same are one cluster of silhouette 0.
 *
 * At most 5000 codes are looked at. Intervals are over codes, that of the stability over the ten dealings.
 *
 * @param codes [n, width]
 * @throws GargaloError `bad-input` where there are no codes, labels do not fit, or a value is not finite
 */
export async function separabilityFigures(
  codes: Float32Array,
  width: number,
  options: SeparabilityOptions,
): Promise<SeparabilityFigures> {
  const { labels, k = 10 } = options;
  const n = codes.length / width;
  if (!Number.isInteger(n) || n < 1) {
    throw badInput('separability', `expected rows of ${width} values and at least one, got ${codes.length} values`);
  }
  if (labels && labels.values.length !== n) {
    throw badInput('separability', `expected a label for each of ${n} codes, got ${labels.values.length}`);
  }
  if (!Number.isInteger(k) || k < 1) throw badInput('separability', `expected k of 1 or more, got ${k}`);
  refuseNotFinite(codes, 'separability, codes', width);
  const labelled = labels && (await withClasses(codes, width, labels.values, options));
  return { ...(labelled && { labelled }), clusters: await withoutClasses(codes, width, options) };
}
