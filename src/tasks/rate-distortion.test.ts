import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sweepFindings } from './rate-distortion.js';

const cells = (kind: string, errors: Readonly<Record<number, number>>) =>
  Object.entries(errors).map(([code, testSquaredError]) => ({
    cell: { kind, code: Number(code) },
    figures: { testSquaredError },
  }));
const pca = (errors: Readonly<Record<number, number>>) => ({
  errors: Object.entries(errors).map(([width, squaredError]) => ({ width: Number(width), squaredError, bce: null })),
  meanSquaredError: 40,
});

describe('what the widths tell', () => {
  const linear = pca({ 2: 20, 4: 10, 8: 4, 16: 1.01, 32: 0.5 });

  it('is the knee, the gain of each doubling, and where PCA catches up', () => {
    const [found] = sweepFindings(cells('basic', { 2: 12, 4: 6, 8: 3, 16: 1.04, 32: 1 }), linear);
    expect(found).toMatchObject({
      kind: 'basic',
      knee: { code: 16 },
      best: { code: 32, squaredError: 1, explained: 39 / 40 },
      aheadOfPca: { from: 2, to: 8 },
      pcaCatchesUp: 16,
    });
    expect(found!.gains[0]).toEqual({ from: 2, to: 4, perDoubling: 0.5 });
    expect(found!.gains.at(-1)!.perDoubling).toBeCloseTo(0.04 / 1.04, 12);
  });

  it('is told of each kind that has figures, in order, without cells that failed', () => {
    const failed = { cell: { kind: 'sparse', code: 4 } };
    const all = [...cells('linear', { 2: 20, 32: 0.4 }), failed, ...cells('sparse', { 8: 5, 2: 30 })];
    const found = sweepFindings([...all, { cell: { kind: 'deep', code: 2 } }], linear);
    expect(found.map(({ kind }) => kind)).toEqual(['linear', 'sparse']);
    // a gain over four doublings is that of one, four times in a row
    expect((1 - found[0]!.gains[0]!.perDoubling) ** 4).toBeCloseTo(0.4 / 20, 12);
    expect(found[0]).toMatchObject({ aheadOfPca: { from: 32, to: 32 }, pcaCatchesUp: null });
    expect(found[1]).toMatchObject({ aheadOfPca: null, pcaCatchesUp: 2, points: [{ code: 2 }, { code: 8 }] });
  });

  it('has its knee where nearly all of the best is explained, and at no smaller width', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 8 }), (errors) => {
        const points = Object.fromEntries(errors.map((error, i) => [i + 1, error]));
        const [found] = sweepFindings(cells('basic', points), pca(points));
        const least = Math.min(...errors);
        // Worse than the mean, nothing is explained: then only the best will do.
        const limit = least < 40 ? 40 - 0.95 * (40 - least) : least;
        expect(found!.knee.squaredError).toBeLessThanOrEqual(limit + 1e-9);
        for (const { code, squaredError } of found!.points) {
          if (code < found!.knee.code) expect(squaredError).toBeGreaterThan(limit - 1e-9);
        }
      }),
    );
  });
});
