import { count, duration, figure, several } from '../../../core/format.js';
import { asFlags } from '../../../core/option-flags.js';
import { exampleSize } from '../../../data/dataset.js';
import { findingWords } from '../../../tasks/finding-words.js';
import type { KindFindings } from '../../../tasks/rate-distortion.js';
import { html } from '../../kit/html.js';
import { type Head, renderPage, type Section } from '../../kit/page.js';
import { settingsSection } from '../../kit/settings.js';
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

function head(input: SweepReportInput): Head {
  const { cells, warnings, pca } = input;
  const values = exampleSize(input);
  const best = nearest(input);
  const kinds = kindsOf(input);
  const linear = best && pca.errors.find(({ width }) => width === best.knee.code);
  const seconds = cells.reduce((sum, { figures }) => sum + (figures?.seconds ?? 0), 0);
  const failed = cells.filter(({ status }) => status === 'failed');
  return {
    about: [`sweep of ${kinds.length === 1 ? kinds[0] : several(kinds.length, 'kind')}`],
    verdict: {
      outcome: best?.aheadOfPca ? 'better' : 'same',
      words: best
        ? `${kinds.length > 1 ? `${best.kind} comes nearest. ` : ''}${findingWords(best, cells, pca).enough}`
        : 'No training was finished, so there is nothing to compare.',
    },
    tiles: [
      best && ['Knee', count(best.knee.code), `of ${count(values)} values`],
      best && [
        'Squared error there',
        figure(best.knee.squaredError),
        `best: ${figure(best.best.squaredError)} at ${count(best.best.code)}`,
      ],
      linear && ['PCA there', figure(linear.squaredError), 'squared error'],
      best && ['Ahead of PCA', aheadOf(best), 'code widths'],
      ['Trainings', count(cells.length), `${several(kinds.length, 'kind')}, ${several(pca.errors.length, 'width')}`],
      ['Time', duration(seconds), 'of all trainings together'],
    ],
    warnings: [...failed.map(({ name, problem }) => `${name}: ${problem ?? 'failed'}`), ...warnings],
  };
}

/**
 * The report of a sweep as one HTML file that needs nothing else, as that of a run is.
 *
 * @returns the whole file as text
 */
export function renderSweepReport(input: SweepReportInput): string {
  return renderPage({
    ...input,
    head: head(input),
    sections: [
      rateDistortion(input),
      ends(input),
      cellsTable(input),
      settingsSection({ ...input, does: 'trains what is missing of the sweep' }),
    ],
  });
}

/** Every training in numbers. */
export function cellsTable({ cells }: SweepReportInput): Section {
  const failed = cells.filter(({ status }) => status === 'failed');
  return {
    id: 'trainings',
    short: 'Trainings',
    title: 'Every training',
    body: html`<p class="lead">${several(cells.length, 'training')}, each in a folder of its own name with its model, checkpoint and metrics.${
      failed.length > 0 && ` ${several(failed.length, 'training')} failed.`
    }</p>
<div class="scroll" tabindex="0" role="group" aria-label="Trainings"><table class="figures">
<thead><tr>${['training', 'parameters', 'epochs', 'train loss', 'test loss', 'squared error', 'time'].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${cells.map(({ name, figures, problem, status }) =>
      figures
        ? html`<tr><th scope="row">${name}</th><td>${count(figures.parameters)}</td><td>${count(figures.epochs)}</td><td>${figures.trainLoss === null ? '–' : figure(figures.trainLoss, 4)}</td><td>${figure(figures.testLoss, 4)}</td><td>${figure(figures.testSquaredError, 4)}</td><td>${duration(figures.seconds)}</td></tr>`
        : html`<tr><th scope="row">${name}</th><td colspan="6" style="text-align:left">${asFlags(problem ?? status)}</td></tr>`,
    )}</tbody></table></div>`,
  };
}
