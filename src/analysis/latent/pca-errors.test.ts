import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { spots, table } from '../../../test/tiny.js';
import { exampleSize } from '../../data/dataset.js';
import { applyScaling, fitScaling } from '../../data/scaling.js';
import { fitPca, projectPca, reconstructPca } from '../../models/pca.js';
import { crossEntropy } from './fidelity.js';
import { pcaErrors } from './pca-errors.js';

describe('the errors of PCA at several widths', () => {
  it('are those of a PCA of each width of its own', async () => {
    const data = spots(80);
    const scaling = await fitScaling('bytes', data);
    const widths = [1, 3, 7, 16, 40];
    const pca = await fitPca(data, { width: 7, scaling });
    const { errors, meanSquaredError, bceFloor } = await pcaErrors(pca, data, widths, scaling);
    const x = applyScaling(await data.block(0, data.length), scaling);
    const distance = (y: Float32Array) => x.reduce((sum, value, i) => sum + (value - y[i]!) ** 2, 0) / data.length;
    for (const [i, width] of [1, 3, 7].entries()) {
      const alone = await fitPca(data, { width, scaling });
      const output = reconstructPca(alone, projectPca(alone, x));
      expect(errors[i]!.squaredError).toBeCloseTo(distance(output), 5);
      expect(errors[i]!.bce).toBeCloseTo(crossEntropy(x, output) / x.length, 5);
    }
    // as wide as the examples, or wider, nothing is lost
    expect(errors.slice(3).map(({ squaredError }) => squaredError)).toEqual([0, 0]);
    expect(errors[3]!.bce).toBeCloseTo(bceFloor!, 5);
    expect(meanSquaredError).toBeCloseTo(pca.totalVariance, 4);
  });

  it('fall with the width, and have no bce where data leave 0 … 1', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 0, max: 1000 }), async (size, seed) => {
        const data = table(30, size, seed);
        const scaling = await fitScaling('standard', data);
        const pca = await fitPca(data, { width: exampleSize(data), scaling });
        const widths = Array.from({ length: size }, (_, i) => i + 1);
        const { errors, meanSquaredError, bceFloor } = await pcaErrors(pca, data, widths, scaling);
        const all = [meanSquaredError, ...errors.map(({ squaredError }) => squaredError)];
        for (let i = 1; i < all.length; i++) expect(all[i]).toBeLessThanOrEqual(all[i - 1]! + 1e-4);
        expect(all[1]).toBeCloseTo(meanSquaredError - pca.variances[0]!, 3);
        expect([bceFloor, errors[0]!.bce]).toEqual([null, null]);
      }),
      { numRuns: effort(8, 80) },
    );
  });

  it('refuse more components than there are', async () => {
    const data = table(30);
    const pca = await fitPca(data, { width: 2 });
    const scaling = { method: 'none', offset: [0], scale: [1] } as const;
    await expect(pcaErrors(pca, data, [3], scaling)).rejects.toThrow(/expected at least 3 components, got 2/);
  });
});
