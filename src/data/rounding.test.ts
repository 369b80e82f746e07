import { describe, expect, it } from 'vitest';
import { openRounding } from './rounding.js';

function words(values: readonly number[]): string | undefined {
  const rounding = openRounding();
  for (const value of values) rounding.add(value);
  return rounding.words();
}

describe('numbers that 32-bit floats round', () => {
  it('are told where the steps are wide beside the range, with a number to subtract', () => {
    expect(words([5412345.1, 5412345.12, 5412345.17])).toBe(
      '32-bit floats round it by up to 0.17, where its values span 0.07: subtract 5412345.13 from it first',
    );
    expect(words([1_500_000_001, 1_500_000_100])).toContain('subtract 1500000050 from it first');
    // what is left is kept
    expect(words([5412345.1, 5412345.12, 5412345.17].map((value) => value - 5412345.13))).toBeUndefined();
  });

  it.each([
    [[2019, 2020, 2021]],
    [[0.1, 0.2]],
    [[1e12, 1, 2, 3]],
    [[16777215, 16777214]],
    [[7.1, 7.1]],
    [[]],
  ])('are not told of %j', (values) => expect(words(values)).toBeUndefined());
});
