// What page and engine say to each other. The engine of the page works in a Web Worker, the other one behind a local server: both
// take the same setup and tell the same events.
import type { Attribution, EpochRecord, KindName, TrainingEvent } from 'gargalo';

/** What a training is made of: all that an address of the studio says. */
export interface Setup {
  /** A name of {@link ./datasets.ts}, or `own` for data that were dropped onto the page. */
  readonly data: string;
  readonly kind: KindName;
  /** Options of the kind and of training that differ from their defaults, by name. */
  readonly options: Readonly<Record<string, OptionValue>>;
}

export type OptionValue = string | number | boolean | readonly number[];

/** How an example is drawn. */
export type Form =
  | { readonly type: 'picture'; readonly width: number; readonly height: number; readonly channels: 1 | 3 }
  | { readonly type: 'point'; readonly axes: 2 | 3 }
  | { readonly type: 'series'; readonly steps: number; readonly values: number }
  | { readonly type: 'row'; readonly columns: readonly string[] };

/** What is known of a data set before anything is trained on it. */
export interface DataFacts {
  readonly name: string;
  readonly examples: number;
  readonly shape: readonly number[];
  readonly form: Form;
  /** Names of the classes, where examples have one. */
  readonly classes: readonly string[];
  /** The smallest and the largest value of each feature of a row, else of all values. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Of files that were dropped: how many were no pictures and were left out. */
  readonly leftOut?: number;
}

/** The examples that are looked at again and again while the network learns. */
export interface Sample {
  readonly count: number;
  /** [count, size] raw values. */
  readonly values: Float32Array;
  /** [count] class of each; empty where there are none. */
  readonly labels: Int32Array;
}

/** The plane that a map shows: code = origin + x · across + y · up. Of codes of one value, `up` is 0. */
export interface Plane {
  readonly origin: Float32Array;
  readonly across: Float32Array;
  readonly up: Float32Array;
  /** The part of the codes' variance in the plane, 0 … 1. */
  readonly explained: number;
}

/** What the network makes of the sample at one moment. */
export interface Look {
  /** From 0, at the start; fractions within an epoch. */
  readonly epoch: number;
  /** [count, 2] */
  readonly points: Float32Array;
  readonly plane: Plane;
  /** [shown, size] raw values of the first examples of the sample, rebuilt. */
  readonly rebuilt: Float32Array;
  /** [count] squared error of each example in scaled units, summed over its values. */
  readonly errors: Float32Array;
  /** [filters, size] weights of the first units of the first layer, where that layer is dense; else empty. */
  readonly filters: Float32Array;
}

/** What a training tells. */
export type StudioEvent =
  | { readonly type: 'data'; readonly facts: DataFacts; readonly sample: Sample }
  | (Omit<Extract<TrainingEvent, { type: 'start' }>, 'pca'> & {
      /** Units of each layer from input to output. */
      readonly widths: readonly number[];
      readonly codeWidth: number;
      readonly threads: number;
      /** What was chosen by the data, by option. */
      readonly chosen: Readonly<Record<string, unknown>>;
    })
  | { readonly type: 'pca'; readonly squaredError: number }
  | Omit<Extract<TrainingEvent, { type: 'progress' }>, 'weights'>
  | { readonly type: 'epoch'; readonly record: EpochRecord }
  | { readonly type: 'look'; readonly look: Look }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'end'; readonly reason: string; readonly moments: readonly number[] }
  | { readonly type: 'failed'; readonly message: string };

/** A training that did not end: its tab was closed. */
export interface Unfinished {
  readonly setup: Setup;
  /** Epochs that were done. */
  readonly epoch: number;
}

/** How a training is to start. */
export interface StartOptions {
  readonly setup: Setup;
  /** Begin with the weights of the training before, as they were after this epoch. */
  readonly forkAt?: number;
  /** Go on with the training that did not end. */
  readonly goesOn?: boolean;
}

/** What a trained network is asked to do. */
export type Job =
  | { readonly name: 'detect' }
  | { readonly name: 'sample'; readonly seed: number }
  | { readonly name: 'denoise' }
  | { readonly name: 'compress' };
export type JobName = Job['name'];

/** What came out of it. Values are raw, row-major. */
export type Used =
  | {
      readonly job: 'detect';
      readonly score: string;
      readonly threshold: number;
      /** Part of the training examples below the threshold. */
      readonly quantile: number;
      readonly anomalies: number;
      readonly examples: number;
      /** The highest scores, falling. */
      readonly cases: readonly {
        readonly index: number;
        readonly score: number;
        readonly isAnomaly: boolean;
        /** What the error is made of: the value's place in the example, its part, what was there and what was expected. */
        readonly causes: readonly Attribution[];
      }[];
      readonly rows: readonly Float32Array[];
      readonly labels: readonly number[];
      /** A table of the scores, CSV. */
      readonly file: Uint8Array;
    }
  | { readonly job: 'sample'; readonly prior: string; readonly values: Float32Array }
  | {
      readonly job: 'denoise';
      readonly original: Float32Array;
      readonly corrupted: Float32Array;
      readonly cleaned: Float32Array;
      /** Mean squared error before and after. */
      readonly before: number;
      readonly after: number;
    }
  | {
      readonly job: 'compress';
      readonly examples: number;
      /** Bytes of an example: as it is, compressed, and with its part of the decoder. */
      readonly raw: number;
      readonly bytes: number;
      readonly withDecoder: number;
      readonly mse: number;
      readonly psnr?: number;
      /** A .gar file. */
      readonly file: Uint8Array;
    };

/** A figure with its 95 % interval. */
export interface Interval {
  readonly value: number;
  readonly interval: readonly [low: number, high: number];
}

/** What the codes of the sample are like; docs/latent.md defines each. */
export interface Measured {
  readonly examples: number;
  readonly gapsOnLines: Interval;
  readonly gapsInRegion: Interval;
  readonly jump: Interval;
  readonly components: number;
  readonly clusters: number;
  /** The part of the nearest neighbours that are of the same class, and what guessing gives. */
  readonly neighbours?: Interval;
  readonly chance?: number;
  readonly trustworthiness: Interval;
  readonly dimension: Interval;
  readonly activeUnits: number;
}

/** What works: in the page, or on this machine. */
export interface Engine {
  /** Reads data and says what they are. */
  describe(data: string): Promise<{ readonly facts: DataFacts; readonly sample: Sample }>;
  /** Takes files that were dropped onto the page; they are named `own` from then on. */
  take(files: readonly File[]): Promise<{ readonly facts: DataFacts; readonly sample: Sample }>;
  /** Trains until the end; events come meanwhile. */
  train(options: StartOptions, onEvent: (event: StudioEvent) => void): Promise<void>;
  /** What there is of a training whose tab was closed. */
  unfinished(): Promise<Unfinished | undefined>;
  /** Drops it. */
  forget(): Promise<void>;
  /** Holds the training after the step under way, lets it go on, or goes on for one call. */
  pace(pace: 'run' | 'pause' | 'step' | 'stop'): Promise<void>;
  /** What the decoder makes of a place of the map, raw values. */
  decode(code: Float32Array): Promise<Float32Array>;
  /** What the network makes of one's own example: its code, what comes back, and its place on the map. */
  see(values: Float32Array): Promise<Seen>;
  /** Shows an earlier moment: map, pictures and decoder are those after this epoch. */
  lookAt(epoch: number): Promise<Look | undefined>;
  /** Measures the latent space of the network that is looked at. */
  measure(): Promise<Measured>;
  /** Puts the network to work on all examples. */
  use(job: Job): Promise<Used>;
  /** The model file. */
  model(): Promise<Uint8Array>;
}

export interface Seen {
  readonly code: Float32Array;
  readonly rebuilt: Float32Array;
  readonly at: readonly [number, number];
}
