import { figure, percent } from '../../../core/format.js';
import type { DetectedCase } from '../../../tasks/detect/detection-figures.js';
import { type Html, html } from '../../kit/html.js';
import { lead, tableOf } from '../../kit/parts.js';
import { pictureStrip } from '../../kit/strip.js';
import type { DetectionReportInput } from './input.js';

/** The examples as they are and as they were expected, side by side. */
function pictures({ cases, pictures: drawn }: DetectionReportInput): Html | undefined {
  if (!drawn) return undefined;
  const rows = [
    { name: 'as it is', alt: ', as it is', pictures: cases.map(({ observed }) => observed) },
    { name: 'expected', alt: ', as expected', pictures: cases.map(({ expected }) => expected) },
    ...(cases.some(({ errors }) => errors)
      ? [{ name: 'error', alt: ', its error', pictures: cases.map(({ errors }) => errors) }]
      : []),
    html`<tr><th scope="row">score</th>${cases.map(({ score }) => html`<td>${figure(score)}</td>`)}</tr>`,
  ];
  const examples = cases.map(({ name }) => name);
  return html`<div class="strips">${pictureStrip({ label: 'Highest scores as pictures', ...drawn, examples, groups: [{ rows }] })}</div>`;
}

const cause = ({ name, share, observed, expected }: DetectedCase['causes'][number]): Html =>
  html`<span style="white-space:nowrap"><b>${name}</b> ${percent(share)}<br><small>${figure(observed)}, expected ${figure(expected)}</small></span>`;

/** The examples that score highest, and what made them do so. */
export function cases(input: DetectionReportInput): Html {
  const { cases: all, what, labelled } = input;
  const causes = all.reduce((most, item) => Math.max(most, item.causes.length), 0);
  const isNamed = all.some(({ label }) => label !== undefined);
  return html`${lead(
    `The ${what}s that the model rebuilds worst, with the values that made most of the score: the share of each, what is there and what the model would have expected.`,
    what === 'row' && 'Of rows within a window of each other only the highest is listed.',
  )}
${pictures(input)}${tableOf({
  label: 'Highest scores',
  head: [what, 'score', ...(isNamed ? ['class'] : []), ...Array.from({ length: causes }, (_, i) => `cause ${i + 1}`)],
  rows: all.map(({ name, score, anomaly, label, causes: made }) => [
    ...([name, `${figure(score)}${anomaly ? '' : ', below the threshold'}`] as const),
    ...[...(isNamed ? [label] : []), ...made.map(cause)],
  ]),
})}
${labelled && html`<p class="key">Classes that count as anomalies: ${labelled.classes.join(', ')}.</p>`}`;
}
