import { describe, expect, it } from 'vitest';
import { parse, sectionsOf, textOf, unbalanced } from '../training/pages.oracle.js';
import { known, plain } from './fixture.oracle.js';
import { renderDetectionReport } from './report.js';

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
    const heated = cases.map((one) => ({ ...one, errors: new Float32Array(6).fill(255) }));
    const more = renderDetectionReport({ ...plain, cases: heated, pictures: { look, range: [0, 255] } });
    expect(parse(more).querySelectorAll('#cases img')).toHaveLength(6);
  });
});
