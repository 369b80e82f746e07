// The page of `gargalo detect --report`.

import { count } from '../core/format.js';
import { lookOf } from '../data/look.js';
import type { ExampleStream } from '../data/stream.js';
import { writeFileAtomic } from '../data/write/write.js';
import type { Calibration } from '../models/calibration.js';
import type { Specification } from '../models/specification.js';
import type { DetectedCase, DetectionReportInput } from '../report/pages/detection/input.js';
import { attribution } from '../tasks/detect/attribution.js';
import type { DetectedBlock, DetectionThreshold } from '../tasks/detect/detect.js';
import { type DetectionEvaluation, detectionCurves } from '../tasks/detect/evaluation.js';

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
  const apart = what === 'row' ? (specification.input.shape[0] as number) : 1;
  let held: Held[] = [];
  const times: number[] = [];
  const drawn = lookOf(specification.input.shape, specification.input.sequence).kind === 'picture';

  function caseOf(block: DetectedBlock, row: number): Held {
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
      score: block.scores[row]!,
      anomaly: block.anomalies[row] === 1,
      causes: attribution(block, row, CAUSES).map((one) => ({ ...one, name: names[one.value]! })),
      ...(drawn && { observed: part(block.observed), expected: part(block.expected) }),
    };
  }

  return {
    add(block) {
      for (const time of block.times ?? []) times.push(time);
      for (let row = 0; row < block.scores.length; row++) {
        const least = held.length === CASES ? held.at(-1)!.score : Number.NEGATIVE_INFINITY;
        const score = block.scores[row]!;
        if (!(score > least)) continue;
        const near = ({ at }: Held) => Math.abs(at - block.start - row) < apart;
        if (held.some((one) => near(one) && one.score >= score)) continue;
        held = held.filter((one) => !near(one));
        held.push(caseOf(block, row));
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

/** Writes the page. */
export async function writeDetectReport(
  path: string,
  {
    specification,
    source,
    exhibit,
    scores,
    anomalies,
    line,
    calibration,
    what,
    found,
    command,
    version,
  }: {
    readonly specification: Specification;
    readonly source: ExampleStream;
    readonly exhibit: Exhibit;
    readonly scores: Float64Array;
    readonly anomalies: number;
    readonly line: DetectionThreshold;
    readonly calibration: Calibration;
    readonly what: string;
    readonly found?: {
      readonly figures: DetectionEvaluation;
      readonly classes: readonly string[];
      readonly labels: readonly (string | undefined)[];
    };
    readonly command: string;
    readonly version: string;
  },
): Promise<void> {
  const { renderDetectionReport } = await import('../report/pages/detection/report.js');
  const look = lookOf(specification.input.shape, specification.input.sequence);
  const cases = exhibit.cases();
  const times = exhibit.times();
  const distribution = (line.rows ? calibration.rowScores : calibration.scores)![line.score]!;
  let labelled: DetectionReportInput['labelled'];
  if (found) {
    const { classes, figures, labels } = found;
    const isAnomaly = Uint8Array.from(labels, (label) => (label !== undefined && classes.includes(label) ? 1 : 0));
    const known = [...scores.keys()].filter((i) => labels[i] !== undefined);
    const curves = detectionCurves(
      Float64Array.from(known, (i) => scores[i]!),
      Uint8Array.from(known, (i) => isAnomaly[i]!),
    );
    labelled = { classes, figures, isAnomaly, curves };
  }
  const page = renderDetectionReport({
    title: `What is unusual in ${source.name}`,
    date: new Date(),
    data: source.name,
    what,
    scores,
    anomalies,
    line,
    training: {
      scores: distribution,
      data: calibration.data,
      examples: calibration.heldOut?.examples ?? calibration.examples,
      heldOut: calibration.heldOut !== undefined,
    },
    cases,
    ...(look.kind === 'picture' && { pictures: { look, range: rangeOf(specification, cases) } }),
    ...((specification.input.sequence || source.time) && {
      timeline:
        times && source.time
          ? { at: times, unit: source.time.unit, name: source.time.column }
          : { at: Float64Array.from(scores, (_, i) => i + 1), unit: 'number', name: what },
    }),
    ...(labelled && { labelled }),
    command,
    version,
  });
  await writeFileAtomic(path, page);
}
