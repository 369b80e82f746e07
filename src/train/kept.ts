import { itemAt } from '../core/collections.js';
import type { TrainingState } from './events.js';
import type { CompleteTrainingOptions } from './options.js';

/** Whether the best weights are wanted instead of the last. */
export function keepsBest(options: Pick<CompleteTrainingOptions, 'best' | 'patience'>): boolean {
  return options.best || options.patience !== undefined;
}

/** The figures of the weights that a trained model has. */
export interface KeptFigures {
  /** The epoch after which the weights were these; 0 is the start. */
  readonly epoch: number;
  /** null at the start, where no loss on the training data is taken. */
  readonly trainLoss: number | null;
  readonly testLoss: number;
  readonly testSquaredError: number;
  /** Each term of the test loss. */
  readonly terms: Readonly<Record<string, number>>;
}

/** The figures of the best epoch where best weights are kept, else of the last. An epoch 0 that is best is the start. */
export function keptFigures({
  history,
  best,
  options,
  start,
}: Pick<TrainingState, 'history' | 'best' | 'options' | 'start'>): KeptFigures {
  const isBestKept = keepsBest(options) && best !== undefined;
  if (isBestKept && best.epoch === 0 && start) return { epoch: 0, trainLoss: null, ...start };
  const record = (isBestKept && history.find(({ epoch }) => epoch === best.epoch)) || itemAt(history, -1);
  const { epoch, trainLoss, testLoss, testSquaredError, terms } = record;
  const testTerms = Object.entries(terms).map(([name, { test }]) => [name, test] as const);
  return { epoch, trainLoss, testLoss, testSquaredError, terms: Object.fromEntries(testTerms) };
}
