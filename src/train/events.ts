import type { GargaloError } from '../errors.js';
import type { Weights } from '../models/autoencoder.js';
import type { CompleteTrainingOptions } from './options.js';

/** What a caller asked for: what was left out follows from the data. */
export interface TrainingRequest {
  readonly kind: string;
  /** Options of the kind and of training, by name. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** One epoch. Losses are means per element, in nats (bce) or squared scaled units (mse). */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Mean over the epoch's batches, each taken before its step; with bce from an eighth of each batch (`lossSample`). */
  readonly trainLoss: number;
  /** Mean over every test example, with the weights at the end of the epoch. */
  readonly testLoss: number;
  /** Squared error on the test data in scaled units, summed over one example, mean over the examples. */
  readonly testSquaredError: number;
  /** At the last step. */
  readonly learningRate: number;
  /** Training only, without the test. */
  readonly examplesPerSecond: number;
  /** Training and test. */
  readonly seconds: number;
}

/** Everything that training needs to go on exactly as if it had never stopped. Random numbers are named by the epoch. */
export interface TrainingState {
  readonly options: CompleteTrainingOptions;
  readonly request: TrainingRequest;
  /** Hash of the training data. */
  readonly data: string;
  /** Epochs finished. */
  readonly epoch: number;
  /** Steps finished. */
  readonly step: number;
  readonly weights: Weights;
  /** What the optimizer keeps, by `parameter#state`. */
  readonly optimizer: ReadonlyMap<string, Float32Array>;
  /** The best epoch so far, where best weights are kept. */
  readonly best?: { readonly epoch: number; readonly testLoss: number; readonly weights: Weights };
  readonly history: readonly EpochRecord[];
}

/** Why training ended; diverged: the loss became NaN or infinite. */
export type EndReason = 'completed' | 'stopped-early' | 'cancelled' | 'diverged';

/** What training tells as it goes: the same for library, command line and studio. */
export type TrainingEvent =
  | {
      readonly type: 'start';
      readonly epochs: number;
      readonly firstEpoch: number;
      readonly stepsPerEpoch: number;
      readonly parameters: number;
    }
  | {
      readonly type: 'progress';
      readonly epoch: number;
      /** Steps of this epoch done, of `steps`. */
      readonly step: number;
      readonly steps: number;
      /** Mean loss over the steps since the last event. */
      readonly loss: number;
      readonly examplesPerSecond: number;
    }
  | {
      readonly type: 'epoch';
      readonly record: EpochRecord;
      /** Fetches the state at the end of this epoch; only until the next event is asked for. */
      readonly snapshot: () => Promise<TrainingState>;
    }
  | {
      readonly type: 'end';
      readonly reason: EndReason;
      /** At the end of the last whole epoch. */
      readonly state: TrainingState;
      /** What went wrong, where training diverged. */
      readonly problem?: GargaloError;
    };
