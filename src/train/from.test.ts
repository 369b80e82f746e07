import { describe, expect, it } from 'vitest';
import { table } from '../../test/tiny.js';
import { arrayDataset } from '../data/dataset.js';
import { detector } from '../tasks/detect/detector.js';
import { type FitOptions, fit } from './fit.js';

const data = table(60);
const [first, later] = [table(40, 6, 2), table(40, 6, 3)];
const quick = { epochs: 1, recipe: 'none', learningRate: 1e-6 } as const;
const trained = (examples = data, options: FitOptions = {}) =>
  fit(examples, { ...quick, encoder: [5], code: 2, activation: 'tanh', validation: later, ...options });

describe('a training from another model', () => {
  it('begins with its parameters and its scaling, and a fresh optimizer', async () => {
    const { autoencoder: base } = await trained();
    const { autoencoder, history } = await fit(first, { ...quick, from: base, validation: later });
    const { specification, weights, training } = autoencoder;
    expect(specification).toEqual(base.specification);
    for (const [name, values] of weights) {
      const far = Math.max(...values.map((value, i) => Math.abs(value - base.weights.get(name)![i]!)));
      expect(far).toBeGreaterThan(0);
      expect(far).toBeLessThan(1e-4); // a few steps of 1e-6
    }
    expect(history.map(({ epoch }) => epoch)).toEqual([1]);
    expect(training?.request.from?.parameters).toMatch(/^sha256:/);
    expect(training?.request.from).toEqual(
      (await fit(later, { ...quick, from: base })).autoencoder.training?.request.from,
    );
  });

  it('keeps the start where nothing is better', async () => {
    const { autoencoder: base } = await trained();
    const worse = { ...quick, learningRate: 10, optimizer: 'sgd', clipNorm: 1, momentum: 0, best: true } as const;
    const { autoencoder } = await fit(first, { ...worse, from: base, validation: later });
    expect(autoencoder.training?.best?.epoch).toBe(0);
    expect(autoencoder.weights).toEqual(base.weights);
  });

  it('learns the scaling anew where one is named', async () => {
    const { autoencoder: base } = await trained();
    const { autoencoder } = await fit(first, { ...quick, from: base, scaling: 'robust' });
    expect(autoencoder.specification.input.scaling.method).toBe('robust');
    expect(autoencoder.specification.body).toEqual(base.specification.body);
  });

  it('refuses data of another form, and options that say something else', async () => {
    const { autoencoder: base } = await trained();
    await expect(fit(table(40, 5), { ...quick, from: base })).rejects.toThrow(/expected examples of 6 values/);
    await expect(fit(first, { ...quick, from: base, encoder: [4] })).rejects.toThrow(/encoder: expected \[5\]/);
    await expect(fit(first, { ...quick, from: base, noise: 0.5 })).rejects.toThrow(/noise: expected 0/);
    await expect(fit(first, { ...quick, from: base, resume: base })).rejects.toThrow(/from: expected it or/);
    expect((await fit(first, { ...quick, from: base, encoder: [5], code: 2 })).history).toHaveLength(1);
  });

  it('refuses values beyond the range of a model that is trained on bce', async () => {
    const { autoencoder: base } = await trained(data, { scaling: 'min-max', loss: 'bce' });
    const far = arrayDataset(new Float32Array(60).fill(1e3), { name: 'far', shape: [6] });
    await expect(fit(far, { ...quick, from: base })).rejects.toThrow(/far: expected values within the model's range/);
  });
});

it.each([
  [{ beta: 4 }, /beta: expected a gaussian code for it/],
  [{ entries: 8 }, /entries: expected a vector-quantized code/],
  [{ kernel: 3 }, /kernel: expected a convolutional body/],
  [{ sparsityWeight: 0.1 }, /sparsityWeight: expected a target/],
  [{ gibbsSteps: 2 }, /gibbsSteps: expected restricted Boltzmann/],
  [{ momentum: 0.5 }, /momentum: expected the optimizer sgd/],
  [{ kind: 'vector-quantized', codeActivation: 'tanh', code: 4 }, /codeActivation: expected a code of numbers/],
] as [FitOptions, RegExp][])('an option without a use is refused: %o', async (options, problem) => {
  await expect(fit(data, { ...quick, ...options })).rejects.toThrow(problem);
});

it('a detector says where its threshold lies among too few scores', async () => {
  const { autoencoder } = await trained();
  const [few] = (await detector(autoencoder, data)).warnings;
  expect(few).toMatch(/the highest score of 60 training examples: a quantile of 0\.99 takes at least 100/);
  expect(few).toContain('`quantile: 0.98`');
  expect((await detector(autoencoder, data, { quantile: 0.98 })).warnings).toEqual([]);
});
