import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anomalyClasses, averagePrecision, detectionCurves, evaluateDetection, rocAuc } from './evaluation.js';

/** Scores with ties, and verdicts of both kinds. */
const judged = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.boolean()), { minLength: 2, maxLength: 60 })
  .filter((pairs) => pairs.some(([, anomaly]) => anomaly) && pairs.some(([, anomaly]) => !anomaly))
  .map((pairs) => ({
    scores: Float64Array.from(pairs, ([score]) => score / 3),
    truth: pairs.map(([, anomaly]) => (anomaly ? 1 : 0)),
  }));

/** The area under steps or lines. */
const area = ({ x, y }: { x: readonly number[]; y: readonly number[] }) =>
  x.slice(1).reduce((sum, end, i) => sum + ((end - x[i]!) * (y[i]! + y[i + 1]!)) / 2, 0);

describe('the area under the ROC curve', () => {
  it('is the part of all pairs of an anomaly and a normal example that are in order, ties counted half', () => {
    fc.assert(
      fc.property(judged, ({ scores, truth }) => {
        let [sum, pairs] = [0, 0];
        for (const [i, own] of scores.entries()) {
          for (const [j, other] of scores.entries()) {
            if (truth[i] !== 1 || truth[j] !== 0) continue;
            pairs++;
            sum += own > other ? 1 : own === other ? 0.5 : 0;
          }
        }
        const { area: found, interval } = rocAuc(scores, truth);
        expect(found).toBeCloseTo(sum / pairs, 12);
        expect(interval[0]).toBeLessThanOrEqual(found);
        expect(interval[1]).toBeGreaterThanOrEqual(found);
        expect(area(detectionCurves(scores, truth).roc)).toBeCloseTo(sum / pairs, 12);
      }),
    );
  });

  it('has the confidence interval of DeLong', () => {
    // variances of the two placements: anomalies 2/3, 1, 1 and normal examples 1, 1, 2/3
    const { area: found, interval } = rocAuc(Float64Array.of(3, 5, 6, 1, 2, 4), [1, 1, 1, 0, 0, 0]);
    const deviation = Math.sqrt(1 / 27 / 3 + 1 / 27 / 3);
    const half = (1.959964 * deviation) / ((8 / 9) * (1 / 9));
    expect(found).toBeCloseTo(8 / 9, 12);
    expect(interval[0]).toBeCloseTo(1 / (1 + Math.exp(half) / 8), 9);
    expect(interval[1]).toBeCloseTo(1 / (1 + Math.exp(-half) / 8), 9);
  });
});

describe('average precision', () => {
  it('is the mean over the anomalies of the precision at their scores', () => {
    fc.assert(
      fc.property(judged, ({ scores, truth }) => {
        const precisions = [...scores]
          .filter((_, i) => truth[i] === 1)
          .map((own) => {
            const above = [...scores.keys()].filter((i) => scores[i]! >= own);
            return above.filter((i) => truth[i] === 1).length / above.length;
          });
        const expected = precisions.reduce((sum, value) => sum + value, 0) / precisions.length;
        expect(averagePrecision(scores, truth)).toBeCloseTo(expected, 12);
      }),
    );
  });
});

it('an evaluation counts what lies above the threshold, and not what lies on it', () => {
  const found = evaluateDetection(Float64Array.of(1, 2, 3, 4, 5), [0, 1, 0, 1, 0], 2);
  expect(found).toMatchObject({ anomalies: 2, normals: 3, recall: 1 / 2, falseAlarms: 2 / 3, precision: 1 / 3 });
});

it('scores of one kind only are refused', () => {
  expect(() => rocAuc(Float64Array.of(1, 2), [0, 0])).toThrow(/labels: expected anomalies and normal examples/);
});

describe('the classes that are anomalies', () => {
  const counts = (...pairs: [string, number][]) => new Map(pairs);
  it.each<[string, Map<string, number>, string[], string]>([
    ['1 beside 0', counts(['0', 5], ['1', 9]), ['1'], 'named'],
    ['−1 beside 1, as scikit-learn has them', counts(['1', 5], ['-1', 9]), ['-1'], 'named'],
    ['the same as numbers of a table', counts(['-1.0', 9], ['1.0', 5]), ['-1.0'], 'named'],
    ['yes beside no', counts(['no', 5], ['Yes', 9]), ['Yes'], 'named'],
    ['all but the normal class, however rare it is', counts(['normal', 5], ['attack', 90]), ['attack'], 'named'],
    ['all but the good ones, of several', counts(['good', 4], ['crack', 10], ['hole', 8]), ['crack', 'hole'], 'named'],
    ['all but the majority, of several', counts(['a', 40], ['b', 3], ['c', 5]), ['b', 'c'], 'minority'],
    ['the rarest of classes that are numbers', counts(['0', 7], ['1', 9], ['2', 8], ['3', 4]), ['3'], 'rarest'],
    ['the rarer of two', counts(['a', 5], ['b', 9]), ['a'], 'minority'],
  ])('are %s', (_, of, classes, because) => {
    expect(anomalyClasses(of)).toEqual({ classes, because });
  });

  it('are those that the model was not trained on', () => {
    const of = counts(['a', 50], ['b', 3], ['c', 5]);
    expect(anomalyClasses(of, undefined, ['b'])).toEqual({ classes: ['a', 'c'], because: 'untrained' });
    expect(anomalyClasses(of, undefined, ['a', 'b', 'c'])).toEqual({ classes: ['b', 'c'], because: 'minority' });
  });

  it('are those that are named, which must be there', () => {
    expect(anomalyClasses(counts(['a', 5], ['b', 9]), ['b'])).toEqual({ classes: ['b'], because: 'asked' });
    expect(() => anomalyClasses(counts(['a', 5], ['b', 9]), ['other'])).toThrow(/got "other" \(there are a, b\)/);
    expect(() => anomalyClasses(counts(['fine', 5], ['odd', 9]), ['od'])).toThrow(
      /did you mean "odd"\? there are fine, odd/,
    );
    expect(() => anomalyClasses(counts(['a', 5]))).toThrow(/two classes/);
  });
});
