import type { Dataset } from '../../data/dataset.js';
import type { Model } from '../../models/autoencoder.js';
import { inputSize, type Specification } from '../../models/specification.js';
import { createRandom } from '../../random.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import { priorOf } from '../../tasks/sample.js';
import type { CodeDistribution } from '../input.js';
import { type Codes, columnOf, columnsOf, histogramOf, outputOf, rowsOf } from './codes.js';

/** Histograms of codes span that many deviations of the prior to each side. */
const SPAN = 4;
const BINS = 32;
const SEED = 0;
/** A dimension whose mean varies less than this over the examples carries nothing (Burda et al. 2016). */
const INACTIVE_VARIANCE = 0.01;

/** KL(N(μ, σ²) ‖ N(0, 1)), ½ (μ² + σ² − 1 − log σ²), in nats, by dimension, mean over the examples. */
function divergences({ values, width }: Codes, logVariances: readonly number[]): number[] {
  const sums = new Array<number>(width).fill(0);
  for (const [at, mean] of values.entries()) {
    const log = logVariances[at]!;
    sums[at % width] = sums[at % width]! + 0.5 * (mean ** 2 + Math.exp(log) - 1 - log);
  }
  return sums.map((sum) => (sum * width) / values.length);
}

/** One draw from q(z|x) = N(μ, σ²) for each example: it is these that ought to follow the prior. */
function drawnFrom({ values, width }: Codes, logVariances: readonly number[]): Codes {
  const { normal } = createRandom(SEED, 'report/codes');
  return { width, values: values.map((mean, at) => mean + Math.exp(logVariances[at]! / 2) * normal()) };
}

/** Whether the loss is a bound on −log p(x) of binary data: bce, β = 1 and nothing given or taken beside it. */
function isBound({ loss, code, penalties, corruption }: Specification): boolean {
  const plain = penalties.length === 0 && corruption.type === 'none';
  return plain && loss === 'bce' && code.type === 'gaussian' && code.beta === 1 && code.freeBits === 0;
}

/** The codes against the prior N(0, I); undefined where the codes were left to follow any distribution. */
export async function distributionOf(
  model: Model,
  codes: Codes,
  { test, testLoss, runtime }: { test: Dataset; testLoss: number; runtime: RuntimeOptions | undefined },
): Promise<CodeDistribution | undefined> {
  const { specification } = model;
  if (priorOf(specification) !== 'normal' || codes.values.length === 0) return undefined;
  const examples = rowsOf(codes);
  const logVariances = await outputOf(model, 'log-variance', test, examples, runtime);
  const perDimension = logVariances.length > 0 ? divergences(codes, logVariances) : undefined;
  const columns = columnsOf(codes);
  const drawn = logVariances.length > 0 ? drawnFrom(codes, logVariances) : codes;
  const spread = drawn === codes ? columns : columnsOf(drawn);
  return {
    examples,
    dimensions: spread.map(({ mean, deviation }, i) => ({
      mean,
      deviation,
      histogram: histogramOf(columnOf(drawn, i), -SPAN, SPAN, BINS),
      ...(perDimension && { divergence: perDimension[i]! }),
    })),
    inactive: columns.filter(({ deviation }) => deviation ** 2 < INACTIVE_VARIANCE).length,
    ...(isBound(specification) && { bound: testLoss * inputSize(specification) }),
  };
}
