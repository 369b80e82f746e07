import { count, duration, figure, listed, percent, several } from '../../../../core/format.js';
import type { EpochRecord } from '../../../../train/events.js';
import { inBothWidths } from '../../../kit/chart.js';
import { type Html, html } from '../../../kit/html.js';
import { type Level, lineChart } from '../../../kit/lines.js';
import type { Section } from '../../../kit/page.js';
import type { ReportInput } from '../input.js';
import { exampleValues, termNames } from './section.js';

/** The levels to compare a reconstruction's error with. */
export function levels(input: ReportInput): Level[] {
  const { pca, summary } = input;
  const bce = input.loss === 'bce';
  const pcaLoss = bce ? pca.testBce : pca.testSquaredError / exampleValues(input);
  const all: (Level | undefined)[] = [
    pcaLoss === null ? undefined : { name: 'PCA', value: pcaLoss, color: 'pca' },
    bce && summary.bceFloor !== null ? { name: 'floor', value: summary.bceFloor, color: 'floor' } : undefined,
  ];
  return all.filter((level) => level !== undefined && Number.isFinite(level.value)) as Level[];
}

/** The name of the last stage, where others come before it. */
const WHOLE = 'whole network';

function chart(input: ReportInput, records: readonly EpochRecord[], rules: readonly Level[], width: number): Html {
  const final = records.at(-1)!;
  return lineChart(
    {
      label: `Loss over ${several(records.length, 'epoch')}, ending at ${figure(final.testLoss, 4)} on test data`,
      x: records.map((record) => record.epoch),
      unit: 'epoch',
      stages: records.map(({ stage }) => stage ?? WHOLE),
      lines: [
        { name: 'train', color: 'train', values: records.map((record) => record.trainLoss), strokeWidth: 1.6 },
        { name: 'test', color: 'network', values: records.map((record) => record.testLoss), strokeWidth: 2.4 },
      ],
      levels: termNames(input).length > 1 ? [] : rules,
    },
    width,
  );
}

/** What the curves say, from their numbers. */
function words(records: readonly EpochRecord[], rules: readonly Level[], { summary, start }: ReportInput): Html {
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
    if (summary.keptEpoch === 0 && start) {
      sentences.push(
        `No epoch improved on the start, which is PCA, with its ${figure(start.testLoss, 4)}: the weights of the start are kept.`,
      );
    } else if (best.epoch !== last.epoch && last.testLoss - best.testLoss > 0.005 * Math.abs(best.testLoss)) {
      sentences.push(
        `It was lowest after epoch ${count(best.epoch)}, at ${figure(best.testLoss, 4)}${best.epoch === summary.keptEpoch ? ', whose weights are kept' : ''}; what came later did not help the test data.`,
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
  const staged = records.some(({ stage }) => stage !== undefined);
  return html`<details><summary>Every epoch in numbers</summary><div class="scroll tall" tabindex="0" role="group" aria-label="Table of epochs"><table class="figures">
<thead><tr><th scope="col">epoch</th>${staged && html`<th scope="col">stage</th>`}<th scope="col">train loss</th><th scope="col">test loss</th><th scope="col">squared error</th><th scope="col">learning rate</th><th scope="col">examples/s</th><th scope="col">time</th></tr></thead>
<tbody>${records.map(
    (r) =>
      html`<tr><th scope="row">${count(r.epoch)}</th>${staged && html`<td>${r.stage ?? WHOLE}</td>`}<td>${figure(r.trainLoss, 5)}</td><td>${figure(r.testLoss, 5)}</td><td>${figure(r.testSquaredError, 4)}</td><td>${String(r.learningRate)}</td><td>${figure(r.examplesPerSecond)}</td><td>${duration(r.seconds)}</td></tr>`,
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
  const last = records.at(-1)!.stage;
  const final = records.filter(({ stage }) => stage === last);
  const stages = new Set(records.map(({ stage }) => stage)).size;
  const terms = termNames(input);
  const isSum = terms.length > 1;
  const drawn = isSum ? [] : rules;
  const measure = input.loss === 'bce' ? 'binary cross-entropy in nats' : 'mean squared error';
  return {
    ...section,
    body: html`${
      stages > 1 &&
      html`<p class="lead">The layers were trained one by one before the whole network; each stage minimises a loss of its own, so values on the two sides of a rule do not compare. What follows is about the last stage.</p>`
    }${words(final, drawn, input)}<figure>${inBothWidths((width) => chart(input, records, rules, width))}
<figcaption>Loss per epoch on training and test data: ${isSum ? `the sum of ${listed(terms)}; the reconstruction is ${measure} per value` : `${measure} per value`}.${input.trainLossSample && html` The training ${isSum ? 'reconstruction' : 'loss'} is taken from ${input.trainLossSample.examples} of every ${input.trainLossSample.batch} examples, before the step they are used in; the test loss from every test example.`}${drawn.length > 0 && html` Dashed: ${drawn.map((rule) => (rule.color === 'pca' ? 'PCA at the same code width' : 'a perfect rebuild')).join(' and ')}.`}</figcaption></figure>${table(input.history)}`,
  };
}
