import { itemAt } from '../../core/collections.js';
import { columnOf } from '../../core/vectors.js';
import type { Dataset } from '../../data/dataset.js';
import { sliceDataset } from '../../data/slice.js';
import type { Model } from '../../models/autoencoder.js';
import { inputSize, type Specification } from '../../models/specification.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import { drawnCodes, posteriors } from '../latent/codes.js';
import { type Discrepancy, priorDiscrepancy } from '../latent/discrepancy.js';
import { type Codes, columnMeans, columnsOf, type Histogram, histogramOf } from '../statistics/code-columns.js';

/** The codes of test examples against the prior N(0, I). */
export interface CodeDistribution {
  readonly examples: number;
  readonly dimensions: readonly {
    /** Of codes as training draws them, where they are distributions. */
    readonly histogram: Histogram;
    readonly mean: number;
    readonly deviation: number;
    /** KL(q(z|x) ‖ N(0, 1)) in nats, mean over the examples; of codes that are distributions. */
    readonly divergence?: number;
  }[];
  /** Dimensions that carry next to nothing. */
  readonly inactive: number;
  /** The squared maximum mean discrepancy between codes and draws of the prior, and what it stays below by chance. */
  readonly discrepancy?: Pick<Discrepancy, 'squared' | 'limit' | 'pValue' | 'points'>;
  /** Where the loss bounds −log p(x): that bound in nats per example. */
  readonly bound?: number;
}

/** Codes of at most that many test examples. */
const EXAMPLES = 5000;
/** Histograms of codes span that many deviations of the prior to each side. */
const SPAN = 4;
const BINS = 32;
/** A dimension whose mean varies less than this over the examples carries nothing (Burda et al. 2016). */
const INACTIVE_VARIANCE = 0.01;

/** KL(N(μ, σ²) ‖ N(0, 1)), ½ (μ² + σ² − 1 − log σ²), in nats, by dimension, mean over the examples. */
function divergences(means: Codes, logVariances: Float32Array): number[] {
  return columnMeans(means, (mean, at) => {
    const log = itemAt(logVariances, at);
    return 0.5 * (mean ** 2 + Math.exp(log) - 1 - log);
  });
}

/** Whether the loss is a bound on −log p(x) of binary data: bce, β = 1 and nothing given or taken beside it. */
function isBound({ loss, code, penalties, corruption }: Specification): boolean {
  const plain = penalties.length === 0 && corruption.type === 'none';
  return plain && loss === 'bce' && code.type === 'gaussian' && code.beta === 1 && code.freeBits === 0;
}

/** The codes against the prior N(0, I), which training made them follow; undefined where they became NaN. */
export async function distributionOf(
  model: Model,
  { test, testLoss, runtime }: { test: Dataset; testLoss: number; runtime: RuntimeOptions | undefined },
): Promise<CodeDistribution | undefined> {
  const { specification } = model;
  const { width, type } = specification.code;
  const examples = Math.min(EXAMPLES, test.length);
  const data = sliceDataset(test, 0, examples);
  const drawn = { width, values: await drawnCodes(model, data, runtime) };
  if (!drawn.values.every(Number.isFinite)) return undefined;
  const posterior = type === 'gaussian' ? await posteriors(model, data, runtime) : undefined;
  const means = posterior ? { width, values: posterior.mean } : drawn;
  const perDimension = posterior ? divergences(means, posterior.logVariance) : [];
  return {
    examples,
    dimensions: columnsOf(drawn).map(({ mean, variance }, i) => {
      const divergence = perDimension[i];
      const histogram = histogramOf(columnOf(drawn.values, drawn.width, i), -SPAN, SPAN, BINS);
      return { mean, deviation: Math.sqrt(variance), histogram, ...(divergence !== undefined && { divergence }) };
    }),
    inactive: columnsOf(means).filter(({ variance }) => variance < INACTIVE_VARIANCE).length,
    ...(examples > 1 && { discrepancy: priorDiscrepancy(drawn.values, width) }),
    ...(isBound(specification) && { bound: testLoss * inputSize(specification) }),
  };
}
