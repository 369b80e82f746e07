import * as Plot from '@observablehq/plot';
import { count, percent, roundPercent } from '../../../core/format.js';
import type { Curve } from '../../../tasks/detect/evaluation.js';
import { draw, finish, inBothWidths, type Stop, thin } from '../../kit/chart.js';
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

function chart({ label, across, up, curve, mark, chance, steps }: CurveChart, width: number): Html {
  const wide = width > 500;
  const [height, left, right, top, bottom] = wide ? [420, 60, 20, 26, 44] : [320, 54, 12, 26, 40];
  const points = thin(
    curve.x.map((x, i) => ({ x, y: curve.y[i]! })),
    1000,
  );
  const drawing = draw({
    width: wide ? 560 : width,
    height,
    marginLeft: left,
    marginRight: right,
    marginTop: top,
    marginBottom: bottom,
    x: { domain: [0, 1] },
    y: { domain: [0, 1] },
    marks: [
      Plot.gridY({ ticks: 5, stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.axisY({ ticks: 5, tickSize: 0, label: up, labelArrow: 'none', tickFormat: (v: number) => roundPercent(v) }),
      Plot.axisX({
        ticks: 5,
        tickSize: 4,
        tickFormat: (v: number) => roundPercent(v),
        label: across,
        labelArrow: 'none',
        labelAnchor: 'center',
      }),
      Plot.line(
        chance.map((y, x) => ({ x, y })),
        { x: 'x', y: 'y', stroke: 'var(--faint)', strokeDasharray: '4 4' },
      ),
      Plot.line(points, {
        x: 'x',
        y: 'y',
        stroke: 'var(--network)',
        strokeWidth: 2,
        curve: steps ? 'step-before' : 'linear',
      }),
      Plot.dot([{ x: mark[0], y: mark[1] }], { x: 'x', y: 'y', r: 6, stroke: 'var(--ink)', strokeWidth: 1.5 }),
    ],
  });
  const stops = thin(points, 200).map(
    ({ x, y }): Stop => [drawing.x(x), `${across} ${percent(x)}\n${up} ${percent(y)}`],
  );
  return finish(drawing, label, stops);
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
        html`<figure>${inBothWidths((width) => chart(one, width))}<figcaption>${one.says} Ringed: the threshold; dashed: chance.</figcaption></figure>`,
    )}</div>`,
  };
}
