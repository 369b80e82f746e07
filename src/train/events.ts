import type { GargaloError } from '../core/errors.js';
import type { Model, Weights } from '../models/autoencoder.js';
import type { Pca } from '../models/pca.js';
import type { CompleteTrainingOptions } from './options.js';

/** What a caller asked for: what was left out follows from the data. */
export interface TrainingRequest {
  readonly kind: string;
  /** Options of the kind and of training, by name. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The model whose parameters it starts from, where it does: its file, where it has one, and a hash of the parameters. */
  readonly from?: { readonly model?: string; readonly parameters: string };
}

/** What one term of the loss did in an epoch. */
export interface TermRecord {
  /** Mean over the epoch's batches, weighted as in the loss. */
  readonly train: number;
  /** Mean over the test examples. */
  readonly test: number;
  /** Norm of its gradient over all trained parameters, on some test examples, at the end of the epoch. */
  readonly gradient: number;
  /** That norm's part of the sum over all terms, 0 … 1. */
  readonly share: number;
}

/** What units and code were up to, on some test examples, at the end of an epoch. */
export interface ActivityRecord {
  /** Hidden units that give the same value for every example. */
  readonly deadUnits: number;
  readonly hiddenUnits: number;
  /** Code values whose variance over the examples is below a hundredth (of their posterior's 1, or of the largest). */
  readonly inactiveCode: number;
  /** The part of code values that are not 0. */
  readonly activeFraction: number;
  /** Mean code value over units and examples: the mean activity of a sparse code. */
  readonly meanActivity: number;
}

/** One epoch. Losses are means per element, in nats (bce) or squared scaled units (mse). */
export interface EpochRecord {
  /** From 1, over all stages. */
  readonly epoch: number;
  /** The stage it belongs to, where training has several: "layer 1 of 3". */
  readonly stage?: string;
  /** Mean over the epoch's batches, each taken before its step; with bce from an eighth of each batch (`lossSample`). */
  readonly trainLoss: number;
  /** Mean over every test example, with the weights at the end of the epoch. */
  readonly testLoss: number;
  /**
   * Squared error of what the model gives after training, without noise, on the test data in scaled units: summed over
   * one example, mean over the examples. In a stage that trains one layer: of what that layer rebuilds.
   */
  readonly testSquaredError: number;
  /** Each term of the loss by name; an opponent's too, which the loss does not count. */
  readonly terms: Readonly<Record<string, TermRecord>>;
  readonly activity: ActivityRecord;
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
  /** Epochs finished, over all stages. */
  readonly epoch: number;
  /** Steps finished. */
  readonly step: number;
  readonly weights: Weights;
  /** What the optimizer keeps, by `parameter#state`. */
  readonly optimizer: ReadonlyMap<string, Float32Array>;
  /** The best epoch so far, where best weights are kept; 0 is the start. */
  readonly best?: { readonly epoch: number; readonly testLoss: number; readonly weights: Weights };
  /** Test figures before the first step, where the start was PCA; an epoch 0 that is best is this start. */
  readonly start?: {
    readonly testLoss: number;
    readonly testSquaredError: number;
    /** Each term of the loss. */
    readonly terms: Readonly<Record<string, number>>;
  };
  readonly history: readonly EpochRecord[];
}

/** A model with what is needed to train it on. */
export interface TrainedModel extends Model {
  readonly training?: TrainingState;
}

/**
 * Why training ended. diverged: the loss became NaN or infinite, which has a problem beside it; or the model that is kept has a squared
 * error on the test data of more than ten times that of giving the mean of the training data for every example.
 */
export type EndReason = 'completed' | 'stopped-early' | 'cancelled' | 'diverged';

/** What training tells as it goes: the same for library, command line and studio. */
export type TrainingEvent =
  | {
      readonly type: 'start';
      /** Of all stages together. */
      readonly epochs: number;
      readonly firstEpoch: number;
      readonly stepsPerEpoch: number;
      readonly parameters: number;
      /** PCA of the training data, where training starts there. */
      readonly pca?: Pca;
    }
  | {
      readonly type: 'progress';
      readonly epoch: number;
      /** As in {@link EpochRecord}. */
      readonly stage?: string;
      /** Steps of this epoch done, of `steps`. */
      readonly step: number;
      readonly steps: number;
      /** Mean loss over the steps since the last event. */
      readonly loss: number;
      readonly examplesPerSecond: number;
      /** Fetches the weights after the last step, to look at; only until the next event is asked for. */
      readonly weights: () => Promise<Weights>;
    }
  | {
      readonly type: 'epoch';
      readonly record: EpochRecord;
      /** Fetches the state at the end of this epoch; only until the next event is asked for. */
      readonly snapshot: () => Promise<TrainingState>;
    }
  | {
      /** Something that a person should know, in plain words; each is told once. */
      readonly type: 'warning';
      readonly message: string;
    }
  | {
      readonly type: 'end';
      readonly reason: EndReason;
      /** At the end of the last whole epoch. */
      readonly state: TrainingState;
      /** What went wrong, where the loss became NaN or infinite. */
      readonly problem?: GargaloError;
    };
