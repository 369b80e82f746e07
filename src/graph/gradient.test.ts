import { describe, expect, it } from 'vitest';
import { evaluate, type Value } from './evaluate.js';
import { contract, GRADIENT_TOLERANCE, gradientError } from './finite-differences.oracle.js';
import { grad } from './gradient.js';
import { createDraw, operatorCases, operatorNames, sampleOperator } from './operator-cases.oracle.js';
import * as op from './ops/index.js';
import { constant, type Operator, type Tensor, variable } from './tensor.js';

const SHAPES = 60;
const floats = (feeds: ReadonlyMap<Tensor, Value>): Tensor[] =>
  [...feeds.keys()].filter((tensor) => tensor.type === 'float32');
const differentiable = operatorNames.filter((name) => operatorCases[name].flat === undefined);

/** The largest error over some random expressions of an operator. */
function worstError(name: Operator, count: number, change = (output: Tensor, _inputs: readonly Tensor[]) => output) {
  let worst = 0;
  for (let seed = 0; seed < count; seed++) {
    const { output, feeds } = sampleOperator(name, seed);
    const inputs = floats(feeds);
    worst = Math.max(worst, gradientError(contract(change(output, inputs), seed), feeds, inputs, seed));
  }
  return worst;
}

const scalar = (value: number): Value => ({ shape: [], data: Float64Array.of(value) });
const numberOf = (tensor: Tensor, feeds: ReadonlyMap<Tensor, Value>): number => evaluate([tensor], feeds)[0]!.data[0]!;

describe('the gradient of every operator', () => {
  it.each(differentiable)('%s agrees with central differences', (name) => {
    expect(worstError(name, SHAPES)).toBeLessThan(GRADIENT_TOLERANCE);
  });

  it.each(operatorNames.filter((name) => operatorCases[name].flat !== undefined))('%s is zero', (name) => {
    for (let seed = 0; seed < 10; seed++) {
      const { output, feeds } = sampleOperator(name, seed);
      for (const gradient of evaluate(grad(contract(output, seed), [...feeds.keys()]), feeds)) {
        expect(gradient.data.every((value) => value === 0)).toBe(true);
      }
    }
  });

  it('is itself differentiable: the gradient of a function of the gradient agrees too', () => {
    const errors = differentiable.map((name) => {
      let worst = 0;
      for (let seed = 0; seed < 8; seed++) {
        const { output, feeds } = sampleOperator(name, seed);
        const inputs = floats(feeds);
        const first = grad(contract(op.Mul(output, op.Mul(output, output)), seed), inputs);
        const loss = first.map((gradient, k) => contract(gradient, seed + k)).reduce((sum, term) => op.Add(sum, term));
        worst = Math.max(worst, gradientError(loss, feeds, inputs, seed));
      }
      return [name, worst] as const;
    });
    expect(errors.filter(([, error]) => !(error < GRADIENT_TOLERANCE))).toEqual([]);
  });

  it('adds up over the ways that lead to a tensor', () => {
    const x = variable('x', []);
    const loss = op.Add(op.Mul(x, x), op.Sub(op.Mul(x, 3), op.Div(2, x)));
    // 2x + 3 + 2/x²
    expect(numberOf(grad(loss, [x])[0]!, new Map([[x, scalar(2)]]))).toBeCloseTo(7.5, 12);
  });

  it('is zero where the loss does not depend on a tensor, whatever that holds', () => {
    const [x, y] = [variable('x', []), variable('y', [2])];
    const feeds = new Map<Tensor, Value>([[y, { shape: [2], data: Float64Array.of(Infinity, Number.NaN) }]]);
    expect([...evaluate(grad(x, [y]), feeds)[0]!.data]).toEqual([0, 0]);
  });

  it('gives ties of Max and Min to the first, and shares those of ReduceMax', () => {
    const [a, b, x] = [variable('a', []), variable('b', []), variable('x', [4])];
    const feeds = new Map<Tensor, Value>([
      [a, scalar(1)],
      [b, scalar(1)],
      [x, { shape: [4], data: Float64Array.of(2, 5, 5, 1) }],
    ]);
    for (const extreme of [op.Max, op.Min]) {
      expect(evaluate(grad(extreme(a, b), [a, b]), feeds).map(({ data }) => data[0])).toEqual([1, 0]);
    }
    expect([...evaluate(grad(op.ReduceMax(x), [x]), feeds)[0]!.data]).toEqual([0, 0.5, 0.5, 0]);
  });

  it('wants a scalar loss', () => {
    expect(() => grad(variable('x', [2]), [])).toThrow('grad: expected a scalar loss, got shape [2]');
  });

  it('refuses a gradient by hand of another shape', () => {
    const x = variable('x', [2, 3]);
    const wrong = op.withGradient(x, [x], (g) => [op.Transpose(g)]);
    expect(() => grad(op.ReduceSum(wrong), [x])).toThrow('expected shape [2, 3] for input 1, got [3, 2]');
  });
});

describe('a symbolic batch', () => {
  it.each([1, 5])('of %i: gradients of means, sums and broadcast biases', (batch) => {
    const draw = createDraw(3, `symbolic/${batch}`);
    const fed = (tensor: Tensor, shape: number[]): [Tensor, Value] => [
      tensor,
      draw.feeds.get(draw.real(shape) as Tensor<'Variable'>)!,
    ];
    const [x, w, b] = [variable('x', ['batch', 3]), variable('w', [3, 4]), variable('b', [4])];
    const feeds = new Map([fed(x, [batch, 3]), fed(w, [3, 4]), fed(b, [4])]);
    const y = op.Tanh(op.Add(op.MatMul(x, w), b));
    const loss = op.Add(
      op.ReduceMean(op.ReduceSum(op.Mul(y, y), [1])),
      op.ReduceSum(op.Div(op.ReduceMean(y, [0]), op.Add(op.ReduceMax(op.Exp(y), [0], true), 1))),
    );
    expect(gradientError(loss, feeds, [x, w, b])).toBeLessThan(GRADIENT_TOLERANCE);
  });
});

describe('second derivatives in closed form', () => {
  const x = variable('x', []);
  const second = (f: Tensor): Tensor => grad(grad(f, [x])[0]!, [x])[0]!;
  const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
  const curvature = (value: number): number => sigmoid(value) * (1 - sigmoid(value));

  it.each<[string, Tensor, (value: number) => number]>([
    ['x³', op.Mul(op.Mul(x, x), x), (value) => 6 * value],
    ['σ', op.Sigmoid(x), (value) => curvature(value) * (1 - 2 * sigmoid(value))],
    ['softplus', op.Softplus(x), curvature],
    ['tanh', op.Tanh(x), (value) => -2 * Math.tanh(value) * (1 - Math.tanh(value) ** 2)],
    ['eˣ', op.Exp(x), Math.exp],
    ['1/x', op.Div(1, x), (value) => 2 / value ** 3],
  ])('%s', (_name, f, expected) => {
    for (const value of [-3, -0.7, 0.4, 1.9]) {
      const got = numberOf(second(f), new Map([[x, scalar(value)]]));
      expect(Math.abs(got - expected(value))).toBeLessThan(1e-12 * Math.max(1, Math.abs(expected(value))));
    }
  });

  it('x³ has a third one, and no fourth', () => {
    const third = grad(second(op.Mul(op.Mul(x, x), x)), [x])[0]!;
    expect(numberOf(third, new Map([[x, scalar(5)]]))).toBe(6);
    expect(numberOf(grad(third, [x])[0]!, new Map([[x, scalar(5)]]))).toBe(0);
  });

  it('the Hessian of xᵀ A x is A + Aᵀ', () => {
    const draw = createDraw(11, 'quadratic');
    const [a, v] = [draw.real([4, 4]), draw.real([4, 1])];
    const gradient = grad(op.ReduceSum(op.MatMul(op.Transpose(v), op.MatMul(a, v))), [v])[0]!;
    const matrix = draw.feeds.get(a)!.data;
    for (let i = 0; i < 4; i++) {
      const row = grad(op.ReduceSum(op.Slice(gradient, 0, i, i + 1)), [v])[0]!;
      const got = evaluate([row], draw.feeds)[0]!.data;
      for (let j = 0; j < 4; j++) expect(got[j]).toBeCloseTo(matrix[4 * i + j]! + matrix[4 * j + i]!, 12);
    }
  });
});

describe('the squared norm of a gradient as a penalty', () => {
  it.each([
    ['sigmoid', op.Sigmoid],
    ['tanh', op.Tanh],
    ['softplus', op.Softplus],
    ['elu', (x: Tensor) => op.Elu(x)],
  ] as const)('through %s, has the gradient that differences give', (name, apply) => {
    const draw = createDraw(5, name);
    const [x, w, b, u] = [draw.real([3, 4]), draw.real([4, 5]), draw.real([5]), draw.real([5, 2])];
    const code = apply(op.Add(op.MatMul(x, w), b));
    const output = op.ReduceSum(op.Tanh(op.MatMul(code, u)));
    const slope = grad(output, [x])[0]!;
    const penalty = op.ReduceMean(op.Mul(slope, slope));
    expect(gradientError(op.Add(output, op.Mul(penalty, 0.5)), draw.feeds, [w, b, u])).toBeLessThan(GRADIENT_TOLERANCE);
  });

  it('is ‖∂h/∂x‖² in the closed form of the contractive autoencoder for one sigmoid layer', () => {
    const draw = createDraw(8, 'contractive');
    const [x, w] = [draw.real([1, 4]), draw.real([4, 3])];
    const h = op.Sigmoid(op.MatMul(x, w));
    // Σⱼ (hⱼ(1 − hⱼ))² Σᵢ Wᵢⱼ² (Rifai et al. 2011)
    const slope = op.Mul(h, op.Sub(1, h));
    const closed = op.ReduceSum(op.Mul(op.Mul(slope, slope), op.ReduceSum(op.Mul(w, w), [0])));
    const rows = [0, 1, 2].map((j) => {
      const row = grad(op.ReduceSum(op.Slice(h, 1, j, j + 1)), [x])[0]!;
      return op.ReduceSum(op.Mul(row, row));
    });
    const written = rows.reduce((sum, row) => op.Add(sum, row));
    const gradients = evaluate([closed, written, ...grad(closed, [w]), ...grad(written, [w])], draw.feeds);
    expect(gradients[1]!.data[0]).toBeCloseTo(gradients[0]!.data[0]!, 12);
    for (const [i, value] of gradients[2]!.data.entries()) expect(gradients[3]!.data[i]).toBeCloseTo(value, 12);
  });
});

describe('the checker above', () => {
  it.each(differentiable)('notices a gradient of %s that is wrong by a hundredth of a percent', (name) => {
    const error = worstError(name, 4, (output, inputs) =>
      op.withGradient(output, inputs, (g) => {
        const right = grad(op.ReduceSum(op.Mul(output, g)), inputs);
        return right.map((gradient, k) =>
          (k === 0 && name !== 'ScatterND') || k === 1 ? op.Mul(gradient, 1.0001) : gradient,
        );
      }),
    );
    expect(error).toBeGreaterThan(50 * GRADIENT_TOLERANCE);
  });

  const draw = createDraw(2, 'wrong');
  const [a, b, row] = [draw.real([3, 3]), draw.real([3, 3]), draw.real([1, 3])];
  it.each<[string, Tensor, readonly Tensor[], (g: Tensor) => Tensor[]]>([
    ['a dropped transposition', op.MatMul(a, b), [a, b], (g) => [op.MatMul(g, b), op.MatMul(op.Transpose(a), g)]],
    ['a wrong sign', op.Sub(a, b), [a, b], (g) => [g, g]],
    ['operands exchanged', op.Mul(a, b), [a, b], (g) => [op.Mul(g, a), op.Mul(g, b)]],
    ['a mean over a broadcast axis', op.Add(a, row), [a, row], (g) => [g, op.ReduceMean(g, [0], true)]],
    [
      'a missing inner derivative',
      op.Sigmoid(op.Mul(a, 2)),
      [a],
      (g) => [grad(op.ReduceSum(op.Mul(op.Sigmoid(a), g)), [a])[0]!],
    ],
    ['a forgotten way', op.Mul(a, a), [a], (g) => [op.Mul(g, a)]],
    ['not a number', a, [a], (g) => [op.Div(op.Sub(g, g), constant(0))]],
    ['nothing at all', a, [a], (g) => [op.Mul(g, 0)]],
  ])('notices %s', (_name, value, inputs, rule) => {
    const loss = contract(op.withGradient(value, inputs, rule), 4);
    expect(gradientError(contract(value, 4), draw.feeds, inputs)).toBeLessThan(GRADIENT_TOLERANCE);
    expect(gradientError(loss, draw.feeds, inputs)).toBeGreaterThan(0.01);
  });
});
