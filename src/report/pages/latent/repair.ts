import { type Standing, standing } from '../../../analysis/latent/compare.js';
import { interval, type Metric, written } from '../../../analysis/latent/metrics.js';
import { figure, percent, several } from '../../../core/format.js';
import { exampleSize } from '../../../data/dataset.js';
import { examplesFigure, type Range } from '../../kit/examples.js';
import { type Html, html } from '../../kit/html.js';
import { type IntervalPanel, intervalFigure } from '../../kit/intervals.js';
import { folded, lead, standingMark, swatch, tableOf } from '../../kit/parts.js';
import type { InspectedRun, LatentReportInput, SampledFrom } from './input.js';
import { drawnRange } from './named.js';

/** What samples are measured by. */
interface Measure extends Pick<Metric, 'name' | 'unit' | 'format' | 'definition'> {
  readonly key: keyof SampledFrom['figures'];
  readonly better: 'low' | 'high';
}

const measures: readonly Measure[] = [
  {
    ...{ key: 'gaps', name: 'in gaps', unit: '% of samples', better: 'low', format: percent },
    definition: 'Samples whose codes lie in gaps.',
  },
  {
    ...{ key: 'precision', name: 'precision', unit: '% of samples', better: 'high', format: percent },
    definition: 'Samples that lie among real examples (Kynkäänniemi et al. 2019).',
  },
  {
    ...{ key: 'recall', name: 'recall', unit: '% of examples', better: 'high', format: percent },
    definition: 'Real examples that lie among samples (the same).',
  },
  {
    ...{ key: 'frechet', name: 'Fréchet distance', unit: 'squared, scaled units', better: 'low', format: figure },
    definition:
      'Between gaussians fitted to samples and to real examples, in the space of the data’s principal components.',
  },
];

/** Samples of each way that are drawn. */
const mostShown = 32;
const colors = ['input', 'network', 'c3', 'c7', 'c8'];

/** A way to draw, as it is shown. */
interface Way extends SampledFrom {
  readonly role: 'before' | 'after' | 'data';
  readonly color: string;
}

/** Before, after, and real examples as the yardstick. */
function waysOf({ drawn = [], heldOut }: InspectedRun): Way[] {
  const ways = drawn.map((way, i): Way => {
    return { ...way, role: i === 0 ? 'before' : 'after', color: colors[i % colors.length] ?? 'input' };
  });
  return heldOut ? [...ways, { ...heldOut, role: 'data', color: 'floor' }] : ways;
}

/** How a way stands beside that before, by a measure. */
const change = ({ key, better }: Measure, before: Way, { figures }: Way) =>
  standing(figures[key], before.figures[key], better);

/** A way after the first, against the first. */
function words(before: Way, after: Way): Html {
  const list = (outcome: Standing, what: string) => {
    const said = measures
      .filter((measure) => change(measure, before, after) === outcome)
      .map(({ key, name, format }) => {
        return `${name} ${format(before.figures[key].value)} → ${format(after.figures[key].value)}`;
      });
    return said.length > 0 ? [`${what} by ${said.join(', ')}`] : [];
  };
  const all = [...list('better', 'better'), ...list('worse', 'worse'), ...list('same', 'not apart')];
  return lead(`From ${after.name} rather than ${before.name}: ${all.join('; ')}.`);
}

function samples(input: LatentReportInput, run: InspectedRun, way: Way, range: Range): Html {
  const { name, role, color, samples: values } = way;
  const count = Math.min(mostShown, Math.floor(values.length / exampleSize(input)));
  const figures = measures.map((measure) => `${measure.name} ${measure.format(way.figures[measure.key].value)}`);
  const what = role === 'data' ? several(count, 'example') : `${several(count, 'sample')} of ${run.name}`;
  const rows = { input, values, count, columns: Math.min(8, count), range, color };
  const says = `${what} from ${name}: ${figures.join(', ')}`;
  return html`<figure><h4><span class="flag ${role}">${role}</span> ${name}</h4>${examplesFigure(rows, { says })}</figure>`;
}

function numbers(ways: readonly Way[], before: Way): Html {
  return tableOf({
    ...{ label: 'Before and after in numbers', kind: 'best' },
    head: ['codes drawn from', ...measures.map(({ name }) => name)],
    rows: ways.map((way) => {
      const { name, role, color, model, figures } = way;
      const cells = measures.map((measure) => {
        const estimate = figures[measure.key];
        const mark = role === 'after' && standingMark(change(measure, before, way), 'before');
        return html`<b>${written(measure, estimate.value)}</b>${mark}<br><small>${interval(measure, estimate)}</small>`;
      });
      const heading = html`${swatch(color, role === 'data')}${name}<br><small>${role}${role !== 'data' && html`, model: ${model}`}</small>`;
      return [heading, ...cells];
    }),
  });
}

function runRepair(input: LatentReportInput, run: InspectedRun): Html {
  const ways = waysOf(run);
  const [before] = ways;
  if (!before) return html``;
  const range = drawnRange(
    input,
    ways.map((way) => way.samples),
  );
  const panels = measures.map((measure): IntervalPanel => {
    const { key, name: title, unit, better, format } = measure;
    const cells = ways.map((way) => ({
      estimate: way.figures[key],
      isApart: way.role !== 'after' || change(measure, before, way) !== 'same',
    }));
    return { title, unit, better, format, cells };
  });
  const after = ways.filter(({ role }) => role === 'after');
  const rows = ways.map(({ name, color, role }) => ({ name, color, isYardstick: role === 'data' }));
  // A phone has no room for names: what they were drawn for says which is which.
  const brief = ways.map(({ role }, i) => (role === 'after' && after.length > 1 ? `after ${i}` : role));
  return html`${input.runs.length > 1 && html`<h3>${run.name}</h3>`}${after.map((way) => words(before, way))}<div class="drawn">${ways.map((way) => samples(input, run, way, range))}</div>
${intervalFigure({ rows, panels }, { names: brief })}${folded('In numbers', numbers(ways, before))}`;
}

/** New examples before and after a repair, with what they are worth. */
export function repair(input: LatentReportInput): Html | undefined {
  const runs = input.runs.filter(({ drawn }) => drawn && drawn.length > 0);
  if (runs.length === 0) return undefined;
  return html`<p class="lead">The network stays as it is; what changes is where codes are drawn from. A density fitted to the codes of the training data puts samples where codes are, and out of the gaps (Ghosh et al. 2020, ex-post density estimation). A kind trained anew stands among the runs of this page.</p>${runs.map((run) => runRepair(input, run))}<p class="key">${measures.map(({ name, definition }) => html`<span><b>${name}</b>: ${definition}</span>`)}<span>Hollow dots: the interval meets that of before. Diamonds: real examples in the place of samples. Smooth samples can have more precision than they.</span></p>`;
}
