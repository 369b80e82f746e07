import { describe, expect, it } from 'vitest';
import { GargaloError } from '../core/errors.js';
import { evaluate, type Value } from './evaluate.js';
import { grad } from './gradient.js';
import * as op from './ops/index.js';
import { print } from './print.js';
import { broadcastShapes, inLayer, layerName, normalizeAxis, type Shape } from './shape.js';
import { constant, type DataType, type Tensor, topologicalOrder, variable } from './tensor.js';

const of = (shape: Shape, type?: DataType): Tensor => variable('v', shape, type);

describe('an error about shapes', () => {
  it('names the operator, both shapes and the layer', () => {
    const build = (): Tensor =>
      inLayer('decoder', () => inLayer('output', () => op.MatMul(of(['batch', 32]), of([64, 784]))));
    expect(build).toThrow(GargaloError);
    expect(build).toThrow(
      'MatMul in layer "decoder/output": expected inner sizes that agree, 32 against 64, got [batch, 32] and [64, 784]',
    );
    try {
      build();
    } catch (error) {
      expect(error).toMatchObject({ code: 'bad-shape', where: 'MatMul in layer "decoder/output"' });
    }
    // and leaves the layers as they were
    expect(layerName()).toBe('');
  });

  it.each<[string, () => Tensor, string]>([
    [
      'Add',
      () => op.Add(of([2, 3]), of([2, 4])),
      'Add: expected shapes that broadcast to each other, got [2, 3] and [2, 4]',
    ],
    ['Sub', () => op.Sub(of(['batch', 3]), of([4, 3])), 'got [batch, 3] and [4, 3]'],
    ['Mul', () => op.Mul(of(['a']), of(['b'])), 'got [a] and [b]'],
    ['types', () => op.Mul(of([2]), of([2], 'int32')), 'expected operands of one type, got float32 and int32'],
    ['Exp', () => op.Exp(of([2], 'uint8')), 'Exp: expected float32, got uint8'],
    ['LeakyRelu', () => op.LeakyRelu(of([2], 'int32')), 'LeakyRelu: expected float32, got int32'],
    ['Elu', () => op.Elu(of([2], 'int32')), 'Elu: expected float32, got int32'],
    ['HardSigmoid', () => op.HardSigmoid(of([2], 'int32')), 'HardSigmoid: expected float32, got int32'],
    ['DequantizeLinear', () => op.DequantizeLinear(of([2]), 1), 'DequantizeLinear: expected uint8, got float32'],
    ['Not', () => op.Not(of([2])), 'Not: expected bool, got float32'],
    ['And', () => op.And(of([2]), of([2], 'bool')), 'And: expected bool operands'],
    ['Where', () => op.Where(of([2]), 1, 0), 'Where: expected a bool condition, got [2]'],
    ['Where with shapes', () => op.Where(of([2], 'bool'), of([3]), of([3])), 'got [2] and [3]'],
    [
      'MatMul of a vector',
      () => op.MatMul(of([3]), of([3, 2])),
      'MatMul: expected at least two axes on each side, got [3] and [3, 2]',
    ],
    ['MatMul with batches', () => op.MatMul(of([2, 3, 4]), of([5, 4, 3])), 'got [2] and [5]'],
    [
      'MatMul of whole numbers',
      () => op.MatMul(of([2, 2], 'int32'), of([2, 2])),
      'MatMul: expected float32, got int32',
    ],
    ['Gemm', () => op.Gemm(of([2, 3]), of([2, 3])), 'Gemm: expected inner sizes that agree, got [2, 3] and [2, 3]'],
    ['Gemm of a batch', () => op.Gemm(of([1, 2, 3]), of([3, 2])), 'Gemm: expected matrices, got [1, 2, 3] and [3, 2]'],
    [
      'Gemm with an addend',
      () => op.Gemm(of([1, 3]), of([3, 2]), of([4, 2])),
      'expected an addend that broadcasts to the product',
    ],
    [
      'ReduceSum',
      () => op.ReduceSum(of([2, 3]), [2]),
      'ReduceSum: expected an axis within -2 … 1 for axis 2, got [2, 3]',
    ],
    ['ReduceMax of a scalar', () => op.ReduceMax(of([]), [0]), 'ReduceMax: expected an axis'],
    ['Reshape', () => op.Reshape(of([2, 3]), [4]), 'Reshape: expected as many values for [4], got [2, 3]'],
    [
      'Reshape of symbols',
      () => op.Reshape(of(['batch', 6]), ['batch', 5]),
      'expected as many values for [batch, 5], got [batch, 6]',
    ],
    ['Reshape to another symbol', () => op.Reshape(of(['batch', 6]), ['other', 6]), 'got [batch, 6]'],
    ['Reshape of a symbol to a number', () => op.Reshape(of(['batch']), [1]), 'got [batch]'],
    [
      'Reshape of two symbols',
      () => op.Reshape(of(['a', 'b', 2]), ['b', 'a', 2]),
      'expected at most one symbolic side',
    ],
    [
      'Transpose',
      () => op.Transpose(of([2, 3]), [0, 0]),
      'Transpose: expected a permutation of the axes, [0, 0] is none, got [2, 3]',
    ],
    ['Transpose of another rank', () => op.Transpose(of([2, 3]), [0]), '[0] is none'],
    ['Expand', () => op.Expand(of([2]), [3]), 'Expand: expected a shape that broadcasts to [3], got [2]'],
    [
      'Expand to symbols',
      () => op.Expand(of([1]), ['batch']),
      'expected a tensor to take the symbolic sizes from, got [batch]',
    ],
    [
      'Concat',
      () => op.Concat([of([2, 3]), of([3, 3])], 1),
      'Concat: expected shapes that agree but on axis 1, got [2, 3] and [3, 3]',
    ],
    ['Concat of nothing', () => op.Concat([], 0), 'Concat: expected at least one tensor'],
    ['Concat along a symbol', () => op.Concat([of(['batch']), of(['batch'])], 0), 'got [batch] and [batch]'],
    ['Slice', () => op.Slice(of([4]), 0, 2, 5), 'Slice: expected a part within axis 0 for 2 … 5, got [4]'],
    ['Slice of nothing', () => op.Slice(of([4]), 0, 2, 2), 'for 2 … 2'],
    ['Slice of a symbol', () => op.Slice(of(['batch']), 0, 0, 1), 'got [batch]'],
    [
      'Pad',
      () => op.Pad(of([4]), 0, -1, 0),
      'Pad: expected a static axis and amounts of at least 0, -1 and 0, got [4]',
    ],
    [
      'Gather',
      () => op.Gather(of([4, 2]), of([3])),
      'Gather: expected int32 or int64 indices, got float32, got [4, 2] and [3]',
    ],
    [
      'ScatterND',
      () => op.ScatterND(of([4, 2]), of([3], 'int64'), of([2, 2])),
      'ScatterND: expected a row for each index, got [3] and [2, 2]',
    ],
    [
      'ScatterND by int32',
      () => op.ScatterND(of([4]), of([3], 'int32'), of([3])),
      'expected int64 indices and rows of float32, got int32 and float32',
    ],
    ['Constant', () => constant([1, 2], [3]), 'Constant: expected values for shape [3], got 2'],
    [
      'CustomGradient',
      () => op.withGradient(of([2]), [], () => []),
      'CustomGradient: expected at least one input, got [2]',
    ],
  ])('%s', (_name, build, message) => {
    expect(build).toThrow(GargaloError);
    expect(build).toThrow(message);
  });
});

describe('a symbolic side', () => {
  const x = of(['batch', 6]);

  it.each<[string, Tensor, Shape]>([
    ['elementwise, with a row', op.Add(x, of([6])), ['batch', 6]],
    ['elementwise, with 1', op.Mul(x, of(['batch', 1])), ['batch', 6]],
    ['broadcast against 1', op.Add(of([1, 6]), x), ['batch', 6]],
    ['MatMul', op.MatMul(x, of([6, 2])), ['batch', 2]],
    ['MatMul of its own transpose', op.MatMul(op.Transpose(x), x), [6, 6]],
    ['Gemm', op.Gemm(x, of([2, 6]), of([2]), { transB: true }), ['batch', 2]],
    ['Transpose', op.Transpose(x), [6, 'batch']],
    ['ReduceSum', op.ReduceSum(x, [1]), ['batch']],
    ['ReduceMean, kept', op.ReduceMean(x, [0], true), [1, 6]],
    ['Reshape that splits', op.Reshape(x, ['batch', 2, 3]), ['batch', 2, 3]],
    ['Reshape that moves it', op.Reshape(x, [2, 'batch', 3]), [2, 'batch', 3]],
    ['Expand', op.Expand(of([1, 6]), ['batch', 6], x), ['batch', 6]],
    ['Concat beside', op.Concat([x, x], 1), ['batch', 12]],
    ['Slice beside', op.Slice(x, -1, 1, 3), ['batch', 2]],
    ['Pad beside', op.Pad(x, 1, 1, 2), ['batch', 9]],
    ['Gather of rows', op.Gather(of([100, 4]), of(['batch'], 'int32')), ['batch', 4]],
    ['Gather by a step number', op.Gather(of(['steps', 32], 'int32'), of([], 'int64')), [32]],
    ['comparison', op.Greater(x, 0), ['batch', 6]],
    ['Where', op.Where(of(['batch', 1], 'bool'), x, 0), ['batch', 6]],
    ['Size', op.Size(x), []],
    ['Cast', op.Cast(of(['batch', 6], 'uint8'), 'float32'), ['batch', 6]],
  ])('goes through %s', (_name, tensor, shape) => {
    expect(tensor.shape).toEqual(shape);
  });

  it('goes through gradients, which have the shape of what they are for', () => {
    const w = of([6, 2]);
    const loss = op.ReduceMean(op.ReduceSum(op.Sigmoid(op.Add(op.MatMul(x, w), of([2]))), [1]));
    expect(grad(loss, [x, w]).map(({ shape }) => shape)).toEqual([
      ['batch', 6],
      [6, 2],
    ]);
  });

  it('of indices may stand alone in the gradient of what they gather, or the gradient says so', () => {
    const table = of([9, 2]);
    const loss = (shape: Shape): Tensor => op.ReduceSum(op.Gather(table, of(shape, 'int32')));
    expect(grad(loss(['batch', 1]), [table])[0]!.shape).toEqual([9, 2]);
    expect(() => grad(loss(['batch', 3]), [table])).toThrow(
      'expected a symbolic side of the indices to be the only one',
    );
  });

  it('has one size in an evaluation', () => {
    const [a, b] = [of(['batch', 2]), of(['batch'])];
    const value = (...shape: number[]): Value => ({ shape, data: new Float64Array(shape.reduce((p, s) => p * s, 1)) });
    expect(() =>
      evaluate(
        [op.ReduceSum(a)],
        new Map([
          [a, value(3, 2)],
          [b, value(4)],
        ]),
      ),
    ).toThrow('expected size 3 for batch, got 4');
    expect(() => evaluate([a], new Map([[a, value(3, 1)]]))).toThrow('expected size 2 for 2, got 1');
    expect(() => evaluate([a], new Map([[a, value(3)]]))).toThrow('expected rank 2, got 1');
    expect(() => evaluate([op.ReduceSum(a)])).toThrow('expected a value for the variable "v"');
  });
});

describe('shape rules', () => {
  it('broadcast as NumPy does, both ways', () => {
    for (const [a, b, expected] of [
      [[], [], []],
      [[3], [], [3]],
      [[2, 1], [3], [2, 3]],
      [
        [1, 1, 5],
        [4, 1],
        [1, 4, 5],
      ],
      [
        ['batch', 1],
        [1, 3],
        ['batch', 3],
      ],
    ] as const) {
      expect(broadcastShapes('Add', a, b)).toEqual(expected);
      expect(broadcastShapes('Add', b, a)).toEqual(expected);
    }
  });

  it('count axes from either end', () => {
    expect([0, 1, -1, -2].map((axis) => normalizeAxis('Slice', axis, [4, 5]))).toEqual([0, 1, 1, 0]);
    for (const axis of [2, -3, 0.5, Number.NaN])
      expect(() => normalizeAxis('Slice', axis, [4, 5])).toThrow('expected an axis');
  });

  it('put gathered axes where the axis was', () => {
    expect(op.Gather(of([2, 3, 4]), of([5, 6], 'int64'), 1).shape).toEqual([2, 5, 6, 4]);
    expect(op.Gather(of([2, 3, 4]), of([], 'int64'), -1).shape).toEqual([2, 3]);
  });
});

describe('a graph', () => {
  it('is immutable, and lists inputs before users, each once', () => {
    const x = of([2]);
    const y = op.Tanh(x);
    const z = op.Add(y, op.Mul(y, x));
    expect(Object.isFrozen(z)).toBe(true);
    expect(topologicalOrder([z, y]).map((tensor) => tensor.op)).toEqual(['Variable', 'Tanh', 'Mul', 'Add']);
  });

  it('prints as text with attributes, types and shapes', () => {
    const x = variable('x', ['batch', 4]);
    const large = constant(Float32Array.from({ length: 9 }, (_, i) => i / 4));
    const y = op.Add(
      op.MatMul(op.LeakyRelu(x, 0.5), op.Reshape(op.Concat([large, constant([1, 2, 3])], 0), [4, 3])),
      1,
    );
    expect(print({ y, x })).toBe(`%0 = Variable "x" : float32 [batch, 4]
%1 = LeakyRelu(%0, alpha=0.5) : float32 [batch, 4]
%2 = Constant {0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, …} : float32 [9]
%3 = Constant {1, 2, 3} : float32 [3]
%4 = Concat(%2, %3, axis=0) : float32 [12]
%5 = Reshape(%4, shape=[4,3]) : float32 [4, 3]
%6 = MatMul(%1, %5) : float32 [batch, 3]
%7 = Constant {1} : float32 []
%8 = Add(%6, %7) : float32 [batch, 3]
return y = %8
return x = %0`);
  });
});
