import { describe, expect, it } from 'vitest';
import { table } from '../../test/tiny.js';
import { createRandom } from '../core/random.js';
import { arrayDataset } from '../data/dataset.js';
import { calibrate } from '../tasks/detect/calibrate.js';
import { detect } from '../tasks/detect/detect.js';
import { rocAuc } from '../tasks/detect/evaluation.js';
import { fit } from '../train/fit.js';

/** A table whose every tenth row is a gross outlier: all of them far away, in one direction, as a broken sensor has it. */
async function soiled() {
  const clean = table(600);
  const values = Float32Array.from(await clean.block(0, 600));
  const random = createRandom(3, 'outliers');
  const isOutlier = Uint8Array.from({ length: 600 }, (_, i) => (i % 10 === 4 ? 1 : 0));
  for (const [row, outlier] of isOutlier.entries()) {
    if (outlier !== 1) continue;
    for (let i = 0; i < 6; i++) values[row * 6 + i]! += (i % 2 === 0 ? 12 : -12) + random.normal();
  }
  return { data: arrayDataset(values, { name: 'soiled', shape: [6] }), isOutlier };
}
const options = { code: 2, epochs: 40, batch: 50, learningRate: 0.01, seed: 1, kind: 'linear' } as const;

describe('leaving the largest errors of a batch out', () => {
  it('keeps gross outliers from being learned', async () => {
    const { data, isOutlier } = await soiled();
    const area = async (trim: number) => {
      const { autoencoder } = await fit(data, { ...options, trim, validation: data });
      const calibration = await calibrate(autoencoder, data);
      const scores: number[] = [];
      for await (const block of detect(autoencoder, data, { calibration })) scores.push(...block.scores);
      await autoencoder.close();
      return rocAuc(Float64Array.from(scores), isOutlier).area;
    };
    const [plain, trimmed] = [await area(0), await area(0.15)];
    expect(trimmed).toBeGreaterThan(0.99);
    expect(trimmed).toBeGreaterThan(plain + 0.02);
  });

  it('of none is the plain loss, to the last bit', async () => {
    const data = table(100);
    const weights = async (values: object) => {
      const { autoencoder } = await fit(data, { ...options, ...values, epochs: 3, validation: data });
      await autoencoder.close();
      return autoencoder.weights;
    };
    expect(await weights({ trim: 0 })).toEqual(await weights({}));
    expect(await weights({ trim: 0.01 })).toEqual(await weights({})); // less than an example of a batch of 50
    expect(await weights({ trim: 0.1 })).not.toEqual(await weights({}));
  });
});
