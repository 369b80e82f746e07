import { describe, expect, it } from 'vitest';
import { fedContext, fedScope, float64 } from '../../../../test/tiny.js';
import { createRandom } from '../../../core/random.js';
import { evaluate, type Value } from '../../../graph/evaluate.js';
import { type Tensor, variable } from '../../../graph/tensor.js';
import type { CodePass } from './code.js';
import { quantizedCode } from './quantized.js';

const [batch, width, inputSize, rate] = [400, 2, 10, 0.5];
const random = createRandom(1, 'features');
const features = Float64Array.from({ length: batch * width }, () => 3 * random.normal());

/** A density of one logistic distribution for each dimension: all parts are alike. */
const centers = [0.5, -1];
const steepness = [0.4, -0.2];
const weights = new Map([
  ['density/center-bias', Float32Array.from(centers.flatMap((center) => [center, center, center]))],
  ['density/steepness-bias', Float32Array.from(steepness.flatMap((value) => [value, value, value]))],
  ['density/share-bias', Float32Array.from([0, 1, 2, 0, 0, 0])],
]);

function built(training: boolean): { pass: CodePass; feeds: Map<Tensor, Value> } {
  const { scope, feeds } = fedScope(weights);
  const z = variable('features', [batch, width]);
  feeds.set(z, float64([batch, width], features));
  const context = training ? fedContext(feeds) : {};
  return {
    pass: quantizedCode({ type: 'quantized', width, rate }, { scope, context, inputSize, layer: () => z }),
    feeds,
  };
}

const values = ({ pass, feeds }: ReturnType<typeof built>, of: (pass: CodePass) => Tensor): ArrayLike<number> =>
  evaluate([of(pass)], feeds)[0]!.data;

/** The distribution function of dimension j. */
const below = (x: number, j: number): number => 1 / (1 + Math.exp(-(x - centers[j]!) * Math.exp(steepness[j]!)));

describe('a quantized code', () => {
  it('is what the layer gives, neither rounded nor charged, once training is over', () => {
    const made = built(false);
    expect(values(made, ({ code }) => code)).toEqual(features);
    expect(made.pass.passed).toBe(made.pass.code);
    expect(made.pass.terms).toEqual({});
  });

  it('passes numbers with uniform noise as wide as the rounding', () => {
    const passed = values(built(true), (pass) => pass.passed);
    const noise = Array.from(passed, (value, i) => value - features[i]!);
    expect(Math.max(...noise.map(Math.abs))).toBeLessThan(0.5);
    const mean = noise.reduce((sum, value) => sum + value, 0) / noise.length;
    const variance = noise.reduce((sum, value) => sum + (value - mean) ** 2, 0) / noise.length;
    // five standard errors of 800 draws
    expect(Math.abs(mean)).toBeLessThan((5 * Math.sqrt(1 / 12)) / Math.sqrt(noise.length));
    expect(variance).toBeGreaterThan(0.8 / 12);
    expect(variance).toBeLessThan(1.2 / 12);
  });

  it('charges the bits that the numbers take under the distributions', () => {
    const made = built(true);
    const passed = values(made, (pass) => pass.passed);
    let bits = 0;
    for (let i = 0; i < passed.length; i++) {
      const j = i % width;
      bits -= Math.log2(below(passed[i]! + 0.5, j) - below(passed[i]! - 0.5, j) + 1e-9) / batch;
    }
    expect(values(made, ({ terms }) => terms.rate!)[0]).toBeCloseTo((rate * bits) / inputSize, 5);
  });
});
