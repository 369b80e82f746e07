// What is unusual in data, by the walk that scored them.

import { GargaloError } from '../../core/errors.js';
import { count } from '../../core/format.js';
import { type Look, lookOf } from '../../data/look.js';
import type { ExampleStream } from '../../data/stream.js';
import type { Calibration, ScoreDistribution } from '../../models/calibration.js';
import type { Specification } from '../../models/specification.js';
import { type Attribution, attribution } from './attribution.js';
import type { DetectedBlock, DetectionThreshold } from './detect.js';
import { type Curve, type DetectionEvaluation, detectionCurves } from './evaluation.js';

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
}

/** Scores of a series in order. */
export interface Timeline {
  /** Of each row or window: its time, or its position from 1. */
  readonly at: ArrayLike<number>;
  readonly unit: 'date' | 'number';
  /** What `at` counts: "row", or the name of the column of times. */
  readonly name: string;
}

/** What the scores of data are like: all that a page shows of them. */
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
  readonly pictures?: { readonly look: Extract<Look, { kind: 'picture' }>; readonly range: readonly [number, number] };
  readonly timeline?: Timeline;
  /** Where classes are known: how well the scores agree with them. 1 for a labelled anomaly, 0 else; one for each score. */
  readonly labelled?: {
    readonly classes: readonly string[];
    readonly isAnomaly: Uint8Array;
    readonly figures: DetectionEvaluation;
    readonly curves: { readonly roc: Curve; readonly precision: Curve };
  };
}

/** Examples that are shown. */
const CASES = 12;
const CAUSES = 3;

type Held = DetectedCase & { readonly at: number };

/** What a page shows of examples beside their scores: it is not there any more when all are scored. */
export interface Exhibit {
  add(block: DetectedBlock): void;
  readonly cases: () => readonly DetectedCase[];
  readonly times: () => Float64Array | undefined;
}

/**
 * Keeps the highest scores of a walk, with their causes, and the times of all. Of rows, which share the windows that hold them with
 * those around them, no two are kept that lie within a window of each other: they tell of one thing.
 */
export function openExhibit(
  specification: Specification,
  source: Pick<ExampleStream, 'time'>,
  names: readonly string[],
  what: string,
): Exhibit {
  const [window = 1] = specification.input.shape;
  const apart = what === 'row' ? window : 1;
  let held: Held[] = [];
  const times: number[] = [];
  const drawn = lookOf(specification.input.shape, specification.input.sequence).kind === 'picture';

  function caseOf(block: DetectedBlock, row: number, score: number): Held {
    const size = block.contributions.length / block.scores.length;
    const part = (values: Uint8Array | Float32Array) =>
      Float32Array.from(values.subarray(row * size, (row + 1) * size));
    const at = block.start + row;
    const time = block.times?.[row];
    const moment =
      time !== undefined && source.time && Number.isFinite(time)
        ? source.time.unit === 'date'
          ? new Date(time)
              .toISOString()
              .replace('T', ' ')
              .replace(/\.000Z$/, '')
          : `${source.time.column} ${time}`
        : undefined;
    return {
      at,
      name: block.names?.[row] ?? moment ?? `${what} ${count(at + 1)}`,
      label: block.labels?.[row],
      score,
      anomaly: block.anomalies[row] === 1,
      causes: attribution(block, row, CAUSES).map((cause) => ({ ...cause, name: names[cause.value] ?? '' })),
      ...(drawn && { observed: part(block.observed), expected: part(block.expected) }),
    };
  }

  return {
    add(block) {
      for (const time of block.times ?? []) times.push(time);
      for (const [row, score] of block.scores.entries()) {
        const last = held.length === CASES ? held.at(-1) : undefined;
        if (!(score > (last?.score ?? Number.NEGATIVE_INFINITY))) continue;
        const near = ({ at }: Held) => Math.abs(at - block.start - row) < apart;
        if (held.some((other) => near(other) && other.score >= score)) continue;
        held = held.filter((other) => !near(other));
        held.push(caseOf(block, row, score));
        held = held.toSorted((a, b) => b.score - a.score || a.at - b.at).slice(0, CASES);
      }
    },
    cases: () => held,
    times: () => (times.length > 0 ? Float64Array.from(times) : undefined),
  };
}

/** The ends of the values of pictures: those of bytes, or what there is. */
function rangeOf({ input }: Specification, cases: readonly DetectedCase[]): readonly [number, number] {
  if (input.scaling.method === 'bytes') return [0, 255];
  const values = cases.flatMap(({ observed = [] }) => [...observed]);
  return [
    values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    values.reduce((a, b) => Math.max(a, b), 0),
  ];
}

/** What a walk over examples came to. */
interface Detection extends Pick<DetectionFigures, 'what' | 'scores' | 'anomalies' | 'line'> {
  readonly specification: Specification;
  readonly source: Pick<ExampleStream, 'name' | 'time'>;
  readonly exhibit: Exhibit;
  readonly calibration: Calibration;
  /** Of data with classes. */
  readonly evaluation?:
    | {
        readonly figures: DetectionEvaluation;
        readonly classes: readonly string[];
        readonly labels: readonly (string | undefined)[];
      }
    | undefined;
}

/** What the scores of training data are like, of the score that was chosen. */
function distributionOf({ scores, rowScores }: Calibration, { rows, score }: DetectionThreshold) {
  const distribution = (rows ? rowScores : scores)?.[score];
  if (distribution) return distribution;
  throw new GargaloError('internal', 'detect', `expected training scores of ${score}, got none`);
}

function labelledOf({ scores, evaluation }: Detection): DetectionFigures['labelled'] {
  if (!evaluation) return undefined;
  const { classes, figures, labels } = evaluation;
  const isAnomaly = Uint8Array.from(labels, (label) => (label !== undefined && classes.includes(label) ? 1 : 0));
  const isKnown = (_: number, i: number): boolean => labels[i] !== undefined;
  return { classes, figures, isAnomaly, curves: detectionCurves(scores.filter(isKnown), isAnomaly.filter(isKnown)) };
}

/** Puts together what a page shows of a walk. */
export function detectionFigures(detection: Detection): DetectionFigures {
  const { specification, source, exhibit, scores, anomalies, line, calibration, what } = detection;
  const look = lookOf(specification.input.shape, specification.input.sequence);
  const cases = exhibit.cases();
  const times = exhibit.times();
  const labelled = labelledOf(detection);
  return {
    data: source.name,
    ...{ what, scores, anomalies, line, cases },
    training: {
      scores: distributionOf(calibration, line),
      data: calibration.data,
      examples: calibration.heldOut?.examples ?? calibration.examples,
      heldOut: calibration.heldOut !== undefined,
    },
    ...(look.kind === 'picture' && { pictures: { look, range: rangeOf(specification, cases) } }),
    ...((specification.input.sequence || source.time) && {
      timeline:
        times && source.time
          ? { at: times, unit: source.time.unit, name: source.time.column }
          : { at: Float64Array.from(scores, (_, i) => i + 1), unit: 'number', name: what },
    }),
    ...(labelled && { labelled }),
  };
}
