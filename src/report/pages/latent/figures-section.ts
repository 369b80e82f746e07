import { beside, leaderOf, meet } from '../../../analysis/latent/compare.js';
import type { LatentFigures } from '../../../analysis/latent/figures.js';
import {
  interval,
  type Metric,
  type MetricGroup,
  metricGroups,
  NONE,
  written,
} from '../../../analysis/latent/metrics.js';
import { count, listed, several } from '../../../core/format.js';
import { type Html, html, type Part } from '../../kit/html.js';
import { type IntervalPanel, intervalFigure, intervalKey } from '../../kit/intervals.js';
import { bandOf, folded, known, lead, scrolling, standingMark, swatch, tableOf } from '../../kit/parts.js';
import type { LatentReportInput } from './input.js';
import { type Space, spacesOf, type WidthGroup, widthGroups } from './spaces.js';

/** Whether a space is the best of its width by a figure, or may be as good. */
function isLeading(metric: Metric, space: Space, { runs }: WidthGroup): boolean {
  const leader = leaderOf(metric, runs);
  return leader !== undefined && [leader.best, ...leader.tied].includes(space);
}

/** One figure of all spaces as a panel. */
function panel(metric: Metric, groups: readonly WidthGroup[]): IntervalPanel {
  const { reference, short, unit, better, format } = metric;
  const [first] = spacesOf(groups);
  const reached = first && reference?.(first.space.figures);
  return {
    ...{ title: short, unit, format },
    ...(better && { better }),
    cells: spacesOf(groups).map(({ space, group }) => {
      const [estimate, linear] = [metric.of(space.figures), metric.of(group.pca.figures)];
      const isApart = estimate !== undefined && linear !== undefined && !meet(estimate, linear);
      return { estimate, isApart, isLeading: isLeading(metric, space, group) };
    }),
    ...(reached && { reference: reached }),
  };
}

function groupFigure({ title, words, metrics }: MetricGroup, groups: readonly WidthGroup[]): Html {
  const rows = spacesOf(groups).map(({ space: { name, color, run, width } }) => ({
    ...{ name, color, isYardstick: !run },
    ...(groups.length > 1 && { group: several(width, 'number') }),
  }));
  const panels = metrics.map((metric) => panel(metric, groups));
  const rest = `${title}: ${listed(panels.slice(1).map((other) => other.title))}`;
  return html`<h3>${title}</h3>${lead(words)}${intervalFigure({ rows, panels }, { rest })}`;
}

/** How a space stands beside PCA by a figure, as a sign. */
function besidePca(metric: Metric, { figures, run }: Space, { pca }: WidthGroup): Html | false {
  const standing = run ? beside(metric, figures, pca.figures) : 'same';
  return standing !== 'same' && standingMark(standing, 'PCA');
}

/** What is said of the best of a width. */
function leaderCell(metric: Metric, group: WidthGroup): Html | string {
  const leader = leaderOf(metric, group.runs);
  if (!leader) return NONE;
  const { best, value, tied } = leader;
  const others = tied.length > 0 ? `not apart from ${listed(tied.map(({ name }) => name))}` : 'apart from all';
  return html`${swatch(best.color)}<b>${best.name}</b> ${written(metric, value)}${besidePca(metric, best, group)} <small>${others}</small>`;
}

/** Who is best, figure by figure, where several runs have the same width. */
function best(groups: readonly WidthGroup[], metrics: readonly Metric[]): Html | undefined {
  const contested = groups.filter(({ runs }) => runs.length > 1);
  if (contested.length === 0) return undefined;
  return html`<h3>Which is best</h3><p class="lead">By every figure that has a better end, the best run at its width. It is apart where its interval meets no other’s; runs that it is not apart from may be as good. ▲ better than PCA, ▼ worse: their intervals do not meet.</p>
${tableOf({
  ...{ label: 'The best run by every figure', kind: 'best' },
  head: ['figure', ...contested.map(({ width }) => several(width, 'number'))],
  rows: metrics
    .filter(({ better }) => better)
    .map((metric) => [metric.name, ...contested.map((group) => leaderCell(metric, group))]),
})}`;
}

function valueCell(metric: Metric, space: Space, group: WidthGroup): Html {
  const estimate = metric.of(space.figures);
  const text = written(metric, estimate?.value);
  return html`<td>${isLeading(metric, space, group) ? html`<b>${text}</b>` : text}${besidePca(metric, space, group)}<br><small>${interval(metric, estimate)}</small></td>`;
}

/** What the figures were taken from. */
const counts: readonly (readonly [name: string, of: (figures: LatentFigures) => number | undefined])[] = [
  ['examples', ({ examples }) => examples],
  ['clusters found', ({ separability }) => separability.clusters.count],
  ['codes clustered', ({ separability }) => separability.clusters.points],
  ['codes classified', ({ separability }) => separability.labelled?.points],
  ['neighbours that vote', ({ separability }) => separability.labelled?.k],
  ['points compared for neighbourhoods', ({ preservation }) => preservation.points],
  ['steps of a line', ({ discreteness }) => discreteness.steps],
];

function table(groups: readonly WidthGroup[], all: readonly MetricGroup[]): Html {
  const columns = spacesOf(groups);
  const row = (name: Part, cells: readonly Html[]): Html => html`<tr><th scope="row">${name}</th>${cells}</tr>`;
  const widths = html`<tr><td></td>${groups.map(({ width, runs }) => html`<th scope="colgroup" colspan="${runs.length + 1}">${several(width, 'number')}</th>`)}</tr>`;
  const spaces = columns.map(
    ({ space: { run, color, name } }) => html`<th scope="col">${swatch(color, !run)}${name}</th>`,
  );
  const metricRow = (metric: Metric): Html =>
    row(
      html`${metric.name}<br><small>${metric.unit}</small>`,
      columns.map(({ space, group }) => valueCell(metric, space, group)),
    );
  const bodies = all.map(({ title, metrics }) => bandOf(title, columns.length + 1, metrics.map(metricRow)));
  const counted = counts.map(([name, of]) =>
    row(
      name,
      columns.map(({ space }) => html`<td>${known(of(space.figures), count)}</td>`),
    ),
  );
  const label = 'Every figure in numbers';
  const figures = html`<table class="figures every"><thead>${groups.length > 1 && widths}<tr><th scope="col">figure</th>${spaces}</tr></thead>${bodies}${bandOf('Counts', columns.length + 1, counted)}</table>`;
  return folded(
    label,
    html`<p class="key"><span>below each value: its 95\u202f% interval</span><span>▲ better, ▼ worse, ≠ apart: intervals do not meet PCA’s</span></p>${scrolling(label, figures, true)}`,
  );
}

function definitions(metrics: readonly Metric[]): Html {
  return folded(
    'What each figure is, and where it comes from',
    html`<dl class="definitions">${metrics.map(
      ({ name, unit, better, definition, source }) =>
        html`<div><dt>${name}</dt><dd>${definition} <small>Unit: ${unit}. ${better ? `${better === 'low' ? 'Less' : 'More'} is better. ` : ''}${source}.</small></dd></div>`,
    )}</dl>`,
  );
}

/** Every figure of every space, with PCA's on the same axis. */
export function everyFigure(input: LatentReportInput): Html {
  const groups = widthGroups(input);
  const all = metricGroups(spacesOf(groups).map(({ space }) => space.figures));
  const metrics = all.flatMap((group) => group.metrics);
  const examples = [...new Set(input.runs.map(({ figures }) => figures.examples))].map(count);
  return html`<p class="lead">From the codes of ${listed(examples)} examples. The lines are 95\u202f% intervals over the choice of examples; how much another training would differ is no part of them.</p>
${best(groups, metrics)}${intervalKey(groups.some(({ runs }) => runs.length > 1))}${all.map((group) => groupFigure(group, groups))}${table(groups, all)}${definitions(metrics)}`;
}
