import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.js';
import { evaluate } from '../graph/evaluate.js';
import { contract, GRADIENT_TOLERANCE, gradientError } from '../graph/finite-differences.oracle.js';
import { createDraw, type Draw } from '../graph/operator-cases.oracle.js';
import * as op from '../graph/ops/index.js';
import { layerName } from '../graph/shape.js';
import type { Tensor } from '../graph/tensor.js';
import { activationNames } from './activations.js';
import { type DenseOptions, dense } from './dense.js';
import { glorotUniform, heNormal, zeros } from './initializers.js';
import { createScope, type ParameterDefinition } from './scope.js';

/** A scope that draws its parameters, with what was asked of it. */
function drawnScope(draw: Draw) {
  const asked: ParameterDefinition[] = [];
  const tensors = new Map<string, Tensor>();
  const scope = createScope((definition) => {
    asked.push(definition);
    const tensor = draw.real(definition.shape);
    tensors.set(definition.name, tensor);
    return tensor;
  });
  return { scope, asked, tensors };
}

function expectEqual(a: Tensor, b: Tensor, draw: Draw): void {
  const [left, right] = evaluate([a, b], draw.feeds);
  expect(left!.shape).toEqual(right!.shape);
  for (const [i, value] of left!.data.entries()) expect(value).toBeCloseTo(right!.data[i]!, 10);
}

describe('a dense layer', () => {
  it('is tanh(x W + b)', () => {
    const draw = createDraw(1, 'dense');
    const x = draw.real([4, 3]);
    const { scope, asked, tensors } = drawnScope(draw);
    const y = dense(scope, x, { units: 5, activation: 'tanh' });
    expectEqual(y, op.Tanh(op.Add(op.MatMul(x, tensors.get('weight')!), tensors.get('bias')!)), draw);
    expect(asked.map(({ name, shape, decays }) => [name, shape, decays])).toEqual([
      ['weight', [3, 5], true],
      ['bias', [5], false],
    ]);
    expect(gradientError(contract(y, 1), draw.feeds, [...draw.feeds.keys()])).toBeLessThan(GRADIENT_TOLERANCE);
  });

  it('tied to a weight uses it transposed, and has a bias only', () => {
    const draw = createDraw(2, 'tied');
    const x = draw.real([4, 5]);
    const { scope, tensors } = drawnScope(draw);
    const tiedTo = scope.parameter('twin', [3, 5], glorotUniform);
    const y = scope.within('decoder', (layer) => dense(layer, x, { units: 3, tiedTo }));
    expectEqual(y, op.Add(op.MatMul(x, op.Transpose(tensors.get('twin')!)), tensors.get('decoder/bias')!), draw);
    expect([...tensors.keys()]).toEqual(['twin', 'decoder/bias']);
    expect(gradientError(contract(y, 1), draw.feeds, [...draw.feeds.keys()])).toBeLessThan(GRADIENT_TOLERANCE);
  });

  it('is built for every activation, with an initialiser that suits it or the one given', () => {
    const initializerOf = (options: Partial<DenseOptions>): ParameterDefinition['initializer'] => {
      const draw = createDraw(3, 'initializers');
      const { scope, asked } = drawnScope(draw);
      const y = dense(scope, draw.real([2, 3]), { units: 4, ...options });
      expect(y.shape).toEqual([2, 4]);
      return asked[0]!.initializer;
    };
    for (const activation of activationNames) initializerOf({ activation });
    expect(initializerOf({ activation: 'relu' })).toBe(heNormal);
    expect(initializerOf({ activation: 'tanh' })).toBe(glorotUniform);
    expect(initializerOf({})).toBe(glorotUniform);
    expect(initializerOf({ activation: 'relu', initializer: zeros })).toBe(zeros);
  });
});

describe('a scope', () => {
  it('names parameters by path, gives the same tensor for the same name, and names the layer for errors', () => {
    const draw = createDraw(4, 'scope');
    const { scope, asked } = drawnScope(draw);
    const build = () =>
      scope.within('encoder', (encoder) => encoder.within('0', (layer) => layer.parameter('weight', [2], zeros)));
    expect(build()).toBe(build());
    expect(asked.map(({ name }) => name)).toEqual(['encoder/0/weight']);
    expect(scope.within('encoder', () => layerName())).toBe('encoder');
    expect(() =>
      scope.within('code', (layer) => dense(layer, op.Slice(draw.real([2, 3]), 1, 2, 9), { units: 1 })),
    ).toThrow();
    expect(() =>
      scope.within('code', (layer) => op.MatMul(draw.real([2, 3]), layer.parameter('weight', [4, 1], zeros))),
    ).toThrow('MatMul in layer "code"');
  });
});

describe('initialisers', () => {
  it('are repeatable by seed, within their limits and as wide as their formula says', () => {
    const draw = (seed: number) => glorotUniform([300, 100], createRandom(seed, 'w'));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    const limit = Math.sqrt(6 / 400);
    expect(draw(1).every((value) => Math.abs(value) <= limit)).toBe(true);
    const spread = (values: Float32Array): number =>
      Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
    expect(spread(draw(1)) / Math.sqrt(2 / 400)).toBeCloseTo(1, 1);
    expect(spread(heNormal([300, 100], createRandom(1, 'w'))) / Math.sqrt(2 / 300)).toBeCloseTo(1, 1);
    expect(zeros([2, 3], createRandom(1, 'b'))).toEqual(new Float32Array(6));
  });
});
