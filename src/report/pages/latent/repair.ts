import type { Estimate } from '../../../analysis/statistics/estimate.js';
import { figure, percent, several } from '../../../core/format.js';
import { type Html, html } from '../../kit/html.js';
import type { Section } from '../../kit/page.js';
import type { InspectedRun, LatentReportInput, SampledFrom } from './input.js';
import { type IntervalPanel, narrowIntervals, wideIntervals } from './intervals.js';
import { interval, written } from './metrics.js';
import { meet } from './spaces.js';
import { drawnRange, sizeOf, trayFigure } from './tray.js';

type Key = keyof SampledFrom['figures'];

const measures: readonly {
  key: Key;
  name: string;
  unit: string;
  better: 'low' | 'high';
  format: (value: number) => string;
  is: string;
}[] = [
  {
    key: 'gaps',
    name: 'in gaps',
    unit: '% of samples',
    better: 'low',
    format: percent,
    is: 'Samples whose codes lie in gaps.',
  },
  {
    key: 'precision',
    name: 'precision',
    unit: '% of samples',
    better: 'high',
    format: percent,
    is: 'Samples that lie among real examples (Kynkäänniemi et al. 2019).',
  },
  {
    key: 'recall',
    name: 'recall',
    unit: '% of examples',
    better: 'high',
    format: percent,
    is: 'Real examples that lie among samples (the same).',
  },
  {
    key: 'frechet',
    name: 'Fréchet distance',
    unit: 'squared, scaled units',
    better: 'low',
    format: (value) => figure(value),
    is: 'Between gaussians fitted to samples and to real examples, in the space of the data’s principal components.',
  },
];

/** Samples of each way that are drawn. */
const mostShown = 32;
const colors = ['input', 'network', 'c3', 'c7', 'c8'];
const colorAt = (i: number): string => colors[i % colors.length]!;

/** A way to draw, as it is shown. */
interface Way {
  readonly one: SampledFrom;
  readonly role: 'before' | 'after' | 'data';
  readonly color: string;
}

/** Before, after, and real examples as the yardstick. */
function waysOf({ drawn = [], heldOut }: InspectedRun): Way[] {
  const ways = drawn.map((one, i): Way => ({ one, role: i === 0 ? 'before' : 'after', color: colorAt(i) }));
  return heldOut ? [...ways, { one: heldOut, role: 'data', color: 'floor' }] : ways;
}

/** Where the intervals of before and after do not meet, which way it went. */
function change(before: Estimate, after: Estimate, better: 'low' | 'high'): 'better' | 'same' | 'worse' {
  if (meet(before, after)) return 'same';
  return after.value < before.value === (better === 'low') ? 'better' : 'worse';
}

const changes = {
  better: ['▲', 'better than before'],
  same: ['≈', 'not apart from before'],
  worse: ['▼', 'worse than before'],
} as const;

/** Each way after the first, against the first. */
function words(drawn: readonly SampledFrom[]): Html {
  const [before, ...after] = drawn;
  return html`${after.map((one) => {
    const by = (outcome: string) =>
      measures.filter(({ key, better }) => change(before!.figures[key], one.figures[key], better) === outcome);
    const list = (found: typeof measures) =>
      found
        .map(
          ({ key, name, format }) =>
            `${name} ${format(before!.figures[key].value)} → ${format(one.figures[key].value)}`,
        )
        .join(', ');
    const [better, same, worse] = [by('better'), by('same'), by('worse')];
    return html`<p class="lead">From ${one.name} rather than ${before!.name}: ${[
      better.length > 0 && `better by ${list(better)}`,
      worse.length > 0 && `worse by ${list(worse)}`,
      same.length > 0 && `not apart by ${list(same)}`,
    ]
      .filter(Boolean)
      .join('; ')}.</p>`;
  })}`;
}

function samples(
  input: LatentReportInput,
  run: InspectedRun,
  { one, role, color }: Way,
  range: readonly [number, number],
): Html {
  const count = Math.min(mostShown, Math.floor(one.samples.length / sizeOf(input)));
  const figures = measures.map(({ key, name, format }) => `${name} ${format(one.figures[key].value)}`);
  return html`<figure><h4><span class="flag ${role}">${role}</span> ${one.name}</h4>${trayFigure(
    { input, values: one.samples, count, columns: Math.min(8, count), range, color },
    `${role === 'data' ? several(count, 'example') : `${several(count, 'sample')} of ${run.name}`} from ${one.name}: ${figures.join(', ')}`,
  )}</figure>`;
}

function numbers(ways: readonly Way[]): Html {
  const [before] = ways;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Before and after in numbers"><table class="figures best"><thead><tr><th scope="col">codes drawn from</th>${measures.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${ways.map(
    ({ one, role, color }) =>
      html`<tr><th scope="row"><span class="swatch${role === 'data' ? ' diamond' : ''}" style="--swatch:var(--${color})"></span>${one.name}<br><small>${role}${role !== 'data' && html`, model: ${one.model}`}</small></th>${measures.map(
        (measure) => {
          const estimate = one.figures[measure.key];
          const [sign, said] = changes[change(before!.one.figures[measure.key], estimate, measure.better)];
          return html`<td><b>${written(measure, estimate.value)}</b>${role === 'after' && html` <span title="${said}"><span aria-hidden="true">${sign}</span><span class="unseen">${said}</span></span>`}<br><small>${interval(measure, estimate)}</small></td>`;
        },
      )}</tr>`,
  )}</tbody></table></div>`;
}

function panels(ways: readonly Way[]): IntervalPanel[] {
  const [before] = ways;
  return measures.map(({ key, name, unit, better, format }) => ({
    ...{ title: name, unit, better, format },
    estimates: ways.map(({ one }) => one.figures[key]),
    apart: ways.map(({ one, role }) => role !== 'after' || !meet(before!.one.figures[key], one.figures[key])),
    leading: ways.map(() => false),
  }));
}

function runRepair(input: LatentReportInput, run: InspectedRun): Html {
  const ways = waysOf(run);
  const range = drawnRange(
    input,
    ways.map(({ one }) => one.samples),
  );
  const rows = ways.map(({ one, role, color }) => ({ name: one.name, color, isYardstick: role === 'data' }));
  const chart = { rows, panels: panels(ways) };
  // A phone has no room for names: what they were drawn for says which is which.
  const after = ways.filter(({ role }) => role === 'after').length;
  const brief = {
    ...chart,
    rows: rows.map((row, i) => ({
      ...row,
      name: ways[i]!.role === 'after' && after > 1 ? `after ${i}` : ways[i]!.role,
    })),
  };
  return html`${input.runs.length > 1 && html`<h3>${run.name}</h3>`}${words(run.drawn ?? [])}<div class="drawn">${ways.map((way) => samples(input, run, way, range))}</div>
<figure><div class="chart wide">${wideIntervals(chart)}</div><div class="chart narrow">${narrowIntervals(brief)}</div></figure><details><summary>In numbers</summary>${numbers(ways)}</details>`;
}

/** New examples before and after a repair, with what they are worth. */
export function repairSection(input: LatentReportInput): Section | undefined {
  const runs = input.runs.filter(({ drawn }) => drawn && drawn.length > 0);
  if (runs.length === 0) return undefined;
  return {
    id: 'repair',
    short: 'Repair',
    title: 'Repaired: before and after',
    body: html`<p class="lead">The network stays as it is; what changes is where codes are drawn from. A density fitted to the codes of the training data puts samples where codes are, and out of the gaps (Ghosh et al. 2020, ex-post density estimation). A kind trained anew stands among the runs of this page.</p>${runs.map((run) => runRepair(input, run))}<p class="key">${measures.map(({ name, is }) => html`<span><b>${name}</b>: ${is}</span>`)}<span>Hollow dots: the interval meets that of before. Diamonds: real examples in the place of samples. Smooth samples can have more precision than they.</span></p>`,
  };
}
