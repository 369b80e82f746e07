import type { Labels } from '../data/dataset.js';
import type { EpochRecord } from '../train/events.js';

/** The result of a run: exactly the fields of `gargalo train --json`. */
export interface RunSummary {
  readonly kind: string;
  /** Number of trained values. */
  readonly parameters: number;
  readonly epochs: number;
  readonly trainLoss: number;
  readonly testLoss: number;
  readonly testSquaredError: number;
  /** testSquaredError of PCA at the same code width, fitted on the same training data. */
  readonly pcaSquaredError: number;
  /** bce of a perfect reconstruction of the test data; null where the data do not lie in [0, 1]. */
  readonly bceFloor: number | null;
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
  readonly history: readonly EpochRecord[];
  /** How many examples of a batch the training loss is taken from, where not from all. */
  readonly trainLossSample?: { readonly examples: number; readonly batch: number };
  /** The first test examples, in order. */
  readonly samples: readonly Specimen[];
  /** The test examples with the largest error, worst first; and with the smallest, best first. */
  readonly worst: readonly Specimen[];
  readonly best: readonly Specimen[];
  /** First layer's weights: `count` filters, each one example in size, row-major [count, size]; absent where the body is not dense. */
  readonly filters?: { readonly count: number; readonly values: Float32Array };
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
