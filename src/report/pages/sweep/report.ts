import { count, duration, figure, several } from '../../../core/format.js';
import { exampleSize } from '../../../data/dataset.js';
import { findingWords } from '../../../tasks/finding-words.js';
import type { KindFindings } from '../../../tasks/rate-distortion.js';
import { type Head, renderPage } from '../../kit/page.js';
import { settingsSection } from '../training/sections/configuration.js';
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

function head(input: SweepReportInput): Head {
  const { cells, warnings, pca } = input;
  const values = exampleSize(input);
  const found = nearest(input);
  const kinds = kindsOf(input);
  const linear = found && pca.errors.find(({ width }) => width === found.knee.code);
  const seconds = cells.reduce((sum, { figures }) => sum + (figures?.seconds ?? 0), 0);
  const failed = cells.filter(({ status }) => status === 'failed');
  return {
    about: [`sweep of ${kinds.length === 1 ? kinds[0] : several(kinds.length, 'kind')}`],
    verdict: {
      outcome: found?.aheadOfPca ? 'better' : 'same',
      words: found
        ? `${kinds.length > 1 ? `${found.kind} comes nearest. ` : ''}${findingWords(found, cells, pca).enough}`
        : 'No training was finished, so there is nothing to compare.',
    },
    tiles: [
      found && ['Knee', count(found.knee.code), `of ${count(values)} values`],
      found && [
        'Squared error there',
        figure(found.knee.squaredError),
        `best: ${figure(found.best.squaredError)} at ${count(found.best.code)}`,
      ],
      linear && ['PCA there', figure(linear.squaredError), 'squared error'],
      found && ['Ahead of PCA', aheadOf(found), 'code widths'],
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
