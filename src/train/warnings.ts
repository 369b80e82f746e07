import { type Dataset, exampleSize } from '../data/dataset.js';
import { applyScaling, fitScaling, type Scaling } from '../data/scaling.js';
import type { Weights } from '../models/autoencoder.js';
import { mirroredWeights } from '../models/pretraining.js';
import type { Specification } from '../models/specification.js';
import type { EpochRecord } from './events.js';

/** A term with a smaller part of the gradient than this does nothing. */
const NO_EFFECT = 1e-4;
/** From this part of units or code values on, doing nothing is worth a word. */
const WORTH_SAYING = 0.05;
/** Weights that started equal have come apart when they differ by this part of their norm. */
const APART = 0.1;
/** Examples looked at for their range, and the largest value that networks take without trouble. */
const LOOKED_AT = 4096;
const LOOKED_AT_VALUES = 2 ** 22;
const LARGE = 10;

/** The option that a term answers to. */
const remedies: Readonly<Record<string, string>> = {
  divergence: 'raise `beta`, or lower `freeBits`',
  commitment: 'raise `commitment`',
  l1: 'raise `l1`',
  sparsity: 'raise `sparsityWeight`',
  contractive: 'raise `contractive`',
  l2: 'raise `l2`',
  orthogonality: 'raise `orthogonality`',
  adversarial: 'raise `adversarial`',
};

const percent = (part: number): string => `${(part * 100).toPrecision(2)} %`;

/** Warnings about a term of the loss, the hidden units and the code, in plain words, after some epochs of training. */
export function epochWarnings(
  specification: Specification,
  { terms, activity }: EpochRecord,
  testExamples: number,
): string[] {
  const warnings: string[] = [];
  for (const [name, { share, test }] of Object.entries(terms)) {
    const remedy = remedies[name];
    if (!remedy || share >= NO_EFFECT) continue;
    warnings.push(
      `the term "${name}" has no effect: it makes ${percent(share)} of the gradient (its value: ${test.toPrecision(3)}); ${remedy}`,
    );
  }
  // One example says nothing of units that give the same value for all.
  if (testExamples < 2) return warnings;
  const { deadUnits, hiddenUnits, inactiveCode } = activity;
  if (deadUnits > 0 && deadUnits >= WORTH_SAYING * hiddenUnits) {
    warnings.push(
      `${deadUnits} of ${hiddenUnits} hidden units are dead: they give the same value for every example; lower \`learningRate\`, or use \`activation: "leaky-relu"\``,
    );
  }
  const { width } = specification.code;
  if (inactiveCode > 0 && inactiveCode >= WORTH_SAYING * width) {
    const remedy =
      specification.code.type === 'gaussian'
        ? 'lower `beta`, give `freeBits`, or a narrower `code`'
        : 'a narrower `code` would do as well';
    warnings.push(
      `${inactiveCode} of ${width} code values are inactive: they hardly change from example to example; ${remedy}`,
    );
  }
  return warnings;
}

/** Warnings about weights that began as each other's transposes and were free to part. */
export function weightWarnings(specification: Specification, weights: Weights): string[] {
  if (specification.pretraining?.method !== 'rbm') return [];
  const apart = mirroredWeights(specification, weights)
    .map(({ layer, distance }) => ({ layer, distance }))
    .filter(({ distance }) => distance > APART);
  if (apart.length === 0) return [];
  const named = apart.map(({ layer, distance }) => `${layer} by ${percent(distance)}`).join(', ');
  return [
    `tied weights have come apart: the decoder's began as the encoder's transposed, and fine-tuning moved them away from each other (${named} of their norm); \`tied: true\` keeps them together`,
  ];
}

/** Rows of a table that are looked through for single wild values, at most: beyond that one more pass would take long. */
const MOST_ROWS = 100_000;
/** Rows from which one value that makes half of the variance is no small sample's chance. */
const FEWEST_ROWS = 50;

/** Warnings about columns in which one value makes more than half of the variance: all others are nearly alike to the network. */
export async function wildWarnings(dataset: Dataset, scaling: Scaling): Promise<string[]> {
  const { length, shape, columns } = dataset;
  if (scaling.method !== 'standard' || shape.length > 1 || length < FEWEST_ROWS || length > MOST_ROWS) return [];
  const { offset: lows, scale } = await fitScaling('min-max', dataset);
  return lows.flatMap((low, i) => {
    const [mean, over] = [scaling.offset[i]!, scaling.scale[i]!];
    const high = low + 1 / scale[i]!;
    const furthest = Math.abs(low - mean) > Math.abs(high - mean) ? low : high;
    if (((furthest - mean) * over) ** 2 <= length / 2) return [];
    return [
      `column ${columns?.[i] ?? i + 1}: one value (${Number(furthest.toPrecision(3))}) makes more than half of its variance, and all others look alike beside it; mend it, or use \`scaling: "robust"\``,
    ];
  });
}

/** Warnings about data that reach the network in a size that it does not learn well from. */
export async function scalingWarnings(dataset: Dataset, scaling: Scaling): Promise<string[]> {
  const count = Math.max(1, Math.min(LOOKED_AT, dataset.length, Math.floor(LOOKED_AT_VALUES / exampleSize(dataset))));
  const values = applyScaling(await dataset.block(0, count), scaling);
  const size = exampleSize(dataset);
  if (count > 1 && values.every((value, i) => i < size || value === values[i - size])) {
    return [
      `the ${count === dataset.length ? '' : 'first '}${count} examples are all the same: there is nothing to learn`,
    ];
  }
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  if (scaling.method !== 'none' || (largest <= LARGE && largest >= 1 / LARGE)) return [];
  const reach = largest > LARGE ? `reach ${largest.toPrecision(3)}` : `stay below ${largest.toPrecision(3)}`;
  return [
    `the inputs are unscaled: values ${reach}, where networks expect about 1; use \`scaling: "standard"\` or min-max`,
  ];
}
