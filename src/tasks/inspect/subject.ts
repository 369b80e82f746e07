import { type CodeSpace, pcaSpace } from '../../analysis/latent/code-space.js';
import type { LatentFigures } from '../../analysis/latent/figures.js';
import { type LatentFiguresOptions, latentFigures } from '../../analysis/latent/latent-figures.js';
import { badInput } from '../../core/errors.js';
import { stopWhereAborted, type WorkOptions } from '../../core/work.js';
import { type Dataset, exampleSize } from '../../data/dataset.js';
import { sampleDataset, sampleOfLarge } from '../../data/runs.js';
import { applyScaling, refuseNotFinite, type Scaling } from '../../data/scaling.js';
import { readBlocks } from '../../data/stream.js';
import { fitPca, type Pca } from '../../models/pca.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';

/** Examples whose codes lie on the map, at most. */
const MOST_POINTS = 100_000;
/** Examples that figures come from, at most: the first points. */
const MOST_MEASURED = 10_000;
/** Bytes of the examples that a page shows as they are. */
const SHOWN_BYTES = 8 * 2 ** 20;
/** Fewer examples have no latent space to speak of. */
const FEWEST = 10;
/** PCA beyond so many components is no yardstick but a copy. */
const MOST_COMPONENTS = 256;

/** The examples that latent spaces are looked at through, in the units of one scaling. */
export interface Subject {
  /** Points of the map: all examples, or a sample of the most that there may be. */
  readonly points: Dataset;
  readonly scaling: Scaling;
  readonly size: number;
  /** [measured, size] scaled: the first points. */
  readonly examples: Float32Array;
  readonly measured: number;
  /** How many of them a page has room for. */
  readonly shown: number;
  /** [measured] class of each, where the data have classes. */
  readonly classes?: Int32Array;
  /**
   * PCA of the training data at a width, or at the most components there can be.
   *
   * @param computing what it is fitted on, where the subject was read without a runtime
   */
  pca(width: number, computing?: RuntimeOptions): Promise<Pca>;
  /** The figures of that PCA, seen through the same examples: taken once for all runs of a width and a seed. */
  pcaFigures(width: number, options: Omit<LatentFiguresOptions, 'labels'>): Promise<LatentFigures>;
}

/** Says so where a sample stands for all. */
export function sampledWords({ points }: Subject, all: Dataset): string | undefined {
  if (points.length === all.length) return undefined;
  return `${all.name}: a sample of ${points.length.toLocaleString('en-US')} of ${all.length.toLocaleString('en-US')} examples is looked at`;
}

/**
 * Reads what figures and pictures need of the data.
 *
 * @param data.train what PCA is fitted to; the examples themselves where there is nothing else
 * @throws GargaloError `bad-input` for fewer than ten examples, NaN or infinity; `cancelled`
 */
export async function readSubject(
  data: { readonly examples: Dataset; readonly train?: Dataset | undefined },
  scaling: Scaling,
  { runtime, signal }: Pick<WorkOptions, 'signal'> & { readonly runtime?: RuntimeOptions | undefined } = {},
): Promise<Subject> {
  const points = sampleDataset(data.examples, MOST_POINTS);
  if (points.length < FEWEST) {
    throw badInput(points.name, `expected at least ${FEWEST} examples to look at, got ${points.length}`);
  }
  const size = exampleSize(points);
  const measured = Math.min(points.length, MOST_MEASURED);
  const examples = new Float32Array(measured * size);
  for await (const { start, end, values } of readBlocks({ ...points, length: measured })) {
    stopWhereAborted(signal, points.name);
    if (values instanceof Float32Array) refuseNotFinite(values, points.name, size, start, points.columns);
    applyScaling(values, scaling, examples.subarray(start * size, end * size));
  }
  const known = new Map<number, Promise<Pca>>();
  const measuredPca = new Map<string, Promise<LatentFigures>>();
  const train = sampleOfLarge(data.train ?? data.examples);
  const classes = points.labels?.values.slice(0, measured);
  const pca = (asked: number, computing = runtime): Promise<Pca> => {
    const width = Math.min(asked, size, MOST_COMPONENTS);
    const found =
      known.get(width) ?? fitPca(train, { width, scaling, ...(computing && { runtime: runtime ?? computing }) });
    known.set(width, found);
    return found;
  };
  const measurePca = async (width: number, options: Omit<LatentFiguresOptions, 'labels'>): Promise<LatentFigures> => {
    const space = pcaSpace(await pca(width, { opened: options.runtime }));
    const about = { ...options, ...(classes && { labels: classes }) };
    return (await latentFigures(space, examples, await space.encode(examples), about)).figures;
  };
  return {
    points,
    scaling,
    size,
    examples,
    measured,
    shown: Math.min(measured, Math.max(64, Math.floor(SHOWN_BYTES / size))),
    ...(classes && { classes }),
    pca,
    pcaFigures(width, options) {
      const key = `${width}/${options.seed ?? 0}`;
      const before = measuredPca.get(key);
      if (before) return before;
      const found = measurePca(width, options);
      measuredPca.set(key, found);
      // What was cancelled is taken anew when it is asked for again.
      found.catch(() => measuredPca.delete(key));
      return found;
    },
  };
}

/**
 * Codes of all points, [points, width].
 *
 * @throws GargaloError `bad-input` where a code is no number
 */
export async function codesOf(
  { points, scaling, size }: Subject,
  space: CodeSpace,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const codes = new Float32Array(points.length * space.width);
  for await (const { start, values } of readBlocks(points)) {
    stopWhereAborted(signal, points.name);
    if (values instanceof Float32Array) refuseNotFinite(values, points.name, size, start, points.columns);
    codes.set(await space.encode(applyScaling(values, scaling)), start * space.width);
  }
  const broken = codes.findIndex((value) => !Number.isFinite(value));
  if (broken < 0) return codes;
  const example = Math.floor(broken / space.width) + 1;
  throw badInput(
    'model',
    `expected finite codes, got ${codes[broken]} for example ${example} of ${points.name}`,
    'its training went astray: train again, with a smaller `learningRate`',
  );
}
