import { GargaloError } from '../../core/errors.js';
import { count } from '../../core/format.js';
import { lookOf, type PictureLook } from '../../data/look.js';
import type { ExampleStream } from '../../data/stream.js';
import type { Calibration } from '../../models/calibration.js';
import type { Specification } from '../../models/specification.js';
import { attribution } from './attribution.js';
import type { DetectedBlock, DetectionThreshold } from './detect.js';
import type { DetectedCase, DetectionFigures } from './detection-figures.js';
import { type DetectionEvaluation, detectionCurves } from './evaluation.js';
import { pixelErrors } from './heat-maps.js';
import type { GroupTally } from './tally.js';

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
  source: Pick<ExampleStream, 'time' | 'carried'>,
  names: readonly string[],
  what: string,
): Exhibit {
  const { carried = [] } = source;
  /** The ids of an example and its group, and the time as it was written. */
  const named = (block: DetectedBlock, row: number): string | undefined => {
    const cells = carried.flatMap(({ role, name }, i) => {
      const cell = role === 'row' || name.startsWith('last ') ? undefined : block.carried?.[i]?.[row];
      return cell === undefined ? [] : [String(cell)];
    });
    return cells.length > 0 ? cells.join(', ') : undefined;
  };
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
      name: named(block, row) ?? block.names?.[row] ?? moment ?? `${what} ${count(at + 1)}`,
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

/** The cases with the errors of their pixels, drawn in a range. */
function withErrors(
  specification: Specification,
  cases: readonly DetectedCase[],
  { width, height, channels }: PictureLook,
  [low, high]: readonly [number, number],
): readonly DetectedCase[] {
  const errors = cases.map(
    ({ observed, expected }) =>
      observed && expected && pixelErrors(specification, [observed, expected], channels, width * height),
  );
  const highest = errors.flatMap((one) => [...(one ?? [])]).reduce((a, b) => Math.max(a, b), 0) || 1;
  const shade = (error: number) => low + ((high - low) * error) / highest;
  return cases.map((one, i) => {
    const own = errors[i];
    if (!own) return one;
    return {
      ...one,
      errors: Float32Array.from({ length: own.length * channels }, (_, j) => shade(own[Math.floor(j / channels)]!)),
    };
  });
}

/** What a walk over examples came to. */
interface Detection extends Pick<DetectionFigures, 'what' | 'scores' | 'anomalies' | 'line'> {
  readonly specification: Specification;
  readonly source: Pick<ExampleStream, 'name' | 'time'>;
  readonly exhibit: Exhibit;
  readonly calibration: Calibration;
  /** Of data in groups, the worst first. */
  readonly groups?: readonly GroupTally[];
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
  throw new GargaloError('internal', 'report', `expected training scores of ${score}, got none`);
}

function labelledOf(scores: Float64Array, evaluation: Detection['evaluation']): DetectionFigures['labelled'] {
  if (!evaluation) return undefined;
  const { classes, figures, labels } = evaluation;
  const isAnomaly = Uint8Array.from(labels, (label) => (label !== undefined && classes.includes(label) ? 1 : 0));
  const isKnown = (_: number, i: number): boolean => labels[i] !== undefined;
  return { classes, figures, isAnomaly, curves: detectionCurves(scores.filter(isKnown), isAnomaly.filter(isKnown)) };
}

/** What a page shows of a walk, beside the scores themselves. */
export function detectionFigures(detection: Detection): DetectionFigures {
  const { specification, source, exhibit, anomalies, line, calibration, what, evaluation, groups = [] } = detection;
  const isScored = (_: unknown, i: number): boolean => !Number.isNaN(detection.scores[i]);
  const scores = detection.scores.filter(isScored);
  const positions = Float64Array.from(detection.scores, (_, i) => i + 1).filter(isScored);
  const look = lookOf(specification.input.shape, specification.input.sequence);
  const shown = exhibit.cases();
  const range = rangeOf(specification, shown);
  const cases = look.kind === 'picture' ? withErrors(specification, shown, look, range) : shown;
  const times = exhibit.times()?.filter(isScored);
  const labelled = labelledOf(scores, evaluation && { ...evaluation, labels: evaluation.labels.filter(isScored) });
  return {
    data: source.name,
    ...{ what, scores, anomalies, line, cases },
    training: {
      scores: distributionOf(calibration, line),
      data: calibration.data,
      examples: line.among,
      heldOut: calibration.heldOut !== undefined,
    },
    ...(look.kind === 'picture' && { pictures: { look, range } }),
    ...((specification.input.sequence || source.time) && {
      timeline:
        times && source.time && (groups.length === 0 || times.every((time, i) => i === 0 || time >= times[i - 1]!))
          ? { at: times, unit: source.time.unit, name: source.time.column }
          : { at: positions, unit: 'number', name: what },
    }),
    ...(labelled && { labelled }),
    ...(groups.length > 0 && { groups }),
  };
}
