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
import { type Html, html } from '../../kit/html.js';
import type { Section } from '../../kit/page.js';
import { swatch } from '../../kit/parts.js';
import type { LatentReportInput } from './input.js';
import { type IntervalChart, intervalKey, narrowIntervals, wideIntervals } from './intervals.js';
import { beside, type Leader, leaderOf, meet, type Space, type WidthGroup, widthGroups } from './spaces.js';

/** Charts of a group that a phone shows at once; the others open. */
const FIRST_ON_PHONES = 1;

/** The spaces of all widths in the order of rows: runs, then PCA. */
const spacesOf = (groups: readonly WidthGroup[]): Space[] => groups.flatMap(({ runs, pca }) => [...runs, pca]);

/** One figure of all spaces as a panel. */
function panel(metric: Metric, groups: readonly WidthGroup[]): IntervalChart['panels'][number] {
  const rows = groups.flatMap((group) => {
    const linear = metric.of(group.pca.figures);
    const leader = leaderOf(metric, group);
    const best = leader ? [leader.best, ...leader.tied] : [];
    return [...group.runs, group.pca].map((space) => {
      const estimate = metric.of(space.figures);
      return {
        estimate,
        isApart: estimate !== undefined && linear !== undefined && !meet(estimate, linear),
        isLeading: best.includes(space),
      };
    });
  });
  const { reference, short, unit, better, format } = metric;
  const known = reference?.(groups[0]!.runs[0]!.figures);
  return {
    ...{ title: short, unit, format },
    ...(better && { better }),
    estimates: rows.map(({ estimate }) => estimate),
    apart: rows.map(({ isApart }) => isApart),
    leading: rows.map(({ isLeading }) => isLeading),
    ...(known && { reference: known }),
  };
}

function groupFigure({ title, words, metrics }: MetricGroup, groups: readonly WidthGroup[]): Html {
  const rows = spacesOf(groups).map((space) => ({
    name: space.name,
    color: space.color,
    isYardstick: !space.run,
    ...(groups.length > 1 && { group: several(space.width, 'number') }),
  }));
  const panels = metrics.map((metric) => panel(metric, groups));
  const rest = panels.slice(FIRST_ON_PHONES);
  return html`<h3>${title}</h3><p class="lead">${words}</p><figure><div class="chart wide">${wideIntervals({ rows, panels })}</div><div class="chart narrow">${narrowIntervals({ rows, panels: panels.slice(0, FIRST_ON_PHONES) })}${
    rest.length > 0 &&
    html`<details><summary>${title}: ${listed(rest.map((one) => one.title))}</summary>${narrowIntervals({ rows, panels: rest })}</details>`
  }</div></figure>`;
}

const marks = {
  better: ['▲', 'better than PCA'],
  worse: ['▼', 'worse than PCA'],
  apart: ['≠', 'apart from PCA'],
  same: ['', ''],
} as const;

/** A sign with what it stands for. */
const markOf = (sign: string, words: string): Html =>
  html` <span title="${words}"><span aria-hidden="true">${sign}</span><span class="unseen">${words}</span></span>`;

/** What is said of the best of a width. */
function leaderCell(metric: Metric, leader: Leader | undefined): Html {
  if (!leader) return html`<td>${NONE}</td>`;
  const { best, estimate, tied } = leader;
  const [sign, words] = marks[leader.beside];
  return html`<td>${swatch(best.color)}<b>${best.name}</b> ${written(metric, estimate.value)}${sign && markOf(sign, words)} <small>${
    tied.length > 0 ? `not apart from ${listed(tied.map(({ name }) => name))}` : 'apart from all'
  }</small></td>`;
}

/** Who is best, figure by figure, where several runs have the same width. */
function best(groups: readonly WidthGroup[], all: readonly MetricGroup[]): Html | undefined {
  const contested = groups.filter(({ runs }) => runs.length > 1);
  if (contested.length === 0) return undefined;
  const metrics = all.flatMap((group) => group.metrics).filter(({ better }) => better);
  return html`<h3>Which is best</h3><p class="lead">By every figure that has a better end, the best run at its width. It is apart where its interval meets no other’s; runs that it is not apart from may be as good. ▲ better than PCA, ▼ worse: their intervals do not meet.</p>
<div class="scroll" tabindex="0" role="group" aria-label="The best run by every figure"><table class="figures best">
<thead><tr><th scope="col">figure</th>${contested.map(({ width }) => html`<th scope="col">${several(width, 'number')}</th>`)}</tr></thead>
<tbody>${metrics.map((metric) => html`<tr><th scope="row">${metric.name}</th>${contested.map((group) => leaderCell(metric, leaderOf(metric, group)))}</tr>`)}</tbody></table></div>`;
}

function valueCell(metric: Metric, space: Space, group: WidthGroup): Html {
  const estimate = metric.of(space.figures);
  const linear = metric.of(group.pca.figures);
  const leader = leaderOf(metric, group);
  const isLeading = leader !== undefined && (leader.best === space || leader.tied.includes(space));
  const [sign, words] = marks[space.run && estimate && linear ? beside(metric, estimate, linear) : 'same'];
  const text = written(metric, estimate?.value);
  return html`<td>${isLeading ? html`<b>${text}</b>` : text}${sign && markOf(sign, words)}<br><small>${interval(metric, estimate)}</small></td>`;
}

function table(groups: readonly WidthGroup[], all: readonly MetricGroup[]): Html {
  const columns = groups.flatMap((group) => [...group.runs, group.pca].map((space) => ({ space, group })));
  return html`<details><summary>Every figure in numbers</summary><p class="key"><span>below each value: its 95\u202f% interval</span><span>▲ better, ▼ worse, ≠ apart: intervals do not meet PCA’s</span></p><div class="scroll tall" tabindex="0" role="group" aria-label="Every figure in numbers"><table class="figures every">
<thead>${groups.length > 1 && html`<tr><td></td>${groups.map(({ width, runs }) => html`<th scope="colgroup" colspan="${runs.length + 1}">${several(width, 'number')}</th>`)}</tr>`}<tr><th scope="col">figure</th>${columns.map(({ space }) => html`<th scope="col"><span class="swatch${space.run ? '' : ' diamond'}" style="--swatch:var(--${space.color})"></span>${space.name}</th>`)}</tr></thead>
${all.map(
  ({ title, metrics }) =>
    html`<tbody><tr class="band"><th scope="rowgroup" colspan="${columns.length + 1}">${title}</th></tr>${metrics.map(
      (metric) =>
        html`<tr><th scope="row">${metric.name}<br><small>${metric.unit}</small></th>${columns.map(({ space, group }) => valueCell(metric, space, group))}</tr>`,
    )}</tbody>`,
)}<tbody><tr class="band"><th scope="rowgroup" colspan="${columns.length + 1}">Counts</th></tr>${counts(columns.map(({ space }) => space.figures))}</tbody></table></div></details>`;
}

/** What the figures were taken from. */
function counts(all: readonly LatentFigures[]): Html {
  const rows: readonly (readonly [name: string, of: (figures: LatentFigures) => string])[] = [
    ['examples', ({ examples }) => count(examples)],
    ['clusters found', ({ separability }) => count(separability.clusters.count)],
    ['codes clustered', ({ separability }) => count(separability.clusters.points)],
    ['codes classified', ({ separability }) => (separability.labelled ? count(separability.labelled.points) : NONE)],
    ['neighbours that vote', ({ separability }) => (separability.labelled ? count(separability.labelled.k) : NONE)],
    ['points compared for neighbourhoods', ({ preservation }) => count(preservation.points)],
    ['steps of a line', ({ discreteness }) => count(discreteness.steps)],
  ];
  return html`${rows.map(([name, of]) => html`<tr><th scope="row">${name}</th>${all.map((figures) => html`<td>${of(figures)}</td>`)}</tr>`)}`;
}

function definitions(all: readonly MetricGroup[]): Html {
  return html`<details><summary>What each figure is, and where it comes from</summary><dl class="definitions">${all.flatMap(
    ({ metrics }) =>
      metrics.map(
        ({ name, unit, better, definition, source }) =>
          html`<div><dt>${name}</dt><dd>${definition} <small>Unit: ${unit}. ${better ? `${better === 'low' ? 'Less' : 'More'} is better. ` : ''}${source}.</small></dd></div>`,
      ),
  )}</dl></details>`;
}

/** Every figure of every space, with PCA's on the same axis. */
export function figuresSection(input: LatentReportInput): Section {
  const groups = widthGroups(input);
  const all = metricGroups(spacesOf(groups).map(({ figures }) => figures));
  const examples = [...new Set(input.runs.map(({ figures }) => figures.examples))].map(count);
  return {
    id: 'figures',
    short: 'Figures',
    title: 'Every figure, with its interval',
    body: html`<p class="lead">From the codes of ${listed(examples)} examples. The lines are 95\u202f% intervals over the choice of examples; how much another training would differ is no part of them.</p>
${best(groups, all)}${intervalKey(groups.some(({ runs }) => runs.length > 1))}${all.map((group) => groupFigure(group, groups))}${table(groups, all)}${definitions(all)}`,
  };
}
