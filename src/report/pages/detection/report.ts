import { count, figure, moment, percent, roundPercent } from '../../../core/format.js';
import { type Html, html } from '../../kit/html.js';
import { renderPage } from '../../kit/page.js';
import { settingsSection } from '../training/sections/configuration.js';
import { isoDate, tile } from '../training/sections/head.js';
import { agreementSection } from './agreement.js';
import { casesSection } from './cases.js';
import { distributionSection } from './distribution.js';
import { comparedWith, type DetectionReportInput } from './input.js';
import { timelineSection } from './timeline.js';

/** A share of a score that is worth a word: one value of many pixels says little. */
const NOTABLE = 0.2;

function head(input: DetectionReportInput): Html {
  const { title, date, scores, anomalies, what, line, labelled, cases } = input;
  const total = scores.length;
  const [worst] = cases;
  const why = worst?.causes[0];
  return html`<header class="head">
<p class="eyebrow">anomaly detection <span aria-hidden="true">·</span> <time datetime="${isoDate(date)}">${moment(date)}</time></p>
<h1>${title}</h1>
<p class="verdict ${anomalies > 0 ? 'worse' : 'better'}">${count(anomalies)} of ${count(total)} ${what}s ${anomalies === 1 ? 'scores' : 'score'} above what ${roundPercent(line.quantile)} of the ${comparedWith(input)} stay below.${
    worst &&
    ` The highest score, ${figure(worst.score)}, is that of ${worst.name}${why && why.share >= NOTABLE ? `: ${percent(why.share)} of it is ${why.name}` : ''}.`
  }</p>
<dl class="tiles">
${tile('Anomalies', count(anomalies), `${percent(anomalies / total)} of ${count(total)}`)}
${tile('Threshold', figure(line.threshold), `score: ${line.score}`)}
${
  labelled &&
  html`${tile('ROC AUC', labelled.figures.rocAuc.toFixed(4), `against ${labelled.classes.join(', ')}`)}
${tile('Average precision', labelled.figures.averagePrecision.toFixed(4), `${count(labelled.figures.anomalies)} labelled`)}`
}
</dl>
</header>`;
}

/**
 * The report of anomalies as one HTML file that needs nothing else.
 *
 * @returns the whole file as text
 */
export function renderDetectionReport(input: DetectionReportInput): string {
  const { title, date, version, command, line, training, data } = input;
  const parts = [
    distributionSection(input),
    timelineSection(input),
    casesSection(input),
    agreementSection(input),
    settingsSection({
      date,
      version,
      command,
      configuration: { data, ...line, calibration: { data: training.data, examples: training.examples } },
      does: 'scores these data',
    }),
  ];
  return renderPage({
    title,
    head: head(input),
    parts: parts.filter((part) => part !== undefined),
    ...(version !== undefined && { version }),
  });
}
