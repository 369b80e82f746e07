import { count, duration, figure, moment, several } from '../../../core/format.js';
import { findingWords } from '../../../tasks/finding-words.js';
import type { KindFindings } from '../../../tasks/rate-distortion.js';
import { type Html, html } from '../../kit/html.js';
import { renderPage } from '../../kit/page.js';
import { settingsSection } from '../training/sections/configuration.js';
import { isoDate, tile } from '../training/sections/head.js';
import { cellsTable } from './cells.js';
import { ends } from './ends.js';
import type { SweepReportInput } from './input.js';
import { kindsOf, rateDistortion } from './rate.js';

/** The kind that comes nearest, at its knee. */
function nearest({ findings }: SweepReportInput) {
  return findings.toSorted((a, b) => a.best.squaredError - b.best.squaredError)[0];
}

/** The widths at which a kind is ahead of PCA. */
function aheadOf({ aheadOfPca: ahead }: KindFindings): string {
  if (!ahead) return 'never';
  return ahead.from === ahead.to ? count(ahead.from) : `${count(ahead.from)} – ${count(ahead.to)}`;
}

function head(input: SweepReportInput): Html {
  const { cells, date, title, warnings, pca } = input;
  const values = input.shape.reduce((product, side) => product * side, 1);
  const found = nearest(input);
  const kinds = kindsOf(input);
  const linear = found && pca.errors.find(({ width }) => width === found.knee.code);
  const seconds = cells.reduce((sum, { figures }) => sum + (figures?.seconds ?? 0), 0);
  const failed = cells.filter(({ status }) => status === 'failed');
  const problems = failed.map(({ name, problem }) => `${name}: ${problem ?? 'failed'}`);
  const said = [...problems, ...warnings];
  return html`<header class="head">
<p class="eyebrow">sweep of ${kinds.length === 1 ? kinds[0] : several(kinds.length, 'kind')} <span aria-hidden="true">·</span> <time datetime="${isoDate(date)}">${moment(date)}</time></p>
<h1>${title}</h1>
<p class="verdict ${found?.aheadOfPca ? 'better' : 'same'}">${
    found
      ? `${kinds.length > 1 ? `${found.kind} comes nearest. ` : ''}${findingWords(found, cells, pca).enough}`
      : 'No training was finished, so there is nothing to compare.'
  }</p>
<dl class="tiles">
${
  found && [
    tile('Knee', count(found.knee.code), `of ${count(values)} values`),
    tile(
      'Squared error there',
      figure(found.knee.squaredError),
      `best: ${figure(found.best.squaredError)} at ${count(found.best.code)}`,
    ),
    linear && tile('PCA there', figure(linear.squaredError), 'squared error'),
    tile('Ahead of PCA', aheadOf(found), 'code widths'),
  ]
}
${tile('Trainings', count(cells.length), `${several(kinds.length, 'kind')}, ${several(pca.errors.length, 'width')}`)}
${tile('Time', duration(seconds), 'of all trainings together')}
</dl>
${said.length > 0 && html`<aside class="warnings" aria-label="Warnings"><ul>${said.map((text) => html`<li>${text}</li>`)}</ul></aside>`}
</header>`;
}

/**
 * The report of a sweep as one HTML file that needs nothing else, as that of a run is.
 *
 * @returns the whole file as text
 */
export function renderSweepReport(input: SweepReportInput): string {
  const shown = ends(input);
  return renderPage({
    title: input.title,
    head: head(input),
    parts: [
      rateDistortion(input),
      ...(shown ? [shown] : []),
      cellsTable(input),
      settingsSection({ ...input, does: 'trains what is missing of the sweep' }),
    ],
    ...(input.version !== undefined && { version: input.version }),
  });
}
