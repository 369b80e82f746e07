import { createRuntime } from '#runtime';
import { modelSpace } from '../../analysis/latent/code-space.js';
import { drawnCodes } from '../../analysis/latent/codes.js';
import { gapReference } from '../../analysis/latent/gap-reference.js';
import { placeFigures } from '../../analysis/latent/place-figures.js';
import { openSampleJudge } from '../../analysis/latent/sample-quality.js';
import { fitMixture, sampleMixture } from '../../analysis/statistics/mixture.js';
import { rowsAt } from '../../analysis/statistics/rows.js';
import { badInput } from '../../core/errors.js';
import { createRandom, permutation } from '../../core/random.js';
import { stopWhereAborted, type WorkOptions } from '../../core/work.js';
import type { Dataset } from '../../data/dataset.js';
import { sampleDataset } from '../../data/runs.js';
import type { Scaling } from '../../data/scaling.js';
import { checkInput, type Model, runtimeFor } from '../../models/autoencoder.js';
import type { Mixture } from '../../models/mixture.js';
import type { Pca } from '../../models/pca.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import { drawCodes, priorOf } from '../sample.js';
import type { SampledFrom } from './inspection.js';

/** What samples are held against: a {@link Subject} is one. */
export interface RepairSubject {
  /** [n, size] examples that the model was not trained on, in scaled units; at least 10. */
  readonly examples: Float32Array;
  readonly size: number;
  readonly scaling: Scaling;
  /** PCA of the training data with so many components, or as many as there can be. */
  pca(width: number, runtime?: RuntimeOptions): Promise<Pca>;
}

export interface RepairOptions extends WorkOptions {
  readonly seed?: number | undefined;
  readonly runtime?: RuntimeOptions | undefined;
  /** As people call the model; default: its kind. */
  readonly name?: string | undefined;
  /** Components of the mixture, or numbers to choose from; default 1, 2, 4, 8, 16 and 32. */
  readonly components?: number | readonly number[] | undefined;
  /** Samples to look at; the figures come from as many as there are examples to hold them against. Default 64. */
  readonly shown?: number | undefined;
}

/** What a density that was fitted afterwards makes of a model. */
export interface Repair {
  /** The model's to keep: saved as `{ ...model, mixture }`, it is what `gargalo sample` draws from. */
  readonly mixture: Mixture;
  /** Drawn as the model would be today, and from the mixture. */
  readonly drawn: readonly [before: SampledFrom, after: SampledFrom];
  /** Real examples that were kept back, in the place of samples: what the figures come to for them. */
  readonly heldOut: SampledFrom;
}

/** Training examples whose codes the mixture is fitted to, at most. */
const FITTED = 10_000;
/** Examples that samples are held against, at most; as many again are kept back. */
const AGAINST = 5000;
/** Principal components that samples are seen in. */
const COMPONENTS = 64;
const STAGES = 5;

/** Two parts of the examples at random, of the same size: neighbours in a file are often alike. */
function halves({ examples, size }: RepairSubject, seed: number): readonly [Float32Array, Float32Array] {
  const count = examples.length / size;
  const half = Math.min(AGAINST, Math.floor(count / 2));
  if (!Number.isInteger(count) || half < 5) {
    throw badInput('examples', `expected at least 10 to hold samples against, got ${Math.floor(count)}`);
  }
  const order = permutation(count, createRandom(seed, 'repair/halves'));
  return [rowsAt(examples, size, order.subarray(0, half)), rowsAt(examples, size, order.subarray(half, 2 * half))];
}

/** How codes would be drawn today, in words, and so many of them. */
async function drawnToday(
  model: Model,
  codes: Float32Array,
  count: number,
  seed: number,
): Promise<{ readonly name: string; readonly codes: Float32Array }> {
  const prior = priorOf(model.specification);
  if (prior === 'normal') return { name: 'the prior N(0, I)', codes: drawCodes(model, prior, count, seed) };
  if (prior) return { name: 'its codebook, each position by itself', codes: drawCodes(model, prior, count, seed) };
  // Nobody knows what these codes follow: what is done where nothing better is at hand (column N of Ghosh et al. 2020).
  const { mixture } = await fitMixture(codes, model.specification.code.width, { components: 1, seed });
  return { name: 'one normal distribution around its codes', codes: sampleMixture(mixture, count, seed) };
}

/**
 * Fits a density to the codes of a trained model, so that new examples can be drawn from where codes are (ex-post density
 * estimation, Ghosh et al. 2020, "From Variational to Deterministic Autoencoders"), and says how good they are beside those
 * that are drawn without it: from the prior of a gaussian or adversarial code, from the codebook of a quantized one, and of
 * any other from one normal distribution with the codes' mean and covariance. The mixture is fitted to codes of training
 * examples, of a gaussian code to one draw for each; the figures come from other examples, half of which samples are held
 * against while the other half shows what real examples get.
 *
 * @param train the data that the model was trained on, in raw units
 * @throws GargaloError `bad-input` where there are fewer than ten examples, or data and model do not fit each other;
 *   `cancelled`
 */
export async function repair(
  model: Model,
  train: Dataset,
  subject: RepairSubject,
  options: RepairOptions = {},
): Promise<Repair> {
  const { seed = 0, shown = 64, signal, onProgress, components } = options;
  const { specification } = model;
  const { width } = specification.code;
  const name = options.name ?? specification.kind;
  checkInput(specification, train);
  const [against, heldOut] = halves(subject, seed);
  const count = against.length / subject.size;
  let stage = 0;
  const advance = (): void => {
    stopWhereAborted(signal, train.name);
    onProgress?.({ done: ++stage, total: STAGES });
  };
  const runtimeOptions = await runtimeFor(model, options.runtime);
  const codes = await drawnCodes(model, sampleDataset(train, FITTED), { ...runtimeOptions, seed });
  advance();
  const { mixture } = await fitMixture(codes, width, {
    seed,
    data: train.name,
    signal,
    ...(components !== undefined && { components }),
  });
  advance();
  const today = await drawnToday(model, codes, count, seed);
  const runtime = await createRuntime(runtimeOptions);
  try {
    const space = modelSpace(model, runtime, subject.scaling);
    const pca = await subject.pca(COMPONENTS, { ...runtimeOptions, opened: runtime });
    const judge = await openSampleJudge(runtime, pca, against, { seed });
    const reference = await gapReference(space, await space.encode(against), { runtime, seed });

    /** What becomes of examples, or of codes where there are no examples yet. */
    async function judged(of: string, places: Float32Array, examples?: Float32Array): Promise<SampledFrom> {
      const values = examples ?? (await space.decode(places));
      const { gaps } = await placeFigures(space, reference, places, { runtime, seed });
      const figures = { gaps, ...(await judge.judge(values)) };
      advance();
      return { name: of, model: name, samples: values.slice(0, shown * subject.size), figures };
    }
    return {
      mixture,
      drawn: [
        await judged(today.name, today.codes),
        await judged(mixtureWords(mixture), sampleMixture(mixture, count, seed)),
      ],
      heldOut: await judged('real examples that were kept back', await space.encode(heldOut), heldOut),
    };
  } finally {
    await runtime.close();
  }
}

function mixtureWords({ weights }: Mixture): string {
  return weights.length === 1 ? 'one normal distribution' : `a mixture of ${weights.length} normal distributions`;
}
