import { describe, expect, it } from 'vitest';
import { distributionOf } from '../../../models/calibration.js';
import { detectionCurves, evaluateDetection } from '../../../tasks/detect/evaluation.js';
import { parse, sectionsOf, textOf, unbalanced } from '../training/pages.oracle.js';
import type { DetectionReportInput } from './input.js';
import { renderDetectionReport } from './report.js';

const scores = Float64Array.from({ length: 100 }, (_, i) => (i % 25 === 7 ? 3 : 0.1) * (1 + ((i * 37) % 100) / 100));
const isAnomaly = Uint8Array.from(scores, (score) => (score > 3 ? 1 : 0));
const plain: DetectionReportInput = {
  title: 'What is unusual in <table> & "more"',
  date: new Date(Date.UTC(2026, 2, 7, 14, 5)),
  data: 'table',
  what: 'row',
  scores,
  anomalies: 4,
  line: { score: 'error', threshold: 0.19, quantile: 0.99, rows: false },
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
const known: DetectionReportInput = {
  ...plain,
  timeline: { at: Float64Array.from(scores, (_, i) => Date.UTC(2026, 0, 1, i)), unit: 'date', name: 'when' },
  labelled: {
    classes: ['broken'],
    isAnomaly,
    figures: evaluateDetection(scores, isAnomaly, 0.19),
    curves: detectionCurves(scores, isAnomaly),
  },
};

describe('the report of anomalies', () => {
  it('says how many there are, and of the highest what made it', () => {
    const page = renderDetectionReport(plain);
    expect(unbalanced(page)).toEqual([]);
    expect(sectionsOf(page)).toEqual(['distribution', 'cases', 'configuration']);
    const text = textOf(page, 'main');
    expect(text).toContain('4 of 100 rows score above what 99\u202f% of the training data stay below.');
    expect(text).toContain('The highest score, 5.50, is that of row 8: 75.0\u202f% of it is pressure.');
    expect(textOf(page, '#cases')).toContain('9.00, expected 4.25');
    expect(textOf(page, '#cases')).toContain('0.180, below the threshold');
    expect(page).not.toContain('<table> &');
    expect(page).not.toContain('<model>');
  });

  it('shows time and labels where they are known', () => {
    const page = renderDetectionReport(known);
    expect(unbalanced(page)).toEqual([]);
    expect(sectionsOf(page)).toEqual(['distribution', 'timeline', 'cases', 'agreement', 'configuration']);
    expect(textOf(page, 'main')).toContain('ROC AUC1.0000');
    const stops = parse(page).querySelector('#timeline svg')!.getAttribute('data-stops')!;
    expect(stops).toContain('2026-01-01 07:00');
    expect(stops).toContain('an anomaly\\nlabelled');
    expect(textOf(page, '#agreement')).toContain('finds 100\u202f% of the anomalies');
  });

  it('has the bars add up to all of the scores', () => {
    const svg = parse(renderDetectionReport(plain)).querySelector('#distribution svg')!;
    const stops = JSON.parse(svg.getAttribute('data-stops')!) as [number, string][];
    const shares = stops.map(([, says]) => Number.parseFloat(/([\d.]+)\u202f% of these/.exec(says)![1]!));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 6);
  });

  it('draws examples that are pictures', () => {
    const look = { kind: 'picture', width: 3, height: 2, channels: 1 } as const;
    const drawn = { observed: new Float32Array(6), expected: new Float32Array(6).fill(255) };
    const cases = plain.cases.map((one) => ({ ...one, ...drawn }));
    const page = renderDetectionReport({ ...plain, cases, pictures: { look, range: [0, 255] } });
    expect(unbalanced(page)).toEqual([]);
    expect(parse(page).querySelectorAll('#cases img')).toHaveLength(4);
  });
});
