import type { PictureLook } from '../../data/look.js';
import type { ScoreDistribution } from '../../models/calibration.js';
import type { Attribution } from './attribution.js';
import type { DetectionThreshold } from './detect.js';
import type { Curve, DetectionEvaluation } from './evaluation.js';
import type { GroupTally } from './tally.js';

/** An example that speaks against the model. */
export interface DetectedCase {
  /** What it is called: a file, a time, a position. */
  readonly name: string;
  readonly label?: string | undefined;
  readonly score: number;
  readonly anomaly: boolean;
  /** The values that made the score, the largest part first. */
  readonly causes: readonly (Attribution & { readonly name: string })[];
  /** The whole example, in raw units; where it can be drawn. */
  readonly observed?: Float32Array;
  readonly expected?: Float32Array;
  /** The error of each pixel, drawn in the same range: the highest of all examples that are shown is white. */
  readonly errors?: Float32Array;
}

/** Scores of a series in order. */
export interface Timeline {
  /** Of each row or window: its time, or its position from 1. */
  readonly at: ArrayLike<number>;
  readonly unit: 'date' | 'number';
  /** What `at` counts: "row", or the name of the column of times. */
  readonly name: string;
}

/** What a walk that scored data comes to. */
export interface DetectionFigures {
  /** What was looked at. */
  readonly data: string;
  /** What one of them is called: "example", "row", "window". */
  readonly what: string;
  readonly scores: Float64Array;
  /** How many are anomalies. */
  readonly anomalies: number;
  readonly line: DetectionThreshold;
  /** What the scores are compared with: those of training data, or of examples like them that were held out. */
  readonly training: {
    readonly scores: ScoreDistribution;
    readonly data: string;
    readonly examples: number;
    readonly heldOut: boolean;
  };
  /** The highest scores first. */
  readonly cases: readonly DetectedCase[];
  /** How examples are drawn, where they are pictures, and the ends of their values. */
  readonly pictures?: { readonly look: PictureLook; readonly range: readonly [number, number] };
  readonly timeline?: Timeline;
  /** Of data in groups what each came to, the worst first. */
  readonly groups?: readonly GroupTally[];
  /** Where classes are known: how well the scores agree with them. 1 for a labelled anomaly, 0 else; one for each score. */
  readonly labelled?: {
    readonly classes: readonly string[];
    readonly isAnomaly: Uint8Array;
    readonly figures: DetectionEvaluation;
    readonly curves: { readonly roc: Curve; readonly precision: Curve };
  };
}
