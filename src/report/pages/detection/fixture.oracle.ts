// A report of anomalies made up for tests.
import { distributionOf } from '../../../models/calibration.js';
import { detectionCurves, evaluateDetection } from '../../../tasks/detect/evaluation.js';
import type { DetectionReportInput } from './input.js';

const scores = Float64Array.from({ length: 100 }, (_, i) => (i % 25 === 7 ? 3 : 0.1) * (1 + ((i * 37) % 100) / 100));
const isAnomaly = Uint8Array.from(scores, (score) => (score > 3 ? 1 : 0));
/** Rows of a table without labels. */
export const plain: DetectionReportInput = {
  title: 'What is unusual in <table> & "more"',
  date: new Date(Date.UTC(2026, 2, 7, 14, 5)),
  data: 'table',
  what: 'row',
  scores,
  anomalies: 4,
  line: { score: 'error', threshold: 0.19, quantile: 0.99, rows: false, among: 200, needed: 100 },
  training: {
    scores: distributionOf(scores.filter((score) => score < 1)),
    data: 'normal',
    examples: 96,
    heldOut: false,
  },
  cases: [
    {
      name: 'row 8',
      score: 5.5,
      anomaly: true,
      causes: [
        { value: 1, name: 'pressure', share: 0.75, observed: 9, expected: 4.25 },
        { value: 0, name: 'speed', share: 0.2, observed: 1, expected: 2 },
      ],
    },
    { name: 'row 9', score: 0.18, anomaly: false, causes: [] },
  ],
  command: 'gargalo detect <model> table -o s.csv --report r.html',
  version: '1.2.3',
};
/** The same over time, with labels. */
export const known: DetectionReportInput = {
  ...plain,
  timeline: { at: Float64Array.from(scores, (_, i) => Date.UTC(2026, 0, 1, i)), unit: 'date', name: 'when' },
  labelled: {
    classes: ['broken'],
    isAnomaly,
    figures: evaluateDetection(scores, isAnomaly, 0.19),
    curves: detectionCurves(scores, isAnomaly),
  },
};
