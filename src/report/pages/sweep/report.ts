import { count, duration, figure, several } from '../../../core/format.js';
import { asFlags } from '../../../core/option-flags.js';
import { exampleSize } from '../../../data/dataset.js';
import { findingWords } from '../../../tasks/finding-words.js';
import type { KindFindings } from '../../../tasks/rate-distortion.js';
import { type Html, html } from '../../kit/html.js';
import { type Head, renderPage } from '../../kit/page.js';
import { known, lead, tableOf } from '../../kit/parts.js';
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
      ['rate', 'Error by width', 'How many numbers it takes', rateDistortion(input)],
      ['ends', 'Too small, too large', 'Too small, enough, too large', ends(input)],
      ['trainings', 'Trainings', 'Every training', trainings(input)],
      settingsSection({ ...input, does: 'trains what is missing of the sweep' }),
    ],
  });
}

/** Every training in numbers. */
function trainings({ cells }: SweepReportInput): Html {
  const failed = cells.filter(({ status }) => status === 'failed').length;
  return html`${lead(
    `${several(cells.length, 'training')}, each in a folder of its own name with its model, checkpoint and metrics.`,
    failed > 0 && `${several(failed, 'training')} failed.`,
  )}
${tableOf({
  label: 'Trainings',
  head: ['training', 'parameters', 'epochs', 'train loss', 'test loss', 'squared error', 'time'],
  rows: cells.map(({ name, figures, problem, status }) => {
    if (!figures) {
      return html`<tr><th scope="row">${name}</th><td colspan="6" style="text-align:left">${asFlags(problem ?? status)}</td></tr>`;
    }
    const { parameters, epochs, trainLoss, testLoss, testSquaredError, seconds } = figures;
    const errors = [trainLoss, testLoss, testSquaredError].map((value) => known(value, (error) => figure(error, 4)));
    return [name, count(parameters), count(epochs), ...errors, duration(seconds)];
  }),
})}`;
}
