import { count, duration, figure, listed, percent, several } from '../../../../core/format.js';
import { exampleSize } from '../../../../data/dataset.js';
import type { EpochRecord } from '../../../../train/events.js';
import { type Html, html } from '../../../kit/html.js';
import { type Level, lineChart } from '../../../kit/lines.js';
import type { Section } from '../../../kit/page.js';
import { folded, tableOf } from '../../../kit/parts.js';
import type { ReportInput } from '../input.js';
import { termNames } from './section.js';

/** The levels to compare a reconstruction's error with. */
export function levels(input: ReportInput): Level[] {
  const { pca, summary } = input;
  const bce = input.loss === 'bce';
  const pcaLoss = bce ? pca.testBce : pca.testSquaredError / exampleSize(input);
  const floor = bce ? summary.bceFloor : null;
  return [
    { name: 'PCA', value: pcaLoss ?? Number.NaN, color: 'pca' },
    { name: 'floor', value: floor ?? Number.NaN, color: 'floor' },
  ].filter(({ value }) => Number.isFinite(value));
}

/** The name of the last stage, where others come before it. */
const WHOLE = 'whole network';

function curves(records: readonly EpochRecord[], last: EpochRecord, rules: readonly Level[]): Html {
  return lineChart({
    label: `Loss over ${several(records.length, 'epoch')}, ending at ${figure(last.testLoss, 4)} on test data`,
    x: records.map((record) => record.epoch),
    unit: 'epoch',
    stages: records.map(({ stage }) => stage ?? WHOLE),
    lines: [
      { name: 'train', color: 'train', values: records.map((record) => record.trainLoss), strokeWidth: 1.6 },
      { name: 'test', color: 'network', values: records.map((record) => record.testLoss), strokeWidth: 2.4 },
    ],
    levels: rules,
  });
}

/** What the curves say, from their numbers. */
function words(
  records: readonly EpochRecord[],
  first: EpochRecord,
  last: EpochRecord,
  rules: readonly Level[],
  { summary, start }: ReportInput,
): Html {
  const best = records.reduce((a, b) => (b.testLoss < a.testLoss ? b : a));
  const sentences: string[] = [];
  if (records.length === 1) {
    sentences.push(`After its one epoch the loss on test data is ${figure(last.testLoss, 4)}.`);
  } else {
    const way = last.testLoss < first.testLoss ? 'fell' : 'went';
    sentences.push(
      `The loss on test data ${way} from ${figure(first.testLoss, 4)} to ${figure(last.testLoss, 4)} in ${several(records.length, 'epoch')}.`,
    );
    const tenth = records.at(-1 - Math.min(records.length - 1, Math.ceil(records.length / 10))) ?? first;
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
  const isStaged = records.some(({ stage }) => stage !== undefined);
  const epochs = tableOf({
    label: 'Table of epochs',
    head: [
      ...['epoch', ...(isStaged ? ['stage'] : []), 'train loss', 'test loss', 'squared error'],
      ...['learning rate', 'examples/s', 'time'],
    ],
    rows: records.map((record) => [
      ...([count(record.epoch), ...(isStaged ? [record.stage ?? WHOLE] : [])] as const),
      ...[figure(record.trainLoss, 5), figure(record.testLoss, 5), figure(record.testSquaredError, 4)],
      ...[String(record.learningRate), figure(record.examplesPerSecond), duration(record.seconds)],
    ]),
    isTall: true,
  });
  return folded('Every epoch in numbers', epochs);
}

/** The loss on training and test data, epoch by epoch. */
export function losses(input: ReportInput): Section {
  const section = { id: 'loss', short: 'Loss', title: 'How training went' };
  const records = input.history.filter(
    (record) => Number.isFinite(record.trainLoss) || Number.isFinite(record.testLoss),
  );
  const last = records.at(-1);
  const final = records.filter(({ stage }) => stage === last?.stage);
  const [first] = final;
  if (!first || !last) {
    return {
      ...section,
      body: html`<p class="lead">No epoch with a finite loss was recorded, so there is no curve to draw.</p>`,
    };
  }
  const rules = levels(input);
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
    }${words(final, first, last, drawn, input)}<figure>${curves(records, last, drawn)}
<figcaption>Loss per epoch on training and test data: ${isSum ? `the sum of ${listed(terms)}; the reconstruction is ${measure} per value` : `${measure} per value`}.${input.trainLossSample && html` The training ${isSum ? 'reconstruction' : 'loss'} is taken from ${input.trainLossSample.examples} of every ${input.trainLossSample.batch} examples, before the step they are used in; the test loss from every test example.`}${drawn.length > 0 && html` Dashed: ${drawn.map((rule) => (rule.color === 'pca' ? 'PCA at the same code width' : 'a perfect rebuild')).join(' and ')}.`}</figcaption></figure>${table(input.history)}`,
  };
}
