import * as Plot from '@observablehq/plot';
import type { EpochRecord } from '../../train/events.js';
import { addMarkup, draw, finish, inBothWidths, logTicks, round, type Stop, spread, thin } from '../chart.js';
import { count, duration, figure, percent, several } from '../format.js';
import { type Html, html } from '../html.js';
import type { ReportInput } from '../input.js';
import { exampleValues, type Section } from './section.js';

/** A level worth comparing the curves with. */
interface Level {
  readonly name: string;
  readonly value: number;
  readonly color: 'pca' | 'floor';
}

function levels(input: ReportInput): Level[] {
  const { pca, summary } = input;
  const bce = input.loss === 'bce';
  const pcaLoss = bce ? pca.testBce : pca.testSquaredError / exampleValues(input);
  const all: (Level | undefined)[] = [
    pcaLoss === null ? undefined : { name: 'PCA', value: pcaLoss, color: 'pca' },
    bce && summary.bceFloor !== null ? { name: 'floor', value: summary.bceFloor, color: 'floor' } : undefined,
  ];
  return all.filter((level) => level !== undefined && Number.isFinite(level.value)) as Level[];
}

function chart(records: readonly EpochRecord[], rules: readonly Level[], width: number): Html {
  const wide = width > 500;
  const [height, left, right, top, bottom] = wide ? [400, 56, 112, 20, 44] : [300, 46, 92, 20, 40];
  const losses = records.flatMap((record) => [record.trainLoss, record.testLoss]).filter(Number.isFinite);
  const values = [...losses, ...rules.map((rule) => rule.value)];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  // A logarithmic axis where the first epochs would otherwise squeeze the rest into the bottom.
  const log = least > 0 && most / least > 2;
  const [into, outOf] = log ? [Math.log, Math.exp] : [(v: number) => v, (v: number) => v];
  const span = into(most) - into(least) || Math.abs(into(least)) * 0.1 || 1;
  const domain = [outOf(into(least) - span * 0.09), outOf(into(most) + span * 0.05)] as const;
  const toPixels = (value: number) =>
    height - bottom - ((into(value) - into(domain[0])) / (into(domain[1]) - into(domain[0]))) * (height - bottom - top);
  const first = records[0]!.epoch;
  const last = records.at(-1)!.epoch;
  const points = records.length <= 40;

  const series = (key: 'trainLoss' | 'testLoss', color: string, strokeWidth: number) => [
    Plot.lineY(records, { x: 'epoch', y: key, stroke: `var(--${color})`, strokeWidth, curve: 'linear' }),
    ...(points ? [Plot.dot(records, { x: 'epoch', y: key, r: wide ? 2.6 : 2, fill: `var(--${color})` })] : []),
  ];
  const drawing = draw({
    width,
    height,
    marginLeft: left,
    marginRight: right,
    marginTop: top,
    marginBottom: bottom,
    x: { domain: first === last ? [first - 1, last + 1] : [first, last] },
    y: { type: log ? 'log' : 'linear', domain: [...domain] },
    marks: [
      Plot.gridY(log ? logTicks(...domain, toPixels, 34) : undefined, {
        ticks: 6,
        stroke: 'var(--line)',
        strokeOpacity: 1,
      }),
      Plot.axisY(log ? logTicks(...domain, toPixels, 34) : undefined, {
        ticks: 6,
        tickSize: 0,
        label: null,
        ...(log && { tickFormat: (value: number) => String(value) }),
      }),
      Plot.axisX(epochTicks(first, last, wide ? 10 : 5), {
        tickSize: 4,
        tickFormat: (epoch: number) => count(epoch),
        label: 'epoch',
        labelArrow: 'none',
        labelAnchor: 'center',
      }),
      Plot.ruleY(rules, { y: 'value', stroke: (rule: Level) => `var(--${rule.color})`, strokeDasharray: '5 4' }),
      ...series('trainLoss', 'train', 1.6),
      ...series('testLoss', 'network', 2.4),
    ],
  });

  // Names at the ends of the lines, moved apart where the lines end together.
  const final = records.at(-1)!;
  const ends = [
    { name: 'train', value: final.trainLoss, color: 'train' },
    { name: 'test', value: final.testLoss, color: 'network' },
    ...rules,
  ].filter((end) => Number.isFinite(end.value));
  const heights = spread(
    ends.map((end) => drawing.y(end.value)),
    17,
  );
  addMarkup(
    drawing,
    html`<g class="names">${ends.map(
      (end, i) =>
        html`<text x="${width - right + 10}" y="${round(heights[i]!)}" dy="0.35em" text-anchor="start" style="fill:var(--${end.color})">${end.name} <tspan class="number">${figure(end.value, wide ? 4 : 3)}</tspan></text>`,
    )}</g>`,
  );
  const stops = thin(records, 500).map((record): Stop => {
    const lines = `epoch ${count(record.epoch)}\ntest ${figure(record.testLoss, 4)}\ntrain ${figure(record.trainLoss, 4)}`;
    return [drawing.x(record.epoch), lines];
  });
  return finish(
    drawing,
    `Loss over ${several(records.length, 'epoch')}, ending at ${figure(final.testLoss, 4)} on test data`,
    stops,
  );
}

function epochTicks(first: number, last: number, most: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((s) => (last - first) / s <= most) ?? 10_000;
  const ticks: number[] = [];
  for (let tick = Math.ceil(first / step) * step; tick <= last; tick += step) ticks.push(tick);
  return ticks.length > 0 ? ticks : [first];
}

/** What the curves say, from their numbers. */
function words(records: readonly EpochRecord[], rules: readonly Level[]): Html {
  const first = records[0]!;
  const last = records.at(-1)!;
  const best = records.reduce((a, b) => (b.testLoss < a.testLoss ? b : a));
  const sentences: string[] = [];
  if (records.length === 1) {
    sentences.push(`After its one epoch the loss on test data is ${figure(last.testLoss, 4)}.`);
  } else {
    const way = last.testLoss < first.testLoss ? 'fell' : 'went';
    sentences.push(
      `The loss on test data ${way} from ${figure(first.testLoss, 4)} to ${figure(last.testLoss, 4)} in ${several(records.length, 'epoch')}.`,
    );
    const tenth = records[Math.max(0, records.length - 1 - Math.ceil(records.length / 10))]!;
    const late = (tenth.testLoss - last.testLoss) / Math.abs(tenth.testLoss);
    if (best.epoch !== last.epoch && last.testLoss - best.testLoss > 0.005 * Math.abs(best.testLoss)) {
      sentences.push(
        `It was lowest after epoch ${count(best.epoch)}, at ${figure(best.testLoss, 4)}; what came later did not help the test data.`,
      );
    } else if (records.length >= 5 && late > 0.005) {
      sentences.push(`The last tenth of the epochs still took ${percent(late)} off: longer training may help.`);
    } else if (records.length >= 5) {
      sentences.push(`The last tenth of the epochs changed it by ${percent(Math.abs(late))}: training has settled.`);
    }
  }
  const floor = rules.find((rule) => rule.color === 'floor');
  if (floor) {
    sentences.push(
      `Even a perfect rebuild would not bring this loss to 0 but to ${figure(floor.value, 4)}, the floor, because bce stays above 0 for every value that is neither 0 nor 1: what counts is the distance to it.`,
    );
  }
  const gap = (last.testLoss - last.trainLoss) / Math.abs(last.trainLoss);
  if (Number.isFinite(gap)) {
    sentences.push(
      `The test loss ends ${percent(Math.abs(gap))} ${gap >= 0 ? 'above' : 'below'} the training loss${gap > 0.1 ? ': the network knows its training data noticeably better' : ''}.`,
    );
  }
  return html`<p class="lead">${sentences.join(' ')}</p>`;
}

function table(records: readonly EpochRecord[]): Html {
  return html`<details><summary>Every epoch in numbers</summary><div class="scroll tall" tabindex="0" role="group" aria-label="Table of epochs"><table class="figures">
<thead><tr><th scope="col">epoch</th><th scope="col">train loss</th><th scope="col">test loss</th><th scope="col">squared error</th><th scope="col">learning rate</th><th scope="col">examples/s</th><th scope="col">time</th></tr></thead>
<tbody>${records.map(
    (r) =>
      html`<tr><th scope="row">${count(r.epoch)}</th><td>${figure(r.trainLoss, 5)}</td><td>${figure(r.testLoss, 5)}</td><td>${figure(r.testSquaredError, 4)}</td><td>${String(r.learningRate)}</td><td>${figure(r.examplesPerSecond)}</td><td>${duration(r.seconds)}</td></tr>`,
  )}</tbody></table></div></details>`;
}

/** The loss on training and test data, epoch by epoch. */
export function losses(input: ReportInput): Section {
  const section = { id: 'loss', short: 'Loss', title: 'How training went' };
  const records = input.history.filter(
    (record) => Number.isFinite(record.trainLoss) || Number.isFinite(record.testLoss),
  );
  if (records.length === 0) {
    return {
      ...section,
      body: html`<p class="lead">No epoch with a finite loss was recorded, so there is no curve to draw.</p>`,
    };
  }
  const rules = levels(input);
  return {
    ...section,
    body: html`${words(records, rules)}<figure>${inBothWidths((width) => chart(records, rules, width))}
<figcaption>Loss per epoch on training and test data${input.loss === 'bce' ? ', binary cross-entropy in nats' : ', mean squared error'} per value.${input.trainLossSample && html` The training loss is taken from ${input.trainLossSample.examples} of every ${input.trainLossSample.batch} examples, before the step they are used in; the test loss from every test example.`}${rules.length > 0 && html` Dashed: ${rules.map((rule) => (rule.color === 'pca' ? 'PCA at the same code width' : 'a perfect rebuild')).join(' and ')}.`}</figcaption></figure>${table(input.history)}`,
  };
}
