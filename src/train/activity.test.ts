import { describe, expect, it } from 'vitest';
import { activityRecord, termRecords } from './activity.js';

describe('the record of terms', () => {
  const audit = new Map([
    ['gradient/reconstruction', Float32Array.of(3)],
    ['gradient/l1', Float32Array.of(1)],
  ]);

  it('has for each term its values, the norm of its gradient and that norm’s share', () => {
    const train = new Map([
      ['reconstruction', 0.5],
      ['l1', 0.25],
    ]);
    expect(termRecords(train, { reconstruction: 0.6, l1: 0.2 }, audit)).toEqual({
      reconstruction: { train: 0.5, test: 0.6, gradient: 3, share: 0.75 },
      l1: { train: 0.25, test: 0.2, gradient: 1, share: 0.25 },
    });
  });

  it('has shares of 0 where nothing has a gradient', () => {
    const still = new Map([['gradient/reconstruction', Float32Array.of(0)]]);
    expect(termRecords(new Map([['reconstruction', 0.5]]), { reconstruction: 0.5 }, still).reconstruction).toEqual({
      train: 0.5,
      test: 0.5,
      gradient: 0,
      share: 0,
    });
  });
});

/** An audit of the codes of some examples, and of hidden units of which only the range is known. */
function audited(codes: readonly (readonly number[])[], hidden: Readonly<Record<string, [number, number][]>> = {}) {
  const columns = codes[0]!.map((_, j) => codes.map((row) => row[j]!));
  const each = (of: (values: number[]) => number): Float32Array => Float32Array.from(columns, of);
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return new Map([
    ...Object.entries(hidden).flatMap(([name, ranges]) => [
      [`lowest/${name}`, Float32Array.from(ranges, ([low]) => low)] as const,
      [`highest/${name}`, Float32Array.from(ranges, ([, high]) => high)] as const,
    ]),
    ['lowest/code', each((values) => Math.min(...values))],
    ['highest/code', each((values) => Math.max(...values))],
    ['mean/code', each(mean)],
    ['square/code', each((values) => mean(values.map((value) => value ** 2)))],
    ['active/code', each((values) => values.filter((value) => value !== 0).length / values.length)],
  ]);
}

describe('the record of activity', () => {
  it('counts as dead the hidden units that give one value for all, over all layers', () => {
    const hidden: Record<string, [number, number][]> = {
      'encoder/0': [
        [0, 0],
        [0, 1e-3],
        [-1, 1],
      ],
      'encoder/1': [
        [0.7, 0.7],
        [-2, -2],
      ],
    };
    expect(activityRecord(audited([[1], [2]], hidden), false)).toMatchObject({ deadUnits: 3, hiddenUnits: 5 });
    expect(activityRecord(audited([[1], [2]]), false)).toMatchObject({ deadUnits: 0, hiddenUnits: 0 });
  });

  it('counts as inactive the code values that vary a hundredth of the others, or of a prior', () => {
    // variances 100, 4, 0.5625 and 0
    const codes = [
      [-10, 3, 0.75, 5],
      [10, 7, -0.75, 5],
    ];
    expect(activityRecord(audited(codes), false).inactiveCode).toBe(2);
    expect(activityRecord(audited(codes), true).inactiveCode).toBe(1);
    expect(activityRecord(audited([[0.05], [-0.05]]), true).inactiveCode).toBe(1);
    expect(activityRecord(audited([[0.05], [-0.05]]), false).inactiveCode).toBe(0);
    expect(activityRecord(audited([[3], [3]]), false).inactiveCode).toBe(1);
  });

  it('has the part of the code that is not 0, and its mean', () => {
    const { activeFraction, meanActivity } = activityRecord(
      audited([
        [0, 4],
        [0, 0],
        [2, -2],
        [0, 4],
      ]),
      false,
    );
    expect(activeFraction).toBe(0.5);
    expect(meanActivity).toBe(1);
  });
});
