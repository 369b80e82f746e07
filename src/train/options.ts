import { scalingMethods } from '../data/scaling.js';
import type { CompleteOptionValues, Option } from '../models/options.js';
import { adam } from '../optim/adam.js';
import type { Optimizer } from '../optim/optimizer.js';
import { scheduleNames } from '../optim/schedule.js';
import { sgd } from '../optim/sgd.js';
import type { TrainingValues } from './generated/training-values.js';

/** How a model is trained. */
export const trainingOptions = {
  recipe: {
    type: 'choice',
    choices: ['auto', 'none'],
    default: 'auto',
    description:
      'what decides on everything that is left open: auto: the data (layers, start, steps, learning rate, early stopping); none: the fixed defaults that are named here',
  },
  epochs: {
    type: 'integer',
    default: 20,
    byRecipe: true,
    minimum: 1,
    description:
      'rounds of training, each followed by a test: one pass over the training data, or as many as --passes says',
  },
  passes: {
    type: 'integer',
    default: 1,
    byRecipe: true,
    minimum: 1,
    description: 'passes over the training data that make an epoch: more of small data, so that testing costs little',
  },
  batch: { type: 'integer', default: 256, byRecipe: true, minimum: 1, description: 'examples a step' },
  optimizer: {
    type: 'choice',
    choices: ['adam', 'adamw', 'sgd'],
    default: 'adam',
    byRecipe: true,
    description: 'how weights follow the gradient',
  },
  learningRate: {
    type: 'number',
    default: 1e-3,
    byRecipe: true,
    minimum: 0,
    exclusive: true,
    description: 'size of the steps',
  },
  momentum: {
    type: 'number',
    default: 0.9,
    minimum: 0,
    maximum: 0.9999,
    description: 'momentum of sgd',
  },
  weightDecay: {
    type: 'number',
    default: 0,
    byRecipe: true,
    minimum: 0,
    description: 'weight decay of adamw and sgd, per unit of learning rate',
  },
  schedule: {
    type: 'choice',
    choices: scheduleNames,
    default: 'constant',
    byRecipe: true,
    description: 'how the learning rate goes: constant, or along a cosine to 0 at the last step',
  },
  warmup: {
    type: 'number',
    default: 0,
    byRecipe: true,
    minimum: 0,
    description: 'epochs over which the learning rate rises from 0',
  },
  clipNorm: {
    type: 'number',
    default: undefined,
    minimum: 0,
    exclusive: true,
    description: 'largest norm of the whole gradient; above it the gradient is scaled down (default: no limit)',
  },
  scaling: {
    type: 'choice',
    choices: scalingMethods,
    default: undefined,
    description:
      'how values are brought to range: bytes (0…255 to 0…1), min-max, standard, robust (median and middle half), none (default: bytes for images, min-max with bce, else standard)',
  },
  validation: {
    type: 'number',
    default: 0.1,
    minimum: 0,
    maximum: 0.9,
    description:
      'part of the data set aside for testing where there is no test set (default: 0.1; of data beyond 256 MiB at most 100,000 examples); 0: none, all is trained on and the test figures are those of its last twentieth',
  },
  patience: {
    type: 'integer',
    default: undefined,
    byRecipe: true,
    usually: 'never',
    minimum: 1,
    description: 'stop after that many epochs without a better test loss, and keep the best weights',
  },
  best: {
    type: 'flag',
    default: false,
    byRecipe: true,
    description: 'keep the weights of the epoch with the best test loss',
  },
  seed: {
    type: 'integer',
    default: 0,
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'seed of initial weights, order of examples and split',
  },
} as const satisfies Record<string, Option>;

export type { TrainingValues as TrainingOptions };
/** The options of a training with a value for each that has a default. */
export type CompleteTrainingOptions = CompleteOptionValues<typeof trainingOptions>;

/** The optimizer that the options name. */
export function optimizerOf(options: CompleteTrainingOptions): Optimizer {
  const { optimizer, momentum, weightDecay } = options;
  switch (optimizer) {
    case 'adam':
      return adam();
    case 'adamw':
      return adam({ weightDecay: weightDecay > 0 ? weightDecay : 0.01 });
    case 'sgd':
      return sgd({ momentum, weightDecay });
  }
}
