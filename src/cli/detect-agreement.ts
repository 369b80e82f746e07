// How well scores agree with classes, and how that is said.
import { jobMetrics } from '../analysis/metrics.js';
import { count, percent, several } from '../core/format.js';
import {
  type AnomalyClasses,
  anomalyClasses,
  type DetectionEvaluation,
  evaluateDetection,
} from '../tasks/detect/evaluation.js';
import type { Tally } from '../tasks/detect/tally.js';
import { aligned } from './aligned.js';
import { shellWord } from './command.js';
import type { DetectCommand } from './detect-scores.js';
import type { Session } from './session.js';

/** Of more classes than these, with one example each, none is a class. */
const FEW = 20;

/** How well the scores agree with classes, where there are two sides of them. */
export function evaluated(
  { scores, labels }: Pick<Tally, 'scores' | 'labels'>,
  threshold: number,
  { data, anomaly }: Pick<DetectCommand, 'data' | 'anomaly'>,
  trained: readonly string[] | undefined,
  session: Session,
): ({ readonly figures: DetectionEvaluation } & AnomalyClasses) | undefined {
  const counts = new Map<string, number>();
  for (const label of labels) if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  const asked = data.label !== undefined || anomaly !== undefined;
  if (counts.size > FEW && counts.size === labels.length && anomaly === undefined) {
    session.warn(
      `the column ${data.label ?? 'of classes'} has a value for each example, which names it and is no class: nothing is said of how good the scores are${data.label === undefined ? '' : `; --id ${shellWord(data.label)} carries it to the scores`}`,
    );
    return undefined;
  }
  if (counts.size < 2 && anomaly === undefined) {
    if (!asked) return undefined;
    session.warn(`expected two classes to tell apart, got ${counts.size}: nothing is said of how good the scores are`);
    return undefined;
  }
  const chosen = anomalyClasses(counts, anomaly, trained);
  const { classes, because } = chosen;
  // Folders of classes may be anything: these were taken for anomalies only where names or the training say so.
  if (!asked && counts.size > 2 && because !== 'named' && because !== 'untrained') {
    const list = [...counts.keys()].slice(0, 8).join(', ');
    session.note(
      `the data have the classes ${list}: --anomaly with those that are anomalies says how good the scores are`,
    );
    return undefined;
  }
  const known = labels.flatMap((label, i) => {
    const score = scores[i] ?? Number.NaN;
    return label === undefined || Number.isNaN(score) ? [] : [[label, score] as const];
  });
  const figures = evaluateDetection(
    Float64Array.from(known, ([, score]) => score),
    Uint8Array.from(known, ([label]) => (classes.includes(label) ? 1 : 0)),
    threshold,
  );
  if (figures.rocAuc < 0.5) {
    const others = [...counts.keys()].filter((name) => !classes.includes(name)).slice(0, 8);
    session.warn(
      `the area under the ROC curve is below 0.5: ${classes.join(', ')} score lower than the others; if ${others.join(', ')} ${others.length === 1 ? 'is the anomaly' : 'are the anomalies'}, say so with --anomaly ${shellWord(others.join(','))}`,
    );
  }
  return { figures, ...chosen };
}

/** Why classes are taken for the anomalies, in words. */
const becauseWords: Readonly<Record<AnomalyClasses['because'], string>> = {
  asked: '',
  named: ' by name',
  untrained: ', which were not trained on',
  minority: ', which are fewer than half',
  rarest: ', the rarest',
};

const { rocAuc, averagePrecision } = jobMetrics;

export function evaluationWords({ figures, classes, because }: NonNullable<ReturnType<typeof evaluated>>): string[] {
  const { rocAucInterval: interval } = figures;
  return aligned([
    [
      'anomalies',
      `${count(figures.anomalies)}, of class ${classes.join(', ')}${becauseWords[because]}; ${several(figures.normals, 'other')}`,
    ],
    [rocAuc.name, `${rocAuc.format(figures.rocAuc)}  (95 %: ${interval.map(rocAuc.format).join(' … ')})`],
    [averagePrecision.name, averagePrecision.format(figures.averagePrecision)],
    [
      'above the threshold',
      `${percent(figures.recall)} of the anomalies, ${percent(figures.falseAlarms)} of the others`,
    ],
  ]);
}
