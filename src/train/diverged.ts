import { GargaloError } from '../core/errors.js';
import type { CompleteTrainingOptions } from './options.js';

/** The error for a loss that became NaN or infinite. */
export function diverged(
  epoch: number,
  step: number,
  loss: number,
  { learningRate }: Pick<CompleteTrainingOptions, 'learningRate'>,
): GargaloError {
  return new GargaloError(
    'diverged',
    `epoch ${epoch}, step ${step}`,
    `expected a finite loss, got ${loss}${epoch > 1 ? '; the weights of the epoch before are kept' : ''}`,
    `lower the learning rate, now ${learningRate}, or limit the gradient with \`clipNorm: 1\``,
  );
}
