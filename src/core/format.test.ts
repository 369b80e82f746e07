import { describe, expect, it } from 'vitest';
import { exactly, figure } from './format.js';

describe('numbers for people', () => {
  it('keep their form where rounding brings them to one more digit', () => {
    expect([999.4, 999.7, -999.7, 1234, 99.96].map((value) => figure(value))).toEqual([
      '999',
      '1,000',
      '-1,000',
      '1,230',
      '100',
    ]);
  });

  it('of the data stand as they are where they are whole', () => {
    expect([2019, -9999, 12345, 1e15, 2.5].map((value) => exactly(value))).toEqual([
      '2019',
      '-9999',
      '12,345',
      '1.00e15',
      '2.50',
    ]);
    expect(exactly(5412345.1234, 11)).toBe('5412345.1234');
  });
});
