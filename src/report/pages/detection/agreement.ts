import * as Plot from '@observablehq/plot';
import { jobMetrics } from '../../../analysis/metrics.js';
import { count, percent, roundPercent } from '../../../core/format.js';
import type { Curve } from '../../../tasks/detect/evaluation.js';
import { chart, thin } from '../../kit/chart.js';
import { type Html, html } from '../../kit/html.js';
import { lead } from '../../kit/parts.js';
import { comparedWith, type DetectionReportInput } from './input.js';

interface CurveChart {
  readonly label: string;
  readonly across: string;
  readonly up: string;
  readonly curve: Curve;
  /** Where the threshold lies on it. */
  readonly mark: readonly [x: number, y: number];
  /** What no skill comes to: a line between two points. */
  readonly chance: readonly [y0: number, y1: number];
  readonly steps: boolean;
  readonly caption: string;
}

function curveFigure({ label, across, up, curve, mark, chance, steps, caption }: CurveChart): Html {
  const points = thin(
    curve.x.map((x, i) => [x, curve.y[i] ?? Number.NaN] as const),
    1000,
  );
  const diagonal = chance.map((y, x) => [x, y] as const);
  const axis = { domain: [0, 1], ticks: 5, text: roundPercent } as const;
  const drawn = chart(({ pick, width }) => ({
    ...{ label, width: pick(560, width), height: pick(420, 320), top: 26, right: pick(20, 12), left: pick(60, 54) },
    x: { ...axis, label: across },
    y: { ...axis, label: up },
    marks: [
      Plot.line(diagonal, { stroke: 'var(--faint)', strokeDasharray: '4 4' }),
      Plot.line(points, { stroke: 'var(--network)', strokeWidth: 2, curve: steps ? 'step-before' : 'linear' }),
      Plot.dot([mark], { r: 6, stroke: 'var(--ink)', strokeWidth: 1.5 }),
    ],
    stops: points.map(([x, y]) => [x, `${across} ${percent(x)}\n${up} ${percent(y)}`]),
  }));
  return html`<figure>${drawn}<figcaption>${caption} Ringed: the threshold; dashed: chance.</figcaption></figure>`;
}

const { rocAuc, averagePrecision } = jobMetrics;

/** How well the scores agree with classes that are known, or nothing where none are. */
export function agreement(input: DetectionReportInput): Html | undefined {
  const { labelled, line } = input;
  if (!labelled) return undefined;
  const { figures, curves, classes } = labelled;
  const { rocAucInterval: interval } = figures;
  const part = figures.anomalies / (figures.anomalies + figures.normals);
  const charts: readonly CurveChart[] = [
    {
      label: 'The part of the anomalies found over the part of false alarms',
      ...{ across: 'false alarms', up: 'anomalies found', curve: curves.roc, chance: [0, 1], steps: false },
      mark: [figures.falseAlarms, figures.recall],
      caption: `ROC: area ${rocAuc.format(figures.rocAuc)} (95 %: ${interval.map(rocAuc.format).join(' … ')}).`,
    },
    {
      label: 'Precision over recall',
      ...{ across: 'anomalies found', up: 'precision', curve: curves.precision, chance: [part, part], steps: true },
      mark: [figures.recall, Number.isFinite(figures.precision) ? figures.precision : 0],
      caption: `Precision and recall: average precision ${averagePrecision.format(figures.averagePrecision)}, that of a guess ${averagePrecision.format(part)}.`,
    },
  ];
  return html`${lead(
    `${count(figures.anomalies)} are labelled ${classes.join(', ')}, ${count(figures.normals)} otherwise.`,
    `The threshold at ${roundPercent(line.quantile)} of the ${comparedWith(input)} finds ${percent(figures.recall)} of the anomalies, with false alarms for ${percent(figures.falseAlarms)} of the others.`,
  )}
<div class="pair">${charts.map(curveFigure)}</div>`;
}
