// Trainings that went the wrong way: to a loss that is no number, or to one that is worse than no model at all.
import { itemAt } from '../core/collections.js';
import { GargaloError } from '../core/errors.js';
import { figure } from '../core/format.js';
import { type Dataset, exampleSize } from '../data/dataset.js';
import { randomSample } from '../data/random-sample.js';
import { applyScaling } from '../data/scaling.js';
import type { Specification } from '../models/specification.js';
import type { TrainingState } from './events.js';
import { keptFigures } from './kept.js';
import type { CompleteTrainingOptions } from './options.js';

const remedy = ({ learningRate }: Pick<CompleteTrainingOptions, 'learningRate'>): string =>
  `lower the learning rate, now ${learningRate}, or limit the gradient with \`clipNorm: 1\``;

/** The error for a loss that became NaN or infinite. */
export function diverged(
  epoch: number,
  step: number,
  loss: number,
  options: Pick<CompleteTrainingOptions, 'learningRate'>,
): GargaloError {
  return new GargaloError(
    'diverged',
    `epoch ${epoch}, step ${step}`,
    `expected a finite loss, got ${loss}${epoch > 1 ? '; the weights of the epoch before are kept' : ''}`,
    remedy(options),
  );
}

/** So many times the squared error of giving the mean of the training data is no slow start: steps were too long. */
const FAR = 10;
/** A squared error of a scaled value below this is no divergence, however little the data themselves vary. */
const LEAST = 0.1;
/** Examples of training and test data that say what giving the mean comes to, and their values. */
const EXAMPLES = 4096;
const VALUES = 2 ** 22;

/** What was trained, and on what. */
interface Trained {
  readonly specification: Specification;
  readonly options: CompleteTrainingOptions;
  readonly train: Dataset;
  readonly test: Dataset;
}

/** The squared error of a test example, in scaled units, of what gives the mean of the training data for all: by samples of both. */
async function meanSquaredError({ specification, train, test }: Trained): Promise<number> {
  const size = exampleSize(train);
  const most = Math.max(1, Math.min(EXAMPLES, Math.floor(VALUES / size)));
  const scaled = async (data: Dataset): Promise<Float32Array> => {
    const { length, block } = await randomSample(data, most);
    return applyScaling(await block(0, length), specification.input.scaling);
  };
  const mean = new Float64Array(size);
  const known = await scaled(train);
  for (const [i, value] of known.entries()) mean[i % size]! += (value * size) / known.length;
  const tested = await scaled(test);
  return tested.reduce((sum, value, i) => sum + (value - mean[i % size]!) ** 2, 0) / (tested.length / size);
}

/**
 * Whether a training ended far from its data although every loss was a number: with a squared error on the test data of more than ten
 * times that of giving the mean of the training data for every example.
 *
 * @returns what to say of it, and whether the weights that are kept are such; undefined where all is well
 */
export async function divergence(
  trained: Trained,
  state: TrainingState,
): Promise<{ readonly message: string; readonly isKept: boolean } | undefined> {
  if (state.history.length === 0) return undefined;
  const last = itemAt(state.history, -1);
  const kept = keptFigures(state);
  const least = LEAST * exampleSize(trained.train);
  if (!(last.testSquaredError > least)) return undefined;
  const limit = Math.max(least, FAR * (await meanSquaredError(trained)));
  if (last.testSquaredError <= limit) return undefined;
  const isKept = kept.testSquaredError > limit;
  const over = `more than ${FAR} times that of giving the mean for every example`;
  const which = kept.epoch === 0 ? 'of the start' : `of epoch ${kept.epoch}`;
  const end = isKept ? 'the model is of no use' : `the weights ${which} are kept`;
  const message = `training diverged: the squared error of a test example is ${figure(last.testSquaredError)} after epoch ${last.epoch}, ${over}; ${end}; ${remedy(trained.options)}`;
  return { message, isKept };
}
