import { describe, expect, it } from 'vitest';
import { randomWeights, specification, table } from '../../../test/tiny.js';
import { createRandom } from '../../core/random.js';
import { arrayDataset } from '../../data/dataset.js';
import { fitScaling } from '../../data/scaling.js';
import { openAutoencoder } from '../../models/autoencoder.js';
import { fitPca, type Pca } from '../../models/pca.js';
import { fit } from '../../train/fit.js';
import { linear } from '../../train/kinds.js';
import { linearComponents, principalAngles } from './linear.js';

const size = 6;
const data = table(300);

/** The weights of a linear autoencoder at its optimum, with any invertible matrix between encoder and decoder. */
async function optimum() {
  const scaling = await fitScaling('standard', data);
  const pca = await fitPca(data, { width: 2, scaling });
  const whole = specification(
    { input: { shape: [size], scaling }, code: { type: 'plain', width: 2, activation: 'identity' } },
    { encoder: [], activation: 'identity' },
  );
  const mixing = [3, -2, 0.5, 1.5];
  const determinant = 3 * 1.5 + 2 * 0.5;
  const inverse = [1.5, 2, -0.5, 3].map((value) => value / determinant);
  const encoder = new Float32Array(2 * size);
  const decoder = new Float32Array(2 * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < 2; k++) {
      for (let j = 0; j < 2; j++) {
        const u = pca.components[j * size + i]!;
        encoder[i * 2 + k]! += u * mixing[j * 2 + k]!;
        decoder[k * size + i]! += inverse[k * 2 + j]! * u;
      }
    }
  }
  const weights = new Map([
    ['encoder/code/weight', encoder],
    ['encoder/code/bias', Float32Array.of(7, -3)],
    // the decoder takes the bias of the code away again
    ['decoder/output/weight', decoder],
    ['decoder/output/bias', Float32Array.from({ length: size }, (_, i) => -7 * decoder[i]! + 3 * decoder[size + i]!)],
  ]);
  return { model: { specification: whole, weights }, pca };
}

/** |cos| between the k-th components. */
function agreement(pca: Pca, components: Float32Array, k: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += pca.components[k * size + i]! * components[k * size + i]!;
  return Math.abs(sum);
}

describe('the components of a linear autoencoder', () => {
  it('at its optimum are those of PCA, in order and with their variances, whatever stands between the two halves', async () => {
    const { model, pca } = await optimum();
    const found = await linearComponents(model, data);
    for (const k of [0, 1]) {
      expect(agreement(pca, found.components, k)).toBeGreaterThan(1 - 1e-6);
      expect(found.variances[k]! / pca.variances[k]!).toBeCloseTo(1, 4);
    }
    for (const i of found.mean.keys()) expect(found.mean[i]).toBeCloseTo(pca.mean[i]!, 4);
    expect(principalAngles(pca.components, found.components, size)[1]).toBeLessThan(0.01);
  });

  it('are eigenvectors of the covariance of what it rebuilds, trained or not', async () => {
    const whole = specification({}, { encoder: [4], activation: 'identity' });
    const model = { specification: whole, weights: randomWeights(whole, 3) };
    const found = await linearComponents(model, data);
    const autoencoder = openAutoencoder(model);
    const rebuilt = await autoencoder.reconstruct(data);
    await autoencoder.close();
    const pca = await fitPca(
      { ...data, block: async (from, to) => rebuilt.subarray(from * size, to * size) },
      { width: 2 },
    );
    for (const k of [0, 1]) {
      expect(agreement(pca, found.components, k)).toBeGreaterThan(1 - 1e-5);
      expect(found.variances[k]! / pca.variances[k]!).toBeCloseTo(1, 4);
    }
  });

  it('that was trained are those of PCA, and it rebuilds as well', async () => {
    // noise in all directions: what is left over by two components is a tenth of the whole, not a thousandth
    const random = createRandom(2, 'noise');
    const values = Float32Array.from(await data.block(0, data.length), (value) => value + random.normal());
    const noisy = arrayDataset(values, { name: 'noisy', shape: [size] });
    const settings = { code: 2, epochs: 100, batch: 30, learningRate: 0.02, schedule: 'cosine' } as const;
    const { autoencoder, history } = await fit(noisy, linear({ recipe: 'none', ...settings, validation: noisy }));
    const pca = await fitPca(noisy, { width: 2, scaling: autoencoder.specification.input.scaling });
    const found = await linearComponents(autoencoder, noisy);
    await autoencoder.close();
    expect(principalAngles(pca.components, found.components, size)[1]).toBeLessThan(1);
    for (const k of [0, 1]) expect(agreement(pca, found.components, k)).toBeGreaterThan(0.99);
    const left = pca.totalVariance - pca.variances[0]! - pca.variances[1]!;
    expect(history.at(-1)!.testSquaredError / left).toBeGreaterThan(0.9999);
    expect(history.at(-1)!.testSquaredError / left).toBeLessThan(1.001);
  });

  it('are refused for what is not linear, and for other data', async () => {
    const tanh = specification();
    await expect(linearComponents({ specification: tanh, weights: randomWeights(tanh) }, data)).rejects.toMatchObject({
      code: 'bad-input',
      where: 'model',
    });
    const { model } = await optimum();
    await expect(linearComponents(model, table(5, 7))).rejects.toMatchObject({ where: 'table' });
  });
});

describe('principal angles', () => {
  const rotated = (degrees: number): number[] => {
    const angle = (degrees * Math.PI) / 180;
    return [1, 0, 0, 0, 0, Math.cos(angle), Math.sin(angle), 0];
  };

  it.each([0, 1e-4, 0.5, 30, 60, 89, 90])('of a plane turned by %d degrees about a line are 0 and that', (degrees) => {
    const [none, turned] = principalAngles([0, 3, 0, 0, 2, 1, 0, 0], rotated(degrees), 4);
    expect(none).toBeCloseTo(0, 5);
    expect(turned).toBeCloseTo(degrees, 5);
  });

  it('do not depend on the vectors that span the spaces, nor on which comes first', () => {
    const random = createRandom(1, 'angles');
    const rows = (n: number): number[] => Array.from({ length: n * 7 }, () => random.normal());
    const [a, b] = [rows(3), rows(2)];
    const mixed = Array.from({ length: 14 }, (_, i) => (i < 7 ? b[i]! + 2 * b[i + 7]! : b[i - 7]! - b[i]!));
    const [first, second, third] = [principalAngles(a, b, 7), principalAngles(b, a, 7), principalAngles(a, mixed, 7)];
    expect(first!.length).toBe(2);
    for (const i of [0, 1]) {
      expect(second![i]).toBeCloseTo(first![i]!, 8);
      expect(third![i]).toBeCloseTo(first![i]!, 8);
    }
  });
});
