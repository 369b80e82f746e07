import { figure, percent } from '../../../core/format.js';
import type { DetectedCase } from '../../../tasks/detect/detection-figures.js';
import { type Html, html } from '../../kit/html.js';
import type { Section } from '../../kit/page.js';
import { pictureStrip } from '../../kit/strip.js';
import type { DetectionReportInput } from './input.js';

/** The examples as they are and as they were expected, side by side. */
function pictures({ cases, pictures: drawn }: DetectionReportInput): Html | undefined {
  if (!drawn) return undefined;
  const rows = [
    { name: 'as it is', pictures: cases.map((item) => ({ values: item.observed, alt: `${item.name}, as it is` })) },
    { name: 'expected', pictures: cases.map((item) => ({ values: item.expected, alt: `${item.name}, as expected` })) },
    ...(cases.some(({ errors }) => errors)
      ? [{ name: 'error', pictures: cases.map((item) => ({ values: item.errors, alt: `${item.name}, its error` })) }]
      : []),
    html`<tr><th scope="row">score</th>${cases.map(({ score }) => html`<td>${figure(score)}</td>`)}</tr>`,
  ];
  return html`<div class="strips">${pictureStrip({ label: 'Highest scores as pictures', ...drawn, groups: [{ rows }] })}</div>`;
}

const cause = ({ name, share, observed, expected }: DetectedCase['causes'][number]) =>
  html`<td style="white-space:nowrap"><b>${name}</b> ${percent(share)}<br><small>${figure(observed)}, expected ${figure(expected)}</small></td>`;

/** The examples that score highest, and what made them do so. */
export function casesSection(input: DetectionReportInput): Section {
  const { cases, what, labelled } = input;
  const causes = cases.reduce((most, item) => Math.max(most, item.causes.length), 0);
  const named = cases.some(({ label }) => label !== undefined);
  return {
    id: 'cases',
    short: 'Cases',
    title: 'The highest scores, and why',
    body: html`<p class="lead">The ${what}s that the model rebuilds worst, with the values that made most of the score: the share of each, what is there and what the model would have expected.${what === 'row' && ' Of rows within a window of each other only the highest is listed.'}</p>
${pictures(input)}<div class="scroll" tabindex="0" role="group" aria-label="Highest scores"><table class="figures">
<thead><tr><th scope="col">${what}</th><th scope="col">score</th>${named && html`<th scope="col">class</th>`}${Array.from({ length: causes }, (_, i) => html`<th scope="col">cause ${i + 1}</th>`)}</tr></thead>
<tbody>${cases.map(
      (item) =>
        html`<tr><th scope="row">${item.name}</th><td>${figure(item.score)}${item.anomaly ? '' : ', below the threshold'}</td>${named && html`<td>${item.label ?? ''}</td>`}${item.causes.map(cause)}</tr>`,
    )}</tbody></table></div>
${labelled && html`<p class="key">Classes that count as anomalies: ${labelled.classes.join(', ')}.</p>`}`,
  };
}
