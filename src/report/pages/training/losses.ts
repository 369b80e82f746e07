import { itemAt } from '../../../core/collections.js';
import { count, duration, figure, listed, percent, roundPercent, several } from '../../../core/format.js';
import { exampleSize } from '../../../data/dataset.js';
import type { EpochRecord } from '../../../train/events.js';
import { wholeTicks } from '../../kit/chart.js';
import { type Html, html } from '../../kit/html.js';
import { type Level, type LineChart, lineChart } from '../../kit/lines.js';
import { colorKey, folded, lead, tableOf } from '../../kit/parts.js';
import type { ReportInput } from './input.js';

/** The terms that the loss of the whole network is the sum of; what an opponent minimises is none of them. */
function termNames({ history, opponents = [] }: ReportInput): string[] {
  return Object.keys(history.at(-1)?.terms ?? {}).filter((name) => !opponents.includes(name));
}

/** The levels to compare a reconstruction's error with. */
function levels(input: ReportInput): Level[] {
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

/** Curves over epochs. */
const epochChart = (records: readonly EpochRecord[], chart: Omit<LineChart, 'x' | 'unit'>): Html =>
  lineChart({ x: records.map(({ epoch }) => epoch), unit: 'epoch', named: false, ...chart });

/** How the loss came to its end: whether later epochs helped, and whether more would. */
function courseWords(records: readonly EpochRecord[], { summary, start }: ReportInput): string | false {
  const best = records.reduce((a, b) => (b.testLoss < a.testLoss ? b : a));
  const [first, last] = [itemAt(records, 0), itemAt(records, -1)];
  const tenth = records.at(-1 - Math.min(records.length - 1, Math.ceil(records.length / 10))) ?? first;
  const late = (tenth.testLoss - last.testLoss) / Math.abs(tenth.testLoss);
  if (records.length === 1) return false;
  if (summary.keptEpoch === 0 && start) {
    return `No epoch improved on the start, which is PCA, with its ${figure(start.testLoss, 4)}: the weights of the start are kept.`;
  }
  if (best.epoch !== last.epoch && last.testLoss - best.testLoss > 0.005 * Math.abs(best.testLoss)) {
    return `It was lowest after epoch ${count(best.epoch)}, at ${figure(best.testLoss, 4)}${best.epoch === summary.keptEpoch ? ', whose weights are kept' : ''}; what came later did not help the test data.`;
  }
  if (records.length < 5) return false;
  return late > 0.005
    ? `The last tenth of the epochs still took ${percent(late)} off: longer training may help.`
    : `The last tenth of the epochs changed it by ${percent(Math.abs(late))}: training has settled.`;
}

/** What the curves say, from their numbers. */
function words(records: readonly EpochRecord[], rules: readonly Level[], input: ReportInput): Html {
  const [first, last] = [itemAt(records, 0), itemAt(records, -1)];
  const floor = rules.find((rule) => rule.color === 'floor');
  const gap = (last.testLoss - last.trainLoss) / Math.abs(last.trainLoss);
  return lead(
    records.length === 1
      ? `After its one epoch the loss on test data is ${figure(last.testLoss, 4)}.`
      : `The loss on test data ${last.testLoss < first.testLoss ? 'fell' : 'went'} from ${figure(first.testLoss, 4)} to ${figure(last.testLoss, 4)} in ${several(records.length, 'epoch')}.`,
    courseWords(records, input),
    floor &&
      `Even a perfect rebuild would not bring this loss to 0 but to ${figure(floor.value, 4)}, the floor, because bce stays above 0 for every value that is neither 0 nor 1: what counts is the distance to it.`,
    Number.isFinite(gap) &&
      `The test loss ends ${percent(Math.abs(gap))} ${gap >= 0 ? 'above' : 'below'} the training loss${gap > 0.1 ? ': the network knows its training data noticeably better' : ''}.`,
  );
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
export function losses(input: ReportInput): Html {
  const records = input.history.filter(
    (record) => Number.isFinite(record.trainLoss) || Number.isFinite(record.testLoss),
  );
  const last = records.at(-1);
  if (!last) return lead('No epoch with a finite loss was recorded, so there is no curve to draw.');
  const stages = new Set(records.map(({ stage }) => stage)).size;
  const terms = termNames(input);
  const isSum = terms.length > 1;
  const rules = isSum ? [] : levels(input);
  const measure = `${input.loss === 'bce' ? 'binary cross-entropy in nats' : 'mean squared error'} per value`;
  const sample = input.trainLossSample;
  const chart = epochChart(records, {
    label: `Loss over ${several(records.length, 'epoch')}, ending at ${figure(last.testLoss, 4)} on test data`,
    stages: records.map(({ stage }) => stage ?? WHOLE),
    lines: [
      { name: 'train', color: 'train', values: records.map((record) => record.trainLoss), strokeWidth: 1.6 },
      { name: 'test', color: 'network', values: records.map((record) => record.testLoss), strokeWidth: 2.4 },
    ],
    ...{ levels: rules, named: true },
  });
  const final = records.filter(({ stage }) => stage === last.stage);
  return html`${
    stages > 1 &&
    lead(
      'The layers were trained one by one before the whole network; each stage minimises a loss of its own, so values on the two sides of a rule do not compare. What follows is about the last stage.',
    )
  }${words(final, rules, input)}<figure>${chart}
<figcaption>Loss per epoch on training and test data: ${isSum ? `the sum of ${listed(terms)}; the reconstruction is ${measure}` : measure}.${sample && ` The training ${isSum ? 'reconstruction' : 'loss'} is taken from ${sample.examples} of every ${sample.batch} examples, before the step they are used in; the test loss from every test example.`}${rules.length > 0 && ` Dashed: ${rules.map((rule) => (rule.color === 'pca' ? 'PCA at the same code width' : 'a perfect rebuild')).join(' and ')}.`}</figcaption></figure>${table(input.history)}`;
}

const colors = ['network', 'c6', 'c2', 'c8', 'c3', 'c9', 'c7'];

/** The epochs of the training of the whole network. */
function lastStage({ history }: ReportInput): EpochRecord[] {
  const stage = history.at(-1)?.stage;
  return history.filter((record) => record.stage === stage);
}

/** Each term of the loss over the epochs: what it is worth and how much of the gradient it makes. */
export function terms(input: ReportInput): Html | undefined {
  const records = lastStage(input);
  const last = Object.entries(records.at(-1)?.terms ?? {});
  if (last.length < 2) return undefined;
  const { opponents = [] } = input;
  const key = last.map(([name], i) => ({ name, color: itemAt(colors, i % colors.length) }));
  const rules = levels(input);
  const lines = (figure: 'test' | 'share') =>
    key.map((line) => ({ ...line, values: records.map(({ terms }) => terms[line.name]?.[figure] ?? Number.NaN) }));
  const epochs = several(records.length, 'epoch');
  const values = epochChart(records, {
    label: `Terms of the loss over ${epochs}`,
    ...{ lines: lines('test'), levels: rules },
  });
  const shares = epochChart(records, {
    label: `Share of the gradient of each term over ${epochs}`,
    ...{ lines: lines('share'), format: percent },
    y: { domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1], text: roundPercent },
  });
  const said = last.map(([name, { test, share }]) => `${name} ${figure(test)}, ${percent(share)} of the gradient`);
  return html`${lead(
    `The loss is a sum, each term times its weight. At the end: ${said.join('; ')}. A term that makes next to none of the gradient has no effect; one that makes nearly all of it leaves the others none.`,
    opponents.length > 0 && `What the ${opponents.join(' and ')} minimises is an opponent’s and no part of the sum.`,
  )}
<figure><h3>Value</h3>${colorKey([...key, ...rules])}${values}<figcaption>On test data, weighted as in the loss.${rules.length > 0 && ' Dashed: what the reconstruction is to be compared with.'}</figcaption></figure>
<figure><h3>Share of the gradient</h3>${colorKey(key)}${shares}<figcaption>The norm of each term’s gradient over all trained parameters, as a part of the sum of these norms, at the end of each epoch.</figcaption></figure>`;
}

/** Dead hidden units and inactive code values over the epochs, where there are any. */
export function idle(input: ReportInput): Html | undefined {
  const records = lastStage(input);
  const last = records.at(-1);
  const most = Math.max(0, ...records.flatMap(({ activity: a }) => [a.deadUnits, a.inactiveCode]));
  if (!last || most === 0) return undefined;
  const { deadUnits, hiddenUnits, inactiveCode } = last.activity;
  const lines = [
    { name: 'inactive code values', color: 'network', values: records.map(({ activity }) => activity.inactiveCode) },
    { name: 'dead hidden units', color: 'pca', values: records.map(({ activity }) => activity.deadUnits) },
  ].slice(0, hiddenUnits > 0 ? 2 : 1);
  const isAre = (number: number) => (number === 1 ? 'is' : 'are');
  return html`${lead(
    `At the end ${count(inactiveCode)} of ${several(input.pca.width, 'code value')} ${isAre(inactiveCode)} inactive: over the test examples their variance stays below a hundredth of ${input.distribution ? 'the prior’s' : 'the largest'}.`,
    hiddenUnits > 0 &&
      `${count(deadUnits)} of ${several(hiddenUnits, 'hidden unit')} ${isAre(deadUnits)} dead: they give the same for every example.`,
  )}
<figure>${colorKey(lines)}${epochChart(records, {
    label: `Inactive code values and dead hidden units over ${several(records.length, 'epoch')}`,
    ...{ lines, format: count },
    y: { domain: [0, Math.max(most * 1.05, 4)], ticks: wholeTicks(0, Math.max(most, 4), 5), text: count },
  })}</figure>`;
}
