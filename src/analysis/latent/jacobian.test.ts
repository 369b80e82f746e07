import { SingularValueDecomposition } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { float64, randomWeights, specification, spots, table } from '../../../test/tiny.js';
import type { Dataset } from '../../data/dataset.js';
import { applyScaling } from '../../data/scaling.js';
import { evaluate, type Value } from '../../graph/evaluate.js';
import { type Tensor, variable } from '../../graph/tensor.js';
import type { Model } from '../../models/autoencoder.js';
import { encode } from '../../models/network.js';
import { inputSize, type Specification } from '../../models/specification.js';
import { createScope } from '../../nn/scope.js';
import { jacobianOf } from './jacobian.js';

/** ∂z/∂x of one example by central differences in double precision, [width][size]. */
function differences({ specification: whole, weights }: Model, x: readonly number[]): number[][] {
  const size = inputSize(whole);
  const { width } = whole.code;
  const step = 1e-5;
  const moved = x.flatMap((_, i) =>
    [1, -1].map((sign) => x.map((value, j) => (i === j ? value + sign * step : value))),
  );
  const input = variable('x', [2 * size, size]);
  const feeds = new Map<Tensor, Value>([[input, float64([2 * size, size], moved.flat())]]);
  const scope = createScope(({ name, shape }) => {
    const parameter = variable(name, shape);
    feeds.set(parameter, float64(shape, weights.get(name)!));
    return parameter;
  });
  const [codes] = evaluate([encode(whole, scope, input).code], feeds);
  const at = (i: number, sign: number, j: number): number => codes!.data[(2 * i + sign) * width + j]!;
  return Array.from({ length: width }, (_, j) => x.map((_, i) => (at(i, 0, j) - at(i, 1, j)) / (2 * step)));
}

async function byHand(model: Model, data: Dataset): Promise<{ norms: number[]; spectrum: number[] }> {
  const size = inputSize(model.specification);
  const scaled = applyScaling(await data.block(0, data.length), model.specification.input.scaling);
  const norms: number[] = [];
  const spectrum: number[] = new Array(Math.min(size, model.specification.code.width)).fill(0);
  for (let n = 0; n < data.length; n++) {
    const rows = differences(model, [...scaled.subarray(n * size, (n + 1) * size)]);
    norms.push(Math.sqrt(rows.flat().reduce((sum, value) => sum + value * value, 0)));
    const { diagonal } = new SingularValueDecomposition(rows, { autoTranspose: true });
    for (const i of spectrum.keys()) spectrum[i]! += diagonal[i]! / data.length;
  }
  return { norms, spectrum };
}

const standard = { method: 'standard', offset: [10], scale: [0.3] } as const;
const cases: [string, Specification, Dataset][] = [
  ['of a deep network', specification({ input: { shape: [6], scaling: standard } }), table(23)],
  [
    'of a code wider than the input',
    specification({
      input: { shape: [6], scaling: standard },
      code: { type: 'plain', width: 9, activation: 'sigmoid' },
    }),
    table(10),
  ],
  [
    'of a gaussian code, on bytes',
    specification({
      input: { shape: [4, 4], scaling: { method: 'bytes', offset: [0], scale: [1 / 255] } },
      code: { type: 'gaussian', width: 3, beta: 1, warmup: 0, freeBits: 0 },
    }),
    spots(12),
  ],
];

describe.each(cases)('the Jacobian %s', (_name, whole, data) => {
  const model = { specification: whole, weights: randomWeights(whole, 2) };

  it('is what differences give', async () => {
    const { norms, spectrum, meanNorm, meanSquaredNorm, spectrumExamples } = await jacobianOf(model, data);
    const expected = await byHand(model, data);
    expect(spectrumExamples).toBe(data.length);
    for (const [n, norm] of expected.norms.entries()) expect(Math.abs(norms[n]! / norm - 1)).toBeLessThan(1e-4);
    expect(spectrum.length).toBe(expected.spectrum.length);
    for (const [i, value] of expected.spectrum.entries()) {
      expect(Math.abs(spectrum[i]! - value)).toBeLessThan(2e-3 * expected.spectrum[0]!);
    }
    const count = data.length;
    expect(meanNorm).toBeCloseTo(expected.norms.reduce((sum, norm) => sum + norm, 0) / count, 4);
    expect(meanSquaredNorm).toBeCloseTo(expected.norms.reduce((sum, norm) => sum + norm * norm, 0) / count, 4);
  });

  it('has a spectrum of as many examples as asked for', async () => {
    const one = await jacobianOf(model, data, { spectrumExamples: 1 });
    const first = await byHand(model, { ...data, length: 1 });
    expect(one.norms.length).toBe(data.length);
    for (const [i, value] of first.spectrum.entries()) {
      expect(Math.abs(one.spectrum[i]! - value)).toBeLessThan(2e-3 * first.spectrum[0]!);
    }
  });
});

it('a code without a derivative has no Jacobian', async () => {
  const code = { type: 'vector-quantized', width: 4, vectors: 2, entries: 3, commitment: 0.25, decay: 0.99 } as const;
  const whole = specification({ code });
  const model = { specification: whole, weights: randomWeights(whole) };
  await expect(jacobianOf(model, table(3))).rejects.toMatchObject({ code: 'bad-input', where: 'model' });
});
