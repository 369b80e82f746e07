import { jobMetrics } from '../../../analysis/metrics.js';
import { count, figure, percent, roundPercent } from '../../../core/format.js';
import { type Head, renderPage } from '../../kit/page.js';
import { settingsSection } from '../../kit/settings.js';
import { agreement } from './agreement.js';
import { cases } from './cases.js';
import { groups } from './groups.js';
import { comparedWith, type DetectionReportInput } from './input.js';
import { distribution, timelineOf } from './scores.js';

const { rocAuc, averagePrecision } = jobMetrics;

/** A share of a score that is worth a word: one value of many pixels says little. */
const NOTABLE = 0.2;

function head(input: DetectionReportInput): Head {
  const { scores, anomalies, what, line, labelled } = input;
  const total = count(scores.length);
  const [worst] = input.cases;
  const why = worst?.causes[0];
  const reason = why && why.share >= NOTABLE ? `: ${percent(why.share)} of it is ${why.name}` : '';
  return {
    about: ['anomaly detection'],
    verdict: {
      outcome: anomalies > 0 ? 'worse' : 'better',
      words: `${count(anomalies)} of ${total} ${what}s ${anomalies === 1 ? 'scores' : 'score'} above what ${roundPercent(line.quantile)} of the ${comparedWith(input)} stay below.${
        worst ? ` The highest score, ${figure(worst.score)}, is that of ${worst.name}${reason}.` : ''
      }`,
    },
    tiles: [
      ['Anomalies', count(anomalies), `${percent(anomalies / scores.length)} of ${total}`],
      ['Threshold', figure(line.threshold), `score: ${line.score}`],
      labelled && [rocAuc.name, rocAuc.format(labelled.figures.rocAuc), `against ${labelled.classes.join(', ')}`],
      labelled && [
        'Average precision',
        averagePrecision.format(labelled.figures.averagePrecision),
        `${count(labelled.figures.anomalies)} labelled`,
      ],
    ],
  };
}

/**
 * The report of anomalies as one HTML file that needs nothing else.
 *
 * @returns the whole file as text
 */
export function renderDetectionReport(input: DetectionReportInput): string {
  const { line, training, data } = input;
  return renderPage({
    ...input,
    head: head(input),
    sections: [
      ['distribution', 'Scores', 'How high the scores are', distribution(input)],
      ['timeline', 'Over time', 'When it happened', timelineOf(input)],
      ['groups', 'Groups', 'Where it happened', groups(input)],
      ['cases', 'Cases', 'The highest scores, and why', cases(input)],
      ['agreement', 'Against labels', 'Against what is known', agreement(input)],
      settingsSection({
        ...input,
        configuration: { data, ...line, calibration: { data: training.data, examples: training.examples } },
        does: 'scores these data',
      }),
    ],
  });
}
