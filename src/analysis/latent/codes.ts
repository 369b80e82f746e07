import { badInput } from '../../core/errors.js';
import { createRandom } from '../../core/random.js';
import { columnOf, meanOf, sumOf } from '../../core/vectors.js';
import type { Dataset } from '../../data/dataset.js';
import { joined } from '../../data/stream.js';
import { checkInput, inferenceGraph, type Model, runtimeFor } from '../../models/autoencoder.js';
import { overData } from '../../models/over-data.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import { DEAD_RANGE } from '../../train/activity.js';
import { ACTIVE } from '../../train/step.js';
import { columnMeans, columnsOf } from '../statistics/code-columns.js';

/** Some outputs of a model's inference graph for a whole data set, row after row. */
async function collect<Name extends string>(
  model: Model,
  data: Dataset,
  names: readonly Name[],
  options?: RuntimeOptions,
): Promise<Record<Name, Float32Array>> {
  checkInput(model.specification, data);
  const { outputs: all, ...graph } = inferenceGraph(model);
  const asked = Object.fromEntries(Object.entries(all).filter(([name]) => names.some((other) => other === name)));
  const collected = names.map((name): [Name, Float32Array[]] => [name, []]);
  for await (const { outputs } of overData({ ...graph, outputs: asked }, data, await runtimeFor(model, options))) {
    for (const [name, blocks] of collected) blocks.push(Float32Array.from(outputs[name]?.values ?? [], Number));
  }
  return Object.fromEntries(collected.map(([name, blocks]) => [name, joined(blocks)])) as Record<Name, Float32Array>;
}

/** Means and logarithms of the variances of gaussian codes, [length, width] each. */
export interface Posteriors {
  readonly mean: Float32Array;
  readonly logVariance: Float32Array;
}

/** The gaussian code of every example of a data set. */
export async function posteriors(model: Model, data: Dataset, options?: RuntimeOptions): Promise<Posteriors> {
  if (model.specification.code.type !== 'gaussian') {
    throw badInput('model', `expected a gaussian code, got a ${model.specification.code.type} one`);
  }
  const { code, 'log-variance': spread } = await collect(model, data, ['code', 'log-variance'], options);
  return { mean: code, logVariance: spread };
}

/**
 * Codes as the decoder gets them in training: of a gaussian code one draw each, μ + σ ε, so that together they are draws
 * of the aggregate posterior, which is what should look like the prior; of any other code the code itself.
 *
 * @returns [length, width]
 */
export async function drawnCodes(
  model: Model,
  data: Dataset,
  options: RuntimeOptions & { readonly seed?: number } = {},
): Promise<Float32Array> {
  const { seed = 0, ...rest } = options;
  if (model.specification.code.type !== 'gaussian') {
    return (await collect(model, data, ['code'], rest)).code;
  }
  const { mean, logVariance } = await posteriors(model, data, rest);
  const random = createRandom(seed, 'codes');
  return mean.map((mu, i) => mu + Math.exp((logVariance[i] ?? Number.NaN) / 2) * random.normal());
}

/** How much of what a discrete code can say is said. */
export interface CodeUse {
  /** What there is to choose from: the entries of a codebook; of a code that is rounded the whole numbers from the lowest to the highest of each value. */
  readonly entries: number;
  /** Those chosen at least once. */
  readonly used: number;
  /** used / entries. */
  readonly share: number;
  /** e to the entropy of the choices: as many, chosen equally often, would be as varied. Of a code that is rounded the geometric mean over its values. */
  readonly perplexity: number;
}

/** How much of a codebook is used. */
export interface CodebookUse extends CodeUse {
  /** [entries] how often each entry was chosen. */
  readonly counts: Float64Array;
}

/** e^H of a distribution given by counts; 0 where nothing was counted. */
export function perplexity(counts: ArrayLike<number>): number {
  const total = sumOf(counts);
  if (total === 0) return 0;
  const parts = Array.from(counts, (count) => count / total);
  return Math.exp(-sumOf(parts.map((part) => (part > 0 ? part * Math.log(part) : 0))));
}

/**
 * How the examples of a data set use a codebook (van den Oord et al. 2017): all parts of all codes count.
 *
 * @throws GargaloError `bad-input` where codes are not vector-quantized
 */
export async function codebookUse(model: Model, data: Dataset, options?: RuntimeOptions): Promise<CodebookUse> {
  const { code } = model.specification;
  if (code.type !== 'vector-quantized') {
    throw badInput('model', `expected a vector-quantized code, got a ${code.type} one`);
  }
  const { indices } = await collect(model, data, ['indices'], options);
  const counts = new Float64Array(code.entries);
  for (const index of indices) counts[index]! += 1;
  const used = counts.filter((count) => count > 0).length;
  return { counts, entries: code.entries, used, share: used / code.entries, perplexity: perplexity(counts) };
}

/**
 * Which whole numbers codes that are made to be rounded take.
 *
 * @param codes [n, width] row-major, not rounded yet
 */
export function roundedUse(codes: Float32Array, width: number): CodeUse {
  let [entries, used, entropy] = [0, 0, 0];
  for (let k = 0; k < width; k++) {
    const counts = new Map<number, number>();
    for (const value of columnOf(codes, width, k)) {
      const whole = Math.round(value);
      counts.set(whole, (counts.get(whole) ?? 0) + 1);
    }
    const numbers = [...counts.keys()];
    entries += numbers.reduce((a, b) => Math.max(a, b)) - numbers.reduce((a, b) => Math.min(a, b)) + 1;
    used += numbers.length;
    entropy += Math.log(perplexity([...counts.values()])) / width;
  }
  return { entries, used, share: used / entries, perplexity: Math.exp(entropy) };
}

/** What the units of a code are up to over some examples. */
export interface CodeActivity {
  /** The part of all code values that are not 0. */
  readonly activeFraction: number;
  /** [width] the part of the examples for which each unit is not 0. */
  readonly frequencies: Float64Array;
  /** Units with the same value for every example, 0 or not: they carry nothing. */
  readonly deadUnits: number;
  /** [width] variance of each unit over the examples. */
  readonly variances: Float64Array;
}

/**
 * Active fraction and dead units of codes.
 *
 * @param codes [n, width] row-major
 * @param threshold a value nearer to 0 than this counts as 0
 */
export function codeActivity(codes: ArrayLike<number>, width: number, threshold = ACTIVE): CodeActivity {
  const count = codes.length / width;
  if (!Number.isInteger(count) || count === 0) {
    throw badInput('codes', `expected a multiple of ${width} values and at least one code, got ${codes.length} values`);
  }
  const columns = columnsOf({ width, values: codes });
  const active = columnMeans({ width, values: codes }, (value) => (Math.abs(value) >= threshold ? 1 : 0));
  return {
    activeFraction: meanOf(active),
    frequencies: Float64Array.from(active),
    // of values that are no numbers lowest and highest say nothing
    deadUnits: columns.filter(({ mean, lowest, highest }) => Number.isFinite(mean) && highest - lowest <= DEAD_RANGE)
      .length,
    variances: Float64Array.from(columns, ({ variance }) => variance),
  };
}
