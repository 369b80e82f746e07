import type { Discrepancy } from '../../../analysis/latent/discrepancy.js';
import type { Labels } from '../../../data/dataset.js';
import type { Corruption } from '../../../models/specification.js';
import type { EpochRecord, TrainingState } from '../../../train/events.js';
import type { Comparison } from './verdict.js';

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
  readonly examplesPerSecond: number;
  readonly seconds: number;
  readonly model: string;
  readonly report: string;
}

/** One test example and what became of it; all values in the scaled units the network works in ([0, 1] for images). */
export interface Specimen {
  /** Position in the test data. */
  readonly index: number;
  readonly label?: string;
  readonly input: Float32Array;
  readonly reconstruction: Float32Array;
  readonly pcaReconstruction: Float32Array;
  /** Squared errors summed over the example. */
  readonly squaredError: number;
  readonly pcaSquaredError: number;
}

/** Numbers counted in bins of equal width. */
export interface Histogram {
  /** The ends of the first and the last bin; what lies beyond is counted in those. */
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

/** A test example that was corrupted and cleaned again; values in scaled units. */
export interface Cleaned {
  readonly index: number;
  readonly label?: string;
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

/** What the units of a code do over test examples. */
export interface CodeActivity {
  readonly examples: number;
  /** [width] mean activity. */
  readonly mean: Float64Array;
  /** [width] part of the examples in which the unit is not 0. */
  readonly active: Float64Array;
  /** Units that give the same value for every example; and those that hardly move, the former among them. */
  readonly dead: number;
  readonly inactive: number;
  /** The mean activity asked for, where one was. */
  readonly target?: number;
  /** Of a top-k code: how many values were asked for and the fewest and most that are not 0. */
  readonly kept?: { readonly asked: number; readonly fewest: number; readonly most: number };
  /** The part of all values that are 0; and the values of all units that are not. */
  readonly zeros: number;
  readonly histogram: Histogram;
}

/** How the code answers to small changes of the input. */
export interface CodeJacobian {
  readonly examples: number;
  /** Singular values of ∂code/∂x, largest first, mean over `spectrumExamples` of the examples. */
  readonly spectrum: readonly number[];
  readonly spectrumExamples: number;
  /** Frobenius norm, mean over the examples. */
  readonly norm: number;
}

/** How the entries of a codebook are used by test examples. */
export interface CodebookUse {
  readonly examples: number;
  /** Vectors that make one code. */
  readonly vectors: number;
  /** [entries] how often each was chosen. */
  readonly counts: readonly number[];
  /** exp of the entropy of their use: the number of entries in equal use that would carry as much. */
  readonly perplexity: number;
}

/** The codes of test examples against the prior N(0, I). */
export interface CodeDistribution {
  readonly examples: number;
  readonly dimensions: readonly {
    /** Of codes as training draws them, where they are distributions. */
    readonly histogram: Histogram;
    readonly mean: number;
    readonly deviation: number;
    /** KL(q(z|x) ‖ N(0, 1)) in nats, mean over the examples; of codes that are distributions. */
    readonly divergence?: number;
  }[];
  /** Dimensions that carry next to nothing. */
  readonly inactive: number;
  /** The squared maximum mean discrepancy between codes and draws of the prior, and what it stays below by chance. */
  readonly discrepancy?: Pick<Discrepancy, 'squared' | 'limit' | 'pValue' | 'points'>;
  /** Where the loss bounds −log p(x): that bound in nats per example. */
  readonly bound?: number;
}

/** Examples drawn from the model. */
export interface Generated {
  readonly count: number;
  /** [count, input size], scaled units */
  readonly values: Float32Array;
  /** How the codes were drawn, in words. */
  readonly prior: string;
}

/** What the first layers alone rebuild. */
export interface Depth {
  /** Units of the last layer used. */
  readonly units: number;
  /** As {@link RunSummary.testSquaredError}, over `examples` test examples. */
  readonly squaredError: number;
  readonly examples: number;
  /** The first test examples as these layers rebuild them, [samples, input size], scaled units. */
  readonly outputs: Float32Array;
}

/** A set of filters. */
export interface FilterBank {
  readonly count: number;
  /** [count, input size] */
  readonly values: Float32Array;
  /** Where there are more units than filters: how many. */
  readonly of?: number;
  /** Mean activity of each unit, where the filters are sorted by it. */
  readonly use?: readonly number[];
}

/** How well each value of an example is rebuilt: of a window, each of its columns over all steps. */
export interface ValueErrors {
  /** Of a table; of pictures none. */
  readonly names?: readonly string[];
  /** Variance over the test data: the squared error of their mean. Scaled units. */
  readonly variance: Float64Array;
  /** Mean squared errors of network and PCA. */
  readonly network: Float64Array;
  readonly pca: Float64Array;
}

/** Everything the report shows. The report computes nothing but pictures from it. */
export interface ReportInput {
  readonly title: string;
  /** When the run ended. */
  readonly date: Date;
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
  readonly sampled?: {
    readonly train?: { readonly examples: number; readonly of: number };
    readonly test?: { readonly examples: number; readonly of: number };
  };
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
  readonly denoising?: Denoising;
  readonly activity?: CodeActivity;
  readonly jacobian?: CodeJacobian;
  readonly codebook?: CodebookUse;
  readonly distribution?: CodeDistribution;
  readonly generated?: Generated;
  readonly depth?: readonly Depth[];
  /** bce of what the network gives after training, without noise, per value; null where bce does not apply. */
  readonly testBce?: number | null;
  /** 2-D map of test codes. */
  readonly map?: {
    /** [n, 2] */
    readonly points: Float32Array;
    readonly labels?: Labels;
    /** "code" when the code itself has width 2, else "pca": the codes' first two principal components. */
    readonly method: 'code' | 'pca';
    /** Share of the codes' variance that the map shows, 0 … 1. */
    readonly explained: number;
    /** Small pictures of the test examples behind the points for hovering: first `count` points, each one example, as bytes 0 … 255. */
    readonly thumbnails?: { readonly count: number; readonly values: Uint8Array };
  };
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
  /** The run's configuration: the specification and training options, as plain JSON. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Plain-word warnings ("the code is as wide as the input: nothing is compressed"). */
  readonly warnings: readonly string[];
  /** The command that repeats this run. */
  readonly command?: string;
  /** The version of gargalo that made the run. */
  readonly version?: string;
}
