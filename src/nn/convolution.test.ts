import { describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.js';
import { evaluate } from '../graph/evaluate.js';
import { contract, GRADIENT_TOLERANCE, gradientError } from '../graph/finite-differences.oracle.js';
import { createDraw, type Draw } from '../graph/operator-cases.oracle.js';
import * as op from '../graph/ops/index.js';
import { type Tensor, variable } from '../graph/tensor.js';
import { averagePool, convolution, maxPool, transposedConvolution, upsampleNearest } from './convolution.js';
import { glorotUniform, heNormal } from './initializers.js';
import { createScope, type ParameterDefinition } from './scope.js';

function drawnScope(draw: Draw) {
  const asked: ParameterDefinition[] = [];
  const tensors: Tensor[] = [];
  const scope = createScope((definition) => {
    asked.push(definition);
    tensors.push(draw.real(definition.shape));
    return tensors[tensors.length - 1]!;
  });
  return { scope, asked, tensors };
}

const valuesOf = (tensor: Tensor, draw: Draw): number[] => [...evaluate([tensor], draw.feeds)[0]!.data];

/** By definition, pixel for pixel, zeros outside: the oracle is written another way than the kernels. */
function correlation(
  image: readonly number[][],
  kernel: readonly number[][],
  stride: number,
  top: number,
  left: number,
): number {
  let sum = 0;
  for (const [i, row] of kernel.entries()) {
    for (const [j, w] of row.entries()) sum += w * (image[top * stride + i]?.[left * stride + j] ?? 0);
  }
  return sum;
}

const options = [
  { rows: 28, kernel: 3, strides: 1, padding: 'same', same: 28 },
  { rows: 28, kernel: 3, strides: 2, padding: 'same', same: 14 },
  { rows: 7, kernel: 2, strides: 2, padding: 'same', same: 4 },
  { rows: 7, kernel: 3, strides: 2, padding: 'same', same: 4 },
  { rows: 9, kernel: 5, strides: 3, padding: 'same', same: 3 },
  { rows: 4, kernel: 1, strides: 3, padding: 'same', same: 2 },
  { rows: 16, kernel: 3, strides: 1, padding: 'valid', same: 14 },
  { rows: 7, kernel: 3, strides: 2, padding: 'valid', same: 3 },
] as const;

describe('a convolutional layer', () => {
  it.each(options)('of $rows rows, kernel $kernel, strides $strides, $padding has $same rows', (option) => {
    const { scope, asked } = drawnScope(createDraw(1, 'shapes'));
    const x = variable('x', ['batch', 2, option.rows, option.rows]);
    expect(convolution(scope, x, { filters: 5, ...option }).shape).toEqual(['batch', 5, option.same, option.same]);
    expect(asked.map(({ name, shape, decays }) => [name, shape, decays])).toEqual([
      ['weight', [5, 2, option.kernel, option.kernel], true],
      ['bias', [5], false],
    ]);
  });

  it('correlates, and pads the end more where strides leave an odd number, as TensorFlow does', () => {
    const draw = createDraw(2, 'convolution');
    const { scope, tensors } = drawnScope(draw);
    const x = draw.real([1, 1, 4, 4]);
    const y = convolution(scope, x, { filters: 1, kernel: 3, strides: 2, activation: 'tanh' });
    const [image, weight, [bias]] = [x, ...tensors].map((tensor) => valuesOf(tensor, draw)) as [
      number[],
      number[],
      number[],
    ];
    const inRows = (values: number[], n: number): number[][] =>
      Array.from({ length: n }, (_, i) => values.slice(i * n, (i + 1) * n));
    // no zeros at the top and left, a row and a column of them at the end
    const expected = [0, 1, 2, 3].map((i) =>
      Math.tanh(bias! + correlation(inRows(image, 4), inRows(weight, 3), 2, i >> 1, i % 2)),
    );
    for (const [i, value] of valuesOf(y, draw).entries()) expect(value).toBeCloseTo(expected[i]!, 12);
  });

  it('has the gradient that differences give', () => {
    const draw = createDraw(3, 'gradient');
    const { scope } = drawnScope(draw);
    const x = draw.real([2, 2, 6, 6]);
    const h = scope.within('a', (a) => convolution(a, x, { filters: 3, kernel: 3, strides: 2, activation: 'tanh' }));
    const y = scope.within('b', (b) => transposedConvolution(b, h, { filters: 1, kernel: 3, strides: 2 }));
    expect(y.shape).toEqual([2, 1, 6, 6]);
    expect(gradientError(contract(y, 1), draw.feeds, [...draw.feeds.keys()])).toBeLessThan(GRADIENT_TOLERANCE);
  });
});

describe('a convolution over repeated pixels', () => {
  const cases = [1, 2, 3, 4, 5].flatMap((kernel) =>
    [1, 2, 3].flatMap((factor) => (['same', 'valid'] as const).map((padding) => ({ kernel, factor, padding }))),
  );
  it.each(cases)('of kernel $kernel, $factor times, $padding is that of the upsampled image', (option) => {
    const draw = createDraw(7, JSON.stringify(option));
    const { scope } = drawnScope(draw);
    const repeated = upsampleNearest(draw.real([2, 2, 5, 3]), [option.factor, 2]);
    const layer = { filters: 3, activation: 'tanh', ...option } as const;
    const quick = scope.within('twin', (twin) => convolution(twin, repeated, layer));
    // the sum with nothing hides that it was upsampled
    const plain = scope.within('twin', (twin) => convolution(twin, op.Add(repeated, 0), layer));
    expect(quick.shape).toEqual(plain.shape);
    for (const value of valuesOf(op.Sub(quick, plain), draw)) expect(value).toBeCloseTo(0, 12);
    expect(gradientError(contract(quick, 1), draw.feeds, [...draw.feeds.keys()])).toBeLessThan(GRADIENT_TOLERANCE);
  });
});

describe('a transposed convolution', () => {
  it.each(
    [1, 2, 3, 5].flatMap((kernel) => [1, 2, 3].map((strides) => ({ kernel, strides }))),
  )('of kernel $kernel and strides $strides is the transpose of the convolution back, in Keras’ padding', ({
    kernel,
    strides,
  }) => {
    const draw = createDraw(4, `${kernel}/${strides}`);
    const { scope, tensors } = drawnScope(draw);
    const [small, large] = [draw.real([1, 2, 4, 3]), draw.real([1, 3, 4 * strides, 3 * strides])];
    const up = scope.within('up', (layer) => transposedConvolution(layer, small, { filters: 3, kernel, strides }));
    expect(up.shape).toEqual(large.shape);
    const [weight, bias] = tensors as [Tensor, Tensor];
    const sides: op.Pair = [4 * strides, 3 * strides];
    const pads = op.paddingFor('same', sides, [kernel, kernel], [strides, strides]);
    const down = op.Conv(large, weight, undefined, { strides: [strides, strides], pads });
    // ⟨up(small), large⟩ = ⟨small, down(large)⟩
    const left = op.ReduceSum(op.Mul(op.Sub(up, op.Reshape(bias, [3, 1, 1])), large));
    const right = op.ReduceSum(op.Mul(small, down));
    expect(valuesOf(op.Sub(left, right), draw)[0]).toBeCloseTo(0, 10);
  });
});

describe('pooling', () => {
  const draw = createDraw(5, 'pooling');
  const x = draw.variable([1, 1, 3, 3], (at) => [4, 1, -2, 0, 3, -5, -6, -7, -1][at]!);

  it('takes the largest or the mean of each window, and no padding', () => {
    expect(valuesOf(maxPool(x, { size: 2 }), draw)).toEqual([4]);
    expect(valuesOf(maxPool(x, { size: 2, padding: 'same' }), draw)).toEqual([4, -2, -6, -1]);
    expect(valuesOf(maxPool(x, { size: 2, strides: 1 }), draw)).toEqual([4, 3, 3, 3]);
    expect(valuesOf(maxPool(op.Relu(op.Neg(x)), { size: 2, strides: 1 }), draw)).toEqual([0, 5, 7, 7]);
    expect(valuesOf(averagePool(x, { size: 2, padding: 'same' }), draw)).toEqual([2, -3.5, -6.5, -1]);
  });
});

describe('nearest upsampling', () => {
  it('repeats every pixel down and across', () => {
    const draw = createDraw(6, 'upsampling');
    const x = draw.variable([1, 2, 1, 2], (at) => at + 1);
    expect(valuesOf(upsampleNearest(x, [2, 3]), draw)).toEqual([
      ...[1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2],
      ...[3, 3, 3, 4, 4, 4, 3, 3, 3, 4, 4, 4],
    ]);
    expect(gradientError(contract(upsampleNearest(x, 2), 1), draw.feeds, [x])).toBeLessThan(GRADIENT_TOLERANCE);
    expect(upsampleNearest(variable('x', ['batch', 3, 4, 5])).shape).toEqual(['batch', 3, 8, 10]);
  });
});

describe('initialisers of kernels', () => {
  it('count the receptive field into their fans, as Keras does', () => {
    const spread = (values: Float32Array): number =>
      Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
    const shape = [64, 32, 3, 3];
    expect(spread(glorotUniform(shape, createRandom(1, 'w'))) / Math.sqrt(2 / (9 * 96))).toBeCloseTo(1, 1);
    expect(spread(heNormal(shape, createRandom(1, 'w'))) / Math.sqrt(2 / (9 * 32))).toBeCloseTo(1, 1);
  });
});
