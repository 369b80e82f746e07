import { count, figure, percent, roundPercent, several } from '../../../../core/format.js';
import type { EpochRecord, TermRecord } from '../../../../train/events.js';
import { wholeTicks } from '../../../kit/chart.js';
import { type Html, html } from '../../../kit/html.js';
import { lineChart } from '../../../kit/lines.js';
import type { Section } from '../../../kit/page.js';
import { colorKey } from '../../../kit/parts.js';
import type { ReportInput } from '../input.js';
import { levels } from './losses.js';

const colors = ['network', 'c6', 'c2', 'c8', 'c3', 'c9', 'c7'];

function colorOf(i: number): string {
  return colors[i % colors.length]!;
}

/** The epochs of the training of the whole network. */
function lastStage({ history }: ReportInput): EpochRecord[] {
  const stage = history.at(-1)?.stage;
  return history.filter((record) => record.stage === stage);
}

function curves(
  records: readonly EpochRecord[],
  names: readonly string[],
  value: (term: TermRecord) => number,
  options: { label: string; levels?: ReturnType<typeof levels>; shares?: boolean },
): Html {
  const { label, levels: rules = [], shares = false } = options;
  return lineChart({
    label,
    x: records.map(({ epoch }) => epoch),
    unit: 'epoch',
    named: false,
    lines: names.map((name, i) => ({
      name,
      color: colorOf(i),
      values: records.map(({ terms }) => (terms[name] ? value(terms[name]) : Number.NaN)),
    })),
    levels: rules,
    ...(shares && {
      y: { domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1], tickText: roundPercent },
      format: percent,
    }),
  });
}

/** Each term of the loss over the epochs: what it is worth and how much of the gradient it makes. */
export function terms(input: ReportInput): Section | undefined {
  const records = lastStage(input);
  const last = records.at(-1);
  if (!last) return undefined;
  const names = Object.keys(last.terms);
  if (names.length < 2) return undefined;
  const opponents = input.opponents ?? [];
  const key = names.map((name, i) => ({ name, color: colorOf(i) }));
  const rules = levels(input);
  const said = names.map((name) => {
    const { test, share } = last.terms[name]!;
    return `${name} ${figure(test)}, ${percent(share)} of the gradient`;
  });
  return {
    id: 'terms',
    short: 'Terms',
    title: 'What the loss is made of',
    body: html`<p class="lead">The loss is a sum, each term times its weight. At the end: ${said.join('; ')}. A term that makes next to none of the gradient has no effect; one that makes nearly all of it leaves the others none.${
      opponents.length > 0 && ` What the ${opponents.join(' and ')} minimises is an opponent’s and no part of the sum.`
    }</p>
<figure><h3>Value</h3>${colorKey([...key, ...rules])}${curves(records, names, ({ test }) => test, {
      label: `Terms of the loss over ${several(records.length, 'epoch')}`,
      levels: rules,
    })}<figcaption>On test data, weighted as in the loss.${rules.length > 0 && ' Dashed: what the reconstruction is to be compared with.'}</figcaption></figure>
<figure><h3>Share of the gradient</h3>${colorKey(key)}${curves(records, names, ({ share }) => share, {
      label: `Share of the gradient of each term over ${several(records.length, 'epoch')}`,
      shares: true,
    })}<figcaption>The norm of each term’s gradient over all trained parameters, as a part of the sum of these norms, at the end of each epoch.</figcaption></figure>`,
  };
}

/** Dead hidden units and inactive code values over the epochs, where there are any. */
export function idle(input: ReportInput): Section | undefined {
  const records = lastStage(input);
  const last = records.at(-1);
  const most = Math.max(0, ...records.flatMap(({ activity: a }) => [a.deadUnits, a.inactiveCode]));
  if (!last || most === 0) return undefined;
  const { deadUnits, hiddenUnits, inactiveCode } = last.activity;
  const lines = [
    { name: 'inactive code values', color: 'network', values: records.map(({ activity }) => activity.inactiveCode) },
    ...(hiddenUnits > 0
      ? [{ name: 'dead hidden units', color: 'pca', values: records.map(({ activity }) => activity.deadUnits) }]
      : []),
  ];
  return {
    id: 'idle',
    short: 'Idle units',
    title: 'Units that do nothing',
    body: html`<p class="lead">At the end ${count(inactiveCode)} of ${several(input.pca.width, 'code value')} ${inactiveCode === 1 ? 'is' : 'are'} inactive: over the test examples their variance stays below a hundredth of ${input.distribution ? 'the prior’s' : 'the largest'}.${
      hiddenUnits > 0 &&
      ` ${count(deadUnits)} of ${several(hiddenUnits, 'hidden unit')} ${deadUnits === 1 ? 'is' : 'are'} dead: they give the same for every example.`
    }</p>
<figure>${colorKey(lines)}${lineChart({
      label: `Inactive code values and dead hidden units over ${several(records.length, 'epoch')}`,
      x: records.map(({ epoch }) => epoch),
      unit: 'epoch',
      named: false,
      lines,
      y: { domain: [0, Math.max(most * 1.05, 4)], ticks: wholeTicks(0, Math.max(most, 4), 5), tickText: count },
      format: (value) => count(value),
    })}</figure>`,
  };
}
