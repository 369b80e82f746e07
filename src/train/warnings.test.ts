import { describe, expect, it } from 'vitest';
import { spots, table } from '../../test/tiny.js';
import { arrayDataset } from '../data/dataset.js';
import { windowsOf } from '../data/windows.js';
import { type FitOptions, fit } from './fit.js';

/** The warnings of a short training. */
async function warningsOf(options: FitOptions, data = spots(80)): Promise<string> {
  const { autoencoder, warnings } = await fit(data, {
    recipe: 'none',
    code: 2,
    batch: 16,
    epochs: 6,
    seed: 3,
    threads: 1,
    learningRate: 0.01,
    ...options,
  });
  await autoencoder.close();
  return warnings.join('\n');
}

describe('a single wild value', () => {
  it('that makes most of a column is named, with the scaling that mends it', async () => {
    const values = Float32Array.from({ length: 200 }, (_, i) => Math.sin(i));
    const data = () => arrayDataset(values.slice(), { name: 'wild', shape: [2], columns: ['speed', 'heat'] });
    expect(await warningsOf({}, data())).not.toContain('makes more than half');
    values[101] = 1e12;
    expect(await warningsOf({}, data())).toMatch(
      /column heat: one value \(1000000000000\) makes more than half .* `scaling: "robust"`/,
    );
    const robust = await warningsOf({ scaling: 'robust', validation: data() }, data());
    expect(robust).not.toContain('makes more than half');
    expect(robust).toContain(
      '1 example left out, with a value farther than 100,000,000 ranges of the middle half from',
    );
    expect(robust).toContain('the median (1000000000000 in column heat)');
    const windows = () => windowsOf(data(), { window: 3 });
    await expect(warningsOf({ scaling: 'robust' }, windows())).rejects.toThrow(
      'expected values near the others, got 1000000000000',
    );
    values[101] = 1e6;
    expect(await warningsOf({ scaling: 'robust' }, data())).not.toContain('left out');
  });
});

describe('a term of the loss', () => {
  it.each([
    ['divergence', { kind: 'variational', encoder: [6], beta: 0 }, '`beta`'],
    ['l1', { kind: 'sparse', l1: 1e-12 }, '`l1`'],
    ['contractive', { kind: 'contractive', contractive: 1e-12 }, '`contractive`'],
    ['sparsity', { kind: 'sparse', sparsity: 0.05, sparsityWeight: 1e-12 }, '`sparsityWeight`'],
    ['l2', { kind: 'basic', l2: 1e-12 }, '`l2`'],
    ['orthogonality', { kind: 'basic', orthogonality: 1e-12 }, '`orthogonality`'],
    ['adversarial', { kind: 'adversarial', encoder: [6], adversarial: 1e-12 }, '`adversarial`'],
    ['commitment', { kind: 'vector-quantized', encoder: [6], entries: 4, commitment: 0 }, '`commitment`'],
  ] as const)('%s without effect is named, with its remedy', async (term, options, remedy) => {
    const warnings = await warningsOf(options);
    expect(warnings).toContain(`the term "${term}" has no effect`);
    expect(warnings).toContain(remedy);
  });

  it('of a divergence that free bits swallow whole is named too', async () => {
    expect(await warningsOf({ kind: 'variational', encoder: [6], freeBits: 100 })).toContain(
      'the term "divergence" has no effect',
    );
  });

  it.each([
    { kind: 'variational', encoder: [6] },
    { kind: 'sparse', l1: 1e-2 },
    { kind: 'contractive', contractive: 1e-2 },
    { kind: 'sparse', sparsity: 0.05 },
    { kind: 'basic', l2: 1e-3 },
    { kind: 'basic', orthogonality: 1e-2 },
    { kind: 'adversarial', encoder: [6] },
    { kind: 'vector-quantized', encoder: [6], entries: 4 },
  ] as const)('with an effect is passed over: %j', async (options) => {
    expect(await warningsOf(options)).not.toContain('has no effect');
  });
});

describe('hidden units', () => {
  it('that are dead are counted', async () => {
    // A step this large throws every unit to where no example reaches it.
    const warnings = await warningsOf({ encoder: [8], learningRate: 5 });
    expect(warnings).toMatch(/\d+ of 16 hidden units are dead/);
  });

  it('that are alive are passed over', async () => {
    expect(await warningsOf({ encoder: [8], activation: 'tanh' })).not.toContain('dead');
  });
});

describe('code values', () => {
  it('that do not change are counted', async () => {
    // With so dear a divergence no dimension pays.
    const warnings = await warningsOf({ kind: 'variational', encoder: [6], beta: 100, epochs: 20 });
    expect(warnings).toContain('2 of 2 code values are inactive');
    expect(warnings).toContain('`beta`');
  });

  it('that do are passed over', async () => {
    expect(await warningsOf({ codeActivation: 'identity' })).not.toContain('inactive');
  });
});

describe('tied weights', () => {
  const machines = {
    kind: 'deep',
    encoder: [8],
    activation: 'sigmoid',
    pretraining: 'rbm',
    pretrainingEpochs: 2,
  } as const;

  it('that have come apart are measured, layer by layer', async () => {
    const warnings = await warningsOf({ ...machines, learningRate: 0.05 });
    expect(warnings).toMatch(/tied weights have come apart: .*encoder\/0 by [\d.]+ %/);
    expect(warnings).toContain('`tied: true`');
  });

  it.each([
    ['are kept together', { ...machines, learningRate: 0.05, tied: true }],
    ['have hardly moved', { ...machines, learningRate: 1e-6 }],
    ['were never tied', { kind: 'deep', encoder: [8] }],
  ] as const)('that %s are passed over', async (_what, options) => {
    expect(await warningsOf(options)).not.toContain('apart');
  });
});

describe('inputs', () => {
  const large = arrayDataset(
    new Float32Array(80 * 6).map((_, i) => 1000 + 200 * Math.sin(i)),
    { name: 'large', shape: [6] },
  );
  const small = arrayDataset(
    new Float32Array(80 * 6).map((_, i) => 0.001 * Math.sin(i)),
    { name: 'small', shape: [6] },
  );

  it.each([
    ['reach 1.20e+3', large],
    ['stay below 0.00100', small],
  ])('that are unscaled and %s are named', async (size, data) => {
    const warnings = await warningsOf({ scaling: 'none', learningRate: 1e-6 }, data);
    expect(warnings).toContain(`the inputs are unscaled: values ${size}`);
  });

  it.each([
    ['scaled', large, {}],
    ['unscaled, of a size that suits', table(80), { scaling: 'standard' }],
    ['bytes', spots(80), {}],
  ] as const)('that are %s are passed over', async (_what, data, options) => {
    expect(await warningsOf(options, data)).not.toContain('unscaled');
  });
});
