import { decoderUnits, inputSize, type Specification } from '../../models/specification.js';
import type { EpochRecord, TrainingState } from '../../train/events.js';
import type { CompleteTrainingOptions } from '../../train/options.js';

/** What a comparison with PCA is made from. */
export interface ComparisonFacts {
  readonly specification: Specification;
  readonly options: Pick<
    CompleteTrainingOptions,
    'optimizer' | 'learningRate' | 'weightDecay' | 'passes' | 'patience' | 'epochs'
  >;
  readonly history: readonly EpochRecord[];
  /** Test figures before the first step, where the start was PCA. */
  readonly start?: TrainingState['start'];
  /** The epoch whose weights the model has; 0 is the start. */
  readonly keptEpoch: number;
  /** Squared errors on the same test examples, each summed over an example, mean over the examples. */
  readonly squaredError: {
    readonly network: number;
    readonly pca: number;
    /** Of PCA on the data it was fitted to, where its variances say it. */
    readonly pcaOnTrain?: number;
    /** Of the mean of the test data: their variance. */
    readonly mean: number;
  };
  /** bce per value; null where the data leave 0 … 1. */
  readonly bce: { readonly network: number | null; readonly pca: number | null; readonly floor: number | null };
}

/** Why a network does no better than PCA, as far as the figures of the training show, and what mends it. */
export interface Cause {
  readonly name:
    | 'too-small'
    | 'loss'
    | 'corruption'
    | 'code'
    | 'penalty'
    | 'random-start'
    | 'learning-rate'
    | 'too-few-epochs'
    | 'overfitting'
    | 'inactive-units';
  /** What was seen, with its figures; without a full stop. */
  readonly finding: string;
  /** What to try, with its flags; without a full stop. */
  readonly remedy: string;
}

/** Looks for one cause. */
export type Finder = (facts: ComparisonFacts) => Omit<Cause, 'name'> | undefined;

/** Finders by the names of their causes, in the order in which these are told. */
export type Finders = Readonly<Partial<Record<Cause['name'], Finder>>>;

/** The epochs that trained the whole network. */
export function wholeEpochs({ history }: ComparisonFacts): readonly EpochRecord[] {
  const stage = history.at(-1)?.stage;
  return history.filter((record) => record.stage === stage && Number.isFinite(record.testLoss));
}

/** Units of all hidden layers. */
export const hiddenUnits = ({ body }: Specification): readonly number[] => [...body.encoder, ...decoderUnits(body)];

/** Whether PCA of the code's width is exact on whatever data. */
export function isPcaExact({ code, input }: Pick<Specification, 'code' | 'input'>): boolean {
  return code.width >= inputSize({ input });
}
