import { sampleMixture } from '../analysis/statistics/mixture.js';
import { badInput } from '../core/errors.js';
import { createRandom, type Random } from '../core/random.js';
import { type Autoencoder, checkModel, type Model } from '../models/autoencoder.js';
import { inputSize, penaltyOf, type Specification, type VectorQuantizedCode } from '../models/specification.js';

/** Where new codes are drawn from: N(0, I), the entries of a codebook by their use, or a mixture fitted to codes. */
export type Prior = 'normal' | 'codebook' | 'mixture';

/** The distribution that training made a model's codes follow; undefined where they were left to follow any. */
export function priorOf(specification: Specification): Exclude<Prior, 'mixture'> | undefined {
  if (specification.code.type === 'vector-quantized') return 'codebook';
  const isNormal = specification.code.type === 'gaussian' || penaltyOf(specification, 'adversarial') !== undefined;
  return isNormal ? 'normal' : undefined;
}

/** A prior in words. */
export const priorWords: Readonly<Record<Prior, string>> = {
  normal: 'codes drawn from N(0, I)',
  codebook: 'codebook entries drawn by their use, each position independently of the others',
  mixture: 'codes drawn from the mixture of normal distributions that was fitted to its codes',
};

/**
 * Where a model's codes are drawn from: the mixture that it carries, or what training made them follow.
 *
 * @param where the model's file, for messages
 * @throws GargaloError `bad-input` with the reason and the remedy where nothing can be drawn from it
 */
export function samplerOf(
  { specification, mixture }: Pick<Model, 'specification' | 'mixture'>,
  where = 'model',
): Prior {
  const prior = mixture ? 'mixture' : priorOf(specification);
  if (prior) return prior;
  throw badInput(
    where,
    `expected a code whose distribution is known, got a ${specification.code.type} one, between whose codes there may be gaps that decode to nothing real`,
    'train with `kind: "variational"`, `kind: "adversarial"` or `kind: "vector-quantized"`, or fit a density to its codes: inspect with `repair`',
  );
}

/** How often each entry of the codebook is chosen, as a share: its running count in training. */
export function entryShares({ weights }: Pick<Model, 'weights'>, { entries }: VectorQuantizedCode): Float64Array {
  const counts = weights.get('codebook/counts');
  const total = counts?.reduce((sum, count) => sum + count, 0) ?? 0;
  if (!counts || total <= 0) return new Float64Array(entries).fill(1 / entries);
  return Float64Array.from(counts, (count) => count / total);
}

/** The index that a uniform number falls on, where each has its share of 0 … 1. */
function pick(shares: Float64Array, uniform: number): number {
  let sum = 0;
  const found = shares.findIndex((share) => {
    sum += share;
    return uniform < sum;
  });
  return found < 0 ? shares.length - 1 : found;
}

/** [count, width] of codebook entries. */
function drawEntries(model: Model, code: VectorQuantizedCode, count: number, random: Random): Float32Array {
  const vectors = model.weights.get('codebook/vectors');
  if (!vectors) throw badInput('model', 'expected a codebook, got none');
  const use = entryShares(model, code);
  const length = code.width / code.vectors;
  const codes = new Float32Array(count * code.width);
  for (let at = 0; at < codes.length; at += length) {
    const entry = pick(use, random.uniform());
    codes.set(vectors.subarray(entry * length, (entry + 1) * length), at);
  }
  return codes;
}

/** Values of codes and examples that are in memory at once, at most: 1 GB. */
const MOST_VALUES = 2 ** 28;

/** How many examples to draw, and the seed to draw them with. */
export interface SampleOptions {
  readonly count: number;
  readonly seed?: number;
}

/** Generated examples. */
export interface Samples {
  /** [count, width] row-major. */
  readonly codes: Float32Array;
  /** [count, input size] row-major, raw units. */
  readonly values: Float32Array;
  readonly prior: Prior;
}

/**
 * Codes drawn from a distribution.
 *
 * @returns [count, width] row-major
 * @throws GargaloError `bad-input` where the model lacks it
 */
export function drawCodes(model: Model, prior: Prior, count: number, seed = 0): Float32Array {
  const { code } = model.specification;
  if (prior === 'mixture') {
    if (!model.mixture) throw badInput('model', 'expected a mixture fitted to its codes, got none');
    return sampleMixture(model.mixture, count, seed);
  }
  const random = createRandom(seed, 'sample');
  if (prior === 'normal') return new Float32Array(count * code.width).map(() => random.normal());
  if (code.type !== 'vector-quantized') throw badInput('model', `expected a codebook, got a ${code.type} code`);
  return drawEntries(model, code, count, random);
}

/**
 * Draws codes and decodes them: from the mixture that was fitted to a model's codes where it carries one (ex-post density
 * estimation, Ghosh et al. 2020), else from the model's prior: N(0, I) for a gaussian code (Kingma & Welling 2014) and for
 * codes that a discriminator pulled there (Makhzani et al. 2015); for a quantized code, entries by how often training chose
 * them, each position independently, which is cruder than the learned prior of van den Oord et al. (2017).
 *
 * @throws GargaloError `bad-input` for other codes, whose distribution nobody knows
 */
export async function sample(autoencoder: Autoencoder, { count, seed = 0 }: SampleOptions): Promise<Samples> {
  checkModel(autoencoder, 'sample');
  if (!(Number.isSafeInteger(count) && count > 0)) {
    throw badInput('count', `expected a whole number of examples, at least 1, got ${count}`);
  }
  const { specification } = autoencoder;
  const each = specification.code.width + inputSize(specification);
  if (count * each > MOST_VALUES) {
    const problem = `expected at most ${Math.floor(MOST_VALUES / each)} examples, which are kept in memory at once, got ${count}`;
    throw badInput('count', problem, 'draw them in parts, each with another `seed`');
  }
  const prior = samplerOf(autoencoder);
  const codes = drawCodes(autoencoder, prior, count, seed);
  return { codes, values: await autoencoder.decode(codes), prior };
}
