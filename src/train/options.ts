import { scalingMethods } from '../data/scaling.js';
import { type CompleteOptionValues, choice, flag, integer, number, type Option } from '../models/options.js';
import { adam } from '../optim/adam.js';
import type { Optimizer } from '../optim/optimizer.js';
import { scheduleNames } from '../optim/schedule.js';
import { sgd } from '../optim/sgd.js';
import type { TrainingValues } from './generated/training-values.js';

/** How a model is trained. */
export const trainingOptions = {
  recipe: choice(
    { choices: ['auto', 'none'], default: 'auto' },
    'what decides on everything that is left open: auto: the data (layers, start, steps, learning rate, early stopping); none: the fixed defaults that are named here',
  ),
  epochs: integer(
    { default: 20, byRecipe: true, minimum: 1, maximum: 1e9 },
    'rounds of training, each followed by a test: one pass over the training data, or as many as --passes says',
  ),
  passes: integer(
    { default: 1, byRecipe: true, minimum: 1, maximum: 1e6 },
    'passes over the training data that make an epoch: more of small data, so that testing costs little',
  ),
  batch: integer({ default: 256, byRecipe: true, minimum: 1, maximum: 1e6 }, 'examples a step'),
  optimizer: choice(
    { choices: ['adam', 'adamw', 'sgd'], default: 'adam', byRecipe: true },
    'how weights follow the gradient',
  ),
  learningRate: number({ default: 1e-3, byRecipe: true, minimum: 0, exclusive: true }, 'size of the steps'),
  momentum: number({ default: 0.9, minimum: 0, maximum: 0.9999 }, 'momentum of sgd'),
  weightDecay: number(
    { default: 0, byRecipe: true, minimum: 0 },
    'weight decay of adamw and sgd, per unit of learning rate',
  ),
  schedule: choice(
    { choices: scheduleNames, default: 'constant', byRecipe: true },
    'how the learning rate goes: constant, or along a cosine to 0 at the last step',
  ),
  warmup: number({ default: 0, byRecipe: true, minimum: 0 }, 'epochs over which the learning rate rises from 0'),
  clipNorm: number(
    { minimum: 0, exclusive: true },
    'largest norm of the whole gradient; above it the gradient is scaled down (default: no limit)',
  ),
  scaling: choice(
    { choices: scalingMethods },
    'how values are brought to range: bytes (0…255 to 0…1), min-max, standard, robust (median and middle half), none (default: bytes for images, min-max with bce, else standard)',
  ),
  validation: number(
    { default: 0.1, minimum: 0, maximum: 0.9 },
    'part of the data set aside for testing where there is no test set (default: 0.1; of data beyond 256 MiB at most 100,000 examples); 0: none, all is trained on and the test figures are those of its last twentieth',
  ),
  patience: integer(
    { byRecipe: true, usually: 'never', minimum: 1 },
    'stop after that many epochs without a better test loss, and keep the best weights',
  ),
  best: flag({ default: false, byRecipe: true }, 'keep the weights of the epoch with the best test loss'),
  seed: integer(
    { default: 0, minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    'seed of initial weights, order of examples and split',
  ),
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
