import type { CodebookUse, CodeUse } from '../analysis/latent/codes.js';
import type { JacobianFigures } from '../analysis/latent/jacobian.js';
import type { Comparison } from '../analysis/training/comparison.js';
import type { Depth } from '../analysis/training/depth.js';
import type { CodeDistribution } from '../analysis/training/distribution.js';
import type { FilterBank } from '../analysis/training/filters.js';
import type { NeighbourAgreement, PlaneOfCodes } from '../analysis/training/map.js';
import type { SparsityFigures } from '../analysis/training/sparsity.js';
import type { ValueErrors } from '../analysis/training/value-errors.js';
import type { Labels } from '../data/dataset.js';
import type { Corruption } from '../models/specification.js';
import type { EpochRecord, TrainingState } from '../train/events.js';

/** The result of a run: exactly the fields of `gargalo train --json`. */
export interface RunSummary {
  readonly kind: string;
  /** Number of trained values. */
  readonly parameters: number;
  readonly epochs: number;
  /** The epoch whose weights the model has; 0 is the start. */
  readonly keptEpoch: number;
  /** null where the start is kept, at which no loss on the training data is taken. */
  readonly trainLoss: number | null;
  readonly testLoss: number;
  readonly testSquaredError: number;
  /** testSquaredError of PCA at the same code width, fitted on the same training data. */
  readonly pcaSquaredError: number;
  /** How the network stands against PCA, and what holds it back where it is no better. */
  readonly comparison: Comparison;
  /** bce of a perfect reconstruction of the test data; null where the data do not lie in [0, 1]. */
  readonly bceFloor: number | null;
  /** Each term of testLoss by name, where there are several. */
  readonly terms?: Readonly<Record<string, number>>;
  /** Of codes that are entries of a codebook, or made to be rounded: how much of it test examples use. */
  readonly codebook?: CodeUse;
  readonly examplesPerSecond: number;
  readonly seconds: number;
  readonly model: string;
  readonly report: string;
}

/** Which test example something is. */
export interface TestExample {
  /** Position in the test data. */
  readonly index: number;
  readonly label?: string;
}

/** One test example and its reconstructions; all values in the scaled units the network works in ([0, 1] for images). */
export interface Specimen extends TestExample {
  readonly input: Float32Array;
  readonly reconstruction: Float32Array;
  readonly pcaReconstruction: Float32Array;
  /** Squared errors summed over the example. */
  readonly squaredError: number;
  readonly pcaSquaredError: number;
}

/** A test example that was corrupted and cleaned again; values in scaled units. */
export interface Cleaned extends TestExample {
  readonly clean: Float32Array;
  readonly corrupted: Float32Array;
  readonly output: Float32Array;
  /** Peak signal-to-noise ratios in dB. */
  readonly before: number;
  readonly after: number;
}

/** How well a network that was trained on corrupted examples undoes the corruption on test examples. */
export interface Denoising {
  readonly corruption: Exclude<Corruption, { type: 'none' }>;
  readonly examples: readonly Cleaned[];
  /** Over `count` test examples together, in dB. */
  readonly before: number;
  readonly after: number;
  readonly count: number;
}

/** Examples drawn from the model. */
export interface Generated {
  readonly count: number;
  /** [count, input size], scaled units */
  readonly values: Float32Array;
  /** How the codes were drawn, in words. */
  readonly prior: string;
}

/** Test codes on a plane, with what is known of their examples. */
export interface CodeMap extends PlaneOfCodes {
  readonly labels?: Labels;
  readonly agreement?: NeighbourAgreement;
  /** Small pictures of the test examples behind the points for hovering: first `count` points, each one example, as bytes 0 … 255. */
  readonly thumbnails?: { readonly count: number; readonly values: Uint8Array };
}

/** A part of the data that was looked at in place of all. */
export interface SampledPart {
  readonly examples: number;
  readonly of: number;
}

/** What a finished training comes to, beside PCA at the same code width. */
export interface TrainingFigures {
  readonly summary: RunSummary;
  readonly loss: 'bce' | 'mse';
  /** Shape of an example: [28, 28] and [h, w, 3] are drawn as pictures, [n] as line profiles over `columns`. */
  readonly shape: readonly number[];
  readonly columns?: readonly string[];
  /** Whether the first axis of an example is time. */
  readonly sequence?: boolean;
  readonly history: readonly EpochRecord[];
  /** Test figures before the first step, where training started at PCA. */
  readonly start?: TrainingState['start'];
  /** Terms of the history that the loss does not count: what an opponent minimises. */
  readonly opponents?: readonly string[];
  /** Of data beyond 256 MiB: how many examples PCA, pictures and map are made from, where not from all. */
  readonly sampled?: { readonly train?: SampledPart; readonly test?: SampledPart };
  /** How many examples of a batch the training loss is taken from, where not from all. */
  readonly trainLossSample?: { readonly examples: number; readonly batch: number };
  /** The first test examples, in order. */
  readonly samples: readonly Specimen[];
  /** The test examples with the largest error, worst first; and with the smallest, best first. */
  readonly worst: readonly Specimen[];
  readonly best: readonly Specimen[];
  /** First layer's weights: `count` filters, each one example in size, row-major [count, size]; absent where the body is not dense. */
  readonly filters?: FilterBank;
  /** What one code value adds to the output, where the decoder is one dense layer. */
  readonly atoms?: FilterBank;
  /** Of a network that was trained on corrupted examples. */
  readonly denoising?: Denoising;
  readonly sparsity?: SparsityFigures;
  /** How the code answers to small changes of the input, where training asked something of that. */
  readonly jacobian?: Pick<JacobianFigures, 'spectrum' | 'spectrumExamples' | 'meanNorm'> & {
    readonly examples: number;
  };
  /** How test examples use the codebook: `vectors` entries make one code. */
  readonly codebook?: Pick<CodebookUse, 'counts' | 'perplexity'> & {
    readonly examples: number;
    readonly vectors: number;
  };
  readonly distribution?: CodeDistribution;
  readonly generated?: Generated;
  readonly depth?: readonly Depth[];
  /** bce of what the network gives after training, without noise, per value; null where bce does not apply. */
  readonly testBce?: number | null;
  /** 2-D map of test codes. */
  readonly map?: CodeMap;
  readonly perValue?: ValueErrors;
  readonly pca: {
    /** Code width, that of the network. */
    readonly width: number;
    readonly testSquaredError: number;
    /** bce of PCA's reconstructions clipped to the open interval (0, 1); null where bce does not apply. */
    readonly testBce: number | null;
    /** Share of variance explained by each component, in order. */
    readonly explained: readonly number[];
    /** The components as pictures, row-major [count, size]. */
    readonly components?: { readonly count: number; readonly values: Float32Array };
  };
}
