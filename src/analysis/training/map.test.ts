import { describe, expect, it } from 'vitest';
import { neighbourAgreement } from './map.js';

describe('a map of codes', () => {
  it('counts neighbours of the same label', () => {
    const points = Float32Array.of(0, 0, 0.1, 0, 5, 5, 5.1, 5, 9, 9);
    expect(neighbourAgreement(points, Int32Array.of(0, 0, 1, 1, -1))).toEqual({
      share: 1,
      chance: 1 / 3,
      asked: 4,
      labelled: 4,
    });
    expect(neighbourAgreement(points, Int32Array.of(0, 1, 0, 1, -1)).share).toBe(0);
  });
});
