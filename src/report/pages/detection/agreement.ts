import * as Plot from '@observablehq/plot';
import { count, percent, roundPercent } from '../../../core/format.js';
import type { Curve } from '../../../tasks/detect/evaluation.js';
import { chart, type Stop, thin } from '../../kit/chart.js';
import { type Html, html } from '../../kit/html.js';
import type { Section } from '../../kit/page.js';
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
}

function curveChart({ label, across, up, curve, mark, chance, steps }: CurveChart): Html {
  const points = thin(
    curve.x.map((x, i) => ({ x, y: curve.y[i] ?? Number.NaN })),
    1000,
  );
  const diagonal = chance.map((y, x) => ({ x, y }));
  return chart((room) => {
    const [height, left, right, bottom] = room.pick([420, 60, 20, 44] as const, [320, 54, 12, 40] as const);
    const axis = { domain: [0, 1], ticks: 5, text: roundPercent } as const;
    return {
      ...{ label, width: room.pick(560, room.width), height, margins: [26, right, bottom, left] },
      x: { ...axis, label: across },
      y: { ...axis, label: up },
      marks: [
        Plot.line(diagonal, { x: 'x', y: 'y', stroke: 'var(--faint)', strokeDasharray: '4 4' }),
        Plot.line(points, {
          ...{ x: 'x', y: 'y', stroke: 'var(--network)', strokeWidth: 2, curve: steps ? 'step-before' : 'linear' },
        }),
        Plot.dot([{ x: mark[0], y: mark[1] }], { x: 'x', y: 'y', r: 6, stroke: 'var(--ink)', strokeWidth: 1.5 }),
      ],
      stops: (drawing) =>
        thin(points, 200).map(({ x, y }): Stop => [drawing.x(x), `${across} ${percent(x)}\n${up} ${percent(y)}`]),
    };
  });
}

/** How well the scores agree with classes that are known, or nothing where none are. */
export function agreementSection(input: DetectionReportInput): Section | undefined {
  const { labelled, line } = input;
  if (!labelled) return undefined;
  const { figures, curves, classes } = labelled;
  const { rocAucInterval: interval } = figures;
  const part = figures.anomalies / (figures.anomalies + figures.normals);
  const charts: readonly (CurveChart & { readonly says: string })[] = [
    {
      label: 'The part of the anomalies found over the part of false alarms',
      ...{ across: 'false alarms', up: 'anomalies found', curve: curves.roc, chance: [0, 1], steps: false },
      mark: [figures.falseAlarms, figures.recall],
      says: `ROC: area ${figures.rocAuc.toFixed(4)} (95 %: ${interval.map((end) => end.toFixed(4)).join(' … ')}).`,
    },
    {
      label: 'Precision over recall',
      ...{ across: 'anomalies found', up: 'precision', curve: curves.precision, chance: [part, part], steps: true },
      mark: [figures.recall, Number.isFinite(figures.precision) ? figures.precision : 0],
      says: `Precision and recall: average precision ${figures.averagePrecision.toFixed(4)}, that of a guess ${part.toFixed(4)}.`,
    },
  ];
  return {
    id: 'agreement',
    short: 'Against labels',
    title: 'Against what is known',
    body: html`<p class="lead">${count(figures.anomalies)} are labelled ${classes.join(', ')}, ${count(figures.normals)} otherwise. The threshold at ${roundPercent(line.quantile)} of the ${comparedWith(input)} finds ${percent(figures.recall)} of the anomalies, with false alarms for ${percent(figures.falseAlarms)} of the others.</p>
<div class="pair">${charts.map(
      (one) =>
        html`<figure>${curveChart(one)}<figcaption>${one.says} Ringed: the threshold; dashed: chance.</figcaption></figure>`,
    )}</div>`,
  };
}
