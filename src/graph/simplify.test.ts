import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../test/effort.js';
import { evaluate, type Value } from './evaluate.js';
import { fuse } from './fuse.js';
import { grad } from './gradient.js';
import * as op from './ops/index.js';
import { print } from './print.js';
import { randomGraph } from './random-graph.oracle.js';
import { inLayer } from './shape.js';
import { simplify } from './simplify.js';
import { constant, isOperator, scalarValue, type Tensor, topologicalOrder, variable } from './tensor.js';

const largest = (values: readonly Value[]): number =>
  values.reduce((most, { data }) => data.reduce((a, b) => Math.max(a, Math.abs(b)), most), 0);
const operators = (outputs: readonly Tensor[]): Tensor[] =>
  topologicalOrder(outputs).filter((tensor) => tensor.op !== 'Variable' && tensor.op !== 'Constant');
const names = (...outputs: Tensor[]): string[] => operators(outputs).map((tensor) => tensor.op);
/** Scalings and repetitions, which rules move to where they cost less: that may take one for each user. */
const isMovable = (tensor: Tensor): boolean =>
  tensor.op === 'Expand' || (tensor.op === 'Mul' && scalarValue(tensor.inputs[1] as Tensor) !== undefined);

const one = (tensor: Tensor): Tensor => simplify([tensor])[0]!;
const fused = (tensor: Tensor): Tensor => fuse(simplify([tensor]))[0]!;
const numbers = (tensor: Tensor): number[] => Array.from(evaluate([tensor])[0]!.data);
const x = variable('x', [2, 3]);
const y = variable('y', [2, 3]);
const symbolic = variable('s', ['batch', 3]);

/** The smallest 32-bit float that is not denormal; programs take smaller ones for 0. */
const SMALLEST_NORMAL = 2 ** -126;

describe('simplifying and fusing a random graph', () => {
  it('changes neither values nor shapes, and adds no operators but scalings, repetitions and transposes', () => {
    fc.assert(
      fc.property(randomGraph(40), ({ outputs, feeds }) => {
        const simplified = simplify(outputs);
        const better = fuse(simplified);
        expect(better.map(({ shape, type }) => [shape, type])).toEqual(outputs.map(({ shape, type }) => [shape, type]));

        const steps = evaluate(topologicalOrder(outputs), feeds);
        // A number below those of 32-bit floats is 0 in a program; in double precision it would pass for one above 0.
        const isHeld = (value: number): boolean => value === 0 || Math.abs(value) >= SMALLEST_NORMAL;
        fc.pre(steps.every(({ data }) => [...data].every(isHeld)));
        const scale = Math.max(1, largest(steps));
        const before = evaluate(outputs, feeds);
        const after = evaluate(better, feeds);
        for (const [i, { data, shape }] of before.entries()) {
          expect(after[i]!.shape).toEqual(shape);
          for (const [at, value] of data.entries()) {
            expect(Math.abs(after[i]!.data[at]! - value)).toBeLessThanOrEqual(1e-9 * scale);
          }
        }

        const passes = (graph: readonly Tensor[]): number => operators(graph).filter((t) => !isMovable(t)).length;
        // (A B)ᵀ becomes Bᵀ Aᵀ, a transpose more for each product, which Gemm takes in where it can
        const products = operators(outputs).filter((t) => t.op === 'MatMul').length;
        expect(passes(simplified)).toBeLessThanOrEqual(passes(outputs) + products);
        // a selection may become several cheaper operators
        const selections = operators(simplified).filter((t) => t.op === 'Where').length;
        expect(operators(better).length).toBeLessThanOrEqual(operators(simplified).length + 2 * selections);
      }),
      { numRuns: effort(1500, 15_000) },
    );
  });

  it('fuses all there is to fuse at once', () => {
    fc.assert(
      fc.property(randomGraph(40), ({ outputs }) => {
        const text = (graph: readonly Tensor[]): string => print(Object.fromEntries(graph.entries()));
        const better = fuse(simplify(outputs));
        expect(text(fuse(better))).toBe(text(better));
      }),
      { numRuns: effort(300, 3000) },
    );
  });

  it('keeps gradients: those of a simplified graph are those of the graph', () => {
    fc.assert(
      fc.property(randomGraph(25), ({ outputs, inputs, feeds }) => {
        // whatever comes from CustomGradient goes with it, so the gradient is taken first
        const loss = op.ReduceSum(outputs[0]!);
        const gradients = grad(loss, inputs);
        const before = evaluate(gradients, feeds);
        const after = evaluate(fuse(simplify(gradients)), feeds);
        const scale = Math.max(1, largest(evaluate(topologicalOrder(gradients), feeds)));
        for (const [i, { data }] of before.entries()) {
          // numbers inside of rules are folded in 32 bits
          for (const [at, value] of data.entries()) {
            expect(Math.abs(after[i]!.data[at]! - value)).toBeLessThanOrEqual(1e-6 * scale);
          }
        }
      }),
      { numRuns: effort(300, 3000) },
    );
  });
});

describe('simplify', () => {
  it('folds constants', () => {
    const folded = one(op.Add(x, op.Mul(op.Sub(constant([4, 5, 6]), 1), 2)));
    expect(names(folded)).toEqual(['Add']);
    expect(numbers(folded.inputs[1]!)).toEqual([6, 8, 10]);
    expect(one(op.Size(x))).toMatchObject({ op: 'Constant', type: 'int64' });
    expect(numbers(one(op.Cast(op.Size(x), 'float32')))).toEqual([6]);
  });

  it('does not fold what would make the program large, fresh random numbers, or sizes that are not known', () => {
    const large = constant(new Float32Array(5000));
    expect(names(one(op.Exp(large)))).toEqual(['Exp']);
    expect(names(one(op.Expand(constant(1), [100])))).toEqual(['Expand']);
    expect(names(one(op.RandomNormalLike(constant([1, 2]), 3)))).toEqual(['RandomNormalLike']);
    expect(names(one(op.Size(symbolic)))).toEqual(['Size']);
  });

  it('does not fold what whole numbers cannot hold', () => {
    const impossible = [
      op.Cast(op.Div(constant(0), constant(0)), 'int64'),
      op.Div(constant(1, [], 'int64'), constant(0, [], 'int64')),
    ];
    for (const tensor of impossible) expect(names(one(tensor)).length).toBe(1);
  });

  it('shares common subexpressions, also between outputs', () => {
    const term = (): Tensor => op.Tanh(op.Add(x, constant([1, 2, 3])));
    const [a, b] = simplify([op.Mul(term(), term()), op.Exp(term())]);
    expect(names(a!, b!)).toEqual(['Add', 'Tanh', 'Mul', 'Exp']);
    expect(a!.inputs[0]).toBe(b!.inputs[0]);
  });

  it('does not share what differs in an attribute, the sign of a zero or the variable', () => {
    const pairs = [
      [op.LeakyRelu(x, 0.1), op.LeakyRelu(x, 0.2)],
      [op.LeakyRelu(x, Infinity), op.LeakyRelu(x, Number.NaN)],
      [op.Div(x, constant([0, 0, 0])), op.Div(x, constant([-0, 0, 0]))],
      [op.RandomNormalLike(x, 1), op.RandomNormalLike(x, 2)],
      [op.Tanh(x), op.Tanh(y)],
      [op.Tanh(variable('same', [2])), op.Tanh(variable('same', [2]))],
    ] as const;
    for (const pair of pairs) {
      const [a, b] = simplify(pair);
      expect(a).not.toBe(b);
    }
  });

  it('leaves out what nothing depends on', () => {
    const custom = op.withGradient(op.Tanh(x), [op.Exp(x)], (g) => [g]);
    expect(names(one(custom))).toEqual(['Tanh']);
    expect(names(one(op.Slice(op.Concat([x, op.Exp(y)], 0), 0, 0, 2)))).toEqual([]);
    expect(one(op.Slice(op.Concat([x, op.Exp(y)], 0), 0, 1, 3))).toMatchObject({ op: 'Slice' });
  });

  it('gathers factors behind products and sums', () => {
    const product = one(op.MatMul(op.Mul(x, 2), op.Transpose(op.Div(y, 4))));
    expect(names(product)).toEqual(['Transpose', 'MatMul', 'Mul']);
    expect(scalarValue(product.inputs[1]!)).toBe(0.5);
    expect(names(one(op.ReduceSum(op.Mul(op.Mul(op.Neg(x), 3), 2))))).toEqual(['ReduceSum', 'Mul']);
  });

  it('turns negations into subtractions', () => {
    expect(names(one(op.Add(x, op.Neg(y))))).toEqual(['Sub']);
    expect(one(op.Add(op.Neg(x), y)).inputs).toEqual([y, x]);
    expect(names(one(op.Sub(x, op.Neg(y))))).toEqual(['Add']);
    expect(one(op.Neg(op.Neg(x)))).toBe(x);
  });

  it('needs no copies to repeat a bias or a loss', () => {
    const row = variable('row', [1, 3]);
    expect(names(one(op.Add(x, op.Expand(row, [2, 3]))))).toEqual(['Add']);
    expect(names(one(op.Mul(op.Expand(constant(2), [2, 3]), x)))).toEqual(['Mul']);
    expect(names(one(op.Div(x, op.Expand(row, [2, 3]))))).toEqual(['Div']);
    expect(names(one(op.Add(symbolic, op.Expand(row, ['batch', 3], symbolic))))).toEqual(['Add']);
    // both are needed here: the shape comes from neither alone
    expect(names(one(op.Add(op.Expand(row, [2, 3]), row)))).toEqual(['Expand', 'Add']);
  });

  it('shortens chains of movements', () => {
    expect(one(op.Transpose(op.Transpose(x)))).toBe(x);
    expect(one(op.Reshape(op.Reshape(x, [6]), [2, 3]))).toBe(x);
    expect(names(one(op.Reshape(op.Reshape(x, [6]), [3, 2])))).toEqual(['Reshape']);
    const cube = variable('cube', [2, 3, 4]);
    const turned = one(op.Transpose(op.Transpose(cube, [1, 2, 0]), [1, 0, 2]));
    expect(turned).toMatchObject({ op: 'Transpose', inputs: [cube], attributes: { permutation: [2, 1, 0] } });
    expect(one(op.Expand(op.Expand(variable('r', [1]), [2, 1]), [3, 2, 2])).inputs).toHaveLength(1);
    expect(names(one(op.ReduceSum(variable('thin', [3, 1]), [1])))).toEqual(['Reshape']);
  });

  it('keeps the shape where a constant of higher rank gives it', () => {
    const high = (value: number): Tensor => constant([value], [1, 1, 1]);
    for (const tensor of [
      op.Div(x, high(2)),
      op.Mul(x, high(1)),
      op.Add(x, high(0)),
      op.Sub(x, high(0)),
      op.Mul(op.Mul(x, 2), high(2)),
    ]) {
      expect(one(tensor).shape).toEqual([1, 2, 3]);
      expect(fused(tensor).shape).toEqual([1, 2, 3]);
    }
  });

  it('keeps NaN and infinity: nothing times 0 is taken for 0, nor a difference or quotient of equals for a number', () => {
    expect(names(one(op.Mul(x, 0)))).toEqual(['Mul']);
    expect(names(one(op.Sub(x, x)))).toEqual(['Sub']);
    expect(names(one(op.Div(x, x)))).toEqual(['Div']);
    expect(names(one(op.Div(x, 0)))).toEqual(['Div']);
    expect(numbers(one(op.Div(constant(0), constant(0))))).toEqual([Number.NaN]);
    expect(numbers(one(op.Div(constant(-1), constant(0))))).toEqual([-Infinity]);
    expect(numbers(one(op.Neg(constant(0))))).toEqual([-0]);
  });

  it('does not gather factors into one that 32-bit floats cannot hold', () => {
    const feeds = new Map<Tensor, Value>([[x, { shape: [2, 3], data: new Float64Array(6).fill(1e-30) }]]);
    for (const tensor of [
      op.Mul(op.Mul(x, 1e30), 1e30),
      op.Mul(op.Mul(x, 1e-30), 1e-30),
      op.Div(x, 1e-40),
      op.Mul(op.Mul(op.MatMul(x, op.Transpose(x)), 1e30), 1e30),
    ]) {
      const written = topologicalOrder([fused(tensor)]).flatMap((node) =>
        isOperator(node, 'Gemm') ? [node.attributes.alpha] : (scalarValue(node) ?? []),
      );
      for (const value of written) expect(Math.abs(Math.fround(value))).toBeGreaterThan(0);
      for (const value of written) expect(Math.abs(Math.fround(value))).toBeLessThan(Infinity);
      const [before, after] = evaluate([tensor, fused(tensor)], feeds);
      expect(after!.data[0]! / before!.data[0]!).toBeCloseTo(1, 5);
    }
  });

  it('leaves the order of whole-number divisions', () => {
    const n = variable('n', [], 'int64');
    const half = op.Div(op.Mul(n, 3), constant(2, [], 'int64'));
    const feeds = new Map<Tensor, Value>([[n, { shape: [], data: Float64Array.of(3) }]]);
    expect(evaluate([one(half)], feeds)[0]!.data[0]).toBe(4);
    const third = variable('third', [], 'int64');
    feeds.set(third, { shape: [], data: Float64Array.of(2) });
    expect(evaluate([one(op.Div(op.Mul(n, 3), third))], feeds)[0]!.data[0]).toBe(4);
  });

  it('gives back a variable itself, whatever layer it was made or met in', () => {
    const weight = inLayer('encoder', () => variable('weight', [2, 3]));
    const met = inLayer('decoder', () => op.Transpose(op.Transpose(op.Mul(weight, 1))));
    expect(one(met)).toBe(weight);
  });

  it('keeps the names of layers', () => {
    const made = inLayer('decoder', () => op.Div(x, 2));
    expect(one(made)).toMatchObject({ op: 'Mul', layer: 'decoder' });
  });

  it('goes through graphs deeper than the stack', () => {
    let deep: Tensor = x;
    for (let i = 0; i < 20_000; i++) deep = op.Tanh(op.Add(deep, y));
    expect(operators(fuse(simplify([deep]))).length).toBe(40_000);
  });
});

describe('fuse', () => {
  const w = variable('w', [3, 4]);
  const bias = variable('b', [4]);

  it('puts bias, factor and transposition into the product', () => {
    const layer = fused(op.Add(op.Mul(op.MatMul(x, w), 0.5), bias));
    expect(layer).toMatchObject({ op: 'Gemm', inputs: [x, w, bias], attributes: { alpha: 0.5, beta: 1 } });
    const turned = fused(op.MatMul(op.Transpose(x), op.Transpose(variable('v', [5, 2]))));
    expect(turned).toMatchObject({ op: 'Gemm', attributes: { transA: false, transB: true } });
    // the left operand is cheaper turned by itself
    expect(names(turned)).toEqual(['Transpose', 'Gemm']);
    expect(names(fused(op.Add(bias, op.MatMul(symbolic, w))))).toEqual(['Gemm']);
  });

  it('turns the operands of a product instead of the product', () => {
    const v = variable('v', [3, 5]);
    const turned = fused(op.Mul(op.Transpose(op.MatMul(op.Transpose(w), v)), 2));
    expect(turned).toMatchObject({ op: 'Gemm', attributes: { transA: false, transB: false, alpha: 2 } });
    expect(turned.inputs[1]).toBe(w);
    expect(turned.inputs[0]).toMatchObject({ op: 'Transpose', inputs: [v] });
    expect(names(fused(op.Add(op.Transpose(op.MatMul(x, w)), variable('c', [2]))))).toEqual(['Transpose', 'Gemm']);
  });

  it('leaves a product that others need as it is', () => {
    const product = op.MatMul(x, w);
    const [sum, itself] = fuse(simplify([op.Add(product, bias), product]));
    expect(names(sum!, itself!)).toEqual(['Gemm', 'Add']);
  });

  it('leaves an addend that makes the result larger than the product', () => {
    expect(names(fused(op.Add(op.MatMul(variable('r', [1, 3]), w), variable('m', [2, 4]))))).toEqual(['Gemm', 'Add']);
    expect(names(fused(op.Add(op.MatMul(x, w), variable('m', [1, 1, 4]))))).toEqual(['Gemm', 'Add']);
  });

  it('leaves batched products, and takes a Transpose only for what it does', () => {
    expect(names(fused(op.MatMul(variable('batched', [5, 2, 3]), w)))).toEqual(['MatMul']);
    const square = variable('square', [3, 3]);
    const [kept] = fuse([op.MatMul(op.Transpose(square, [0, 1]), square)]);
    expect(kept).toMatchObject({ op: 'Gemm', attributes: { transA: false } });
  });

  it('selects by sign with arithmetic, where the values are the same', () => {
    const positive = op.Greater(x, 0);
    const feeds = new Map<Tensor, Value>([
      [x, { shape: [2, 3], data: Float64Array.of(-2, -1e-30, 0, 1e-30, 1e30, Infinity) }],
      [y, { shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) }],
    ]);
    for (const tensor of [op.Where(positive, y, 0), op.Where(positive, 1, 0.25), op.Where(positive, 0, -3)]) {
      expect(names(fused(tensor))).toContain('HardSigmoid');
      const [before, after] = evaluate([tensor, fused(tensor)], feeds);
      expect(after!.data).toEqual(before!.data.map((value) => value + 0));
    }
    const whole = variable('n', [2, 3], 'int32');
    for (const kept of [
      op.Where(op.Greater(whole, 0), x, 0),
      op.Where(op.Less(x, 0), x, 0),
      op.Where(op.Greater(x, 1), x, 0),
      op.Where(positive, y, 1),
      op.Where(positive, variable('row', [3]), 0),
      op.Where(positive, whole, 0),
    ]) {
      expect(names(fused(kept))).toContain('Where');
    }
  });

  it('adds a bias whole to a Gemm that was given a factor for another', () => {
    const [sum] = fuse([op.Add(op.Gemm(x, w, undefined, { beta: 0.25 }), bias)]);
    expect(sum).toMatchObject({ op: 'Gemm', inputs: [x, w, bias], attributes: { beta: 1 } });
  });
});

describe('a training step of a 4-3-2 network', () => {
  const input = variable('x', [8, 4]);
  const target = variable('t', [8, 2]);
  const parameters = [variable('w0', [4, 3]), variable('b0', [3]), variable('w1', [3, 2]), variable('b1', [2])];
  const [w0, b0, w1, b1] = parameters as [Tensor, Tensor, Tensor, Tensor];

  it('becomes these operators with relu, sigmoid, squared error and gradient descent', () => {
    const hidden = op.Relu(op.Add(op.MatMul(input, w0), b0));
    const output = op.Sigmoid(op.Add(op.MatMul(hidden, w1), b1));
    const difference = op.Sub(output, target);
    const loss = op.ReduceMean(op.Mul(difference, difference));
    const gradients = grad(loss, parameters);
    const next = parameters.map((parameter, i) => op.Sub(parameter, op.Mul(gradients[i]!, 0.1)));
    const better = fuse(simplify([loss, ...next]));
    expect(
      print({ loss: better[0]!, w0: better[1]!, b0: better[2]!, w1: better[3]!, b1: better[4]! }),
    ).toMatchInlineSnapshot(`
      "%0 = Variable "x" : float32 [8, 4]
      %1 = Variable "w0" : float32 [4, 3]
      %2 = Variable "b0" : float32 [3]
      %3 = Gemm(%0, %1, %2, alpha=1, beta=1, transA=false, transB=false) : float32 [8, 3]
      %4 = Relu(%3) : float32 [8, 3]
      %5 = Variable "w1" : float32 [3, 2]
      %6 = Variable "b1" : float32 [2]
      %7 = Gemm(%4, %5, %6, alpha=1, beta=1, transA=false, transB=false) : float32 [8, 2]
      %8 = Sigmoid(%7) : float32 [8, 2]
      %9 = Variable "t" : float32 [8, 2]
      %10 = Sub(%8, %9) : float32 [8, 2]
      %11 = Mul(%10, %10) : float32 [8, 2]
      %12 = ReduceMean(%11, axes=[0,1], keepDimensions=false) : float32 []
      %13 = Transpose(%0, permutation=[1,0]) : float32 [4, 8]
      %14 = Mul(%10, %8) : float32 [8, 2]
      %15 = Constant {1} : float32 []
      %16 = Sub(%15, %8) : float32 [8, 2]
      %17 = Mul(%14, %16) : float32 [8, 2]
      %18 = Gemm(%17, %5, alpha=0.125, beta=1, transA=false, transB=true) : float32 [8, 3]
      %19 = HardSigmoid(%4, alpha=3e+38, beta=0) : float32 [8, 3]
      %20 = Mul(%18, %19) : float32 [8, 3]
      %21 = Gemm(%13, %20, alpha=0.10000000149011612, beta=1, transA=false, transB=false) : float32 [4, 3]
      %22 = Sub(%1, %21) : float32 [4, 3]
      %23 = ReduceSum(%20, axes=[0], keepDimensions=false) : float32 [3]
      %24 = Constant {0.10000000149011612} : float32 []
      %25 = Mul(%23, %24) : float32 [3]
      %26 = Sub(%2, %25) : float32 [3]
      %27 = Transpose(%4, permutation=[1,0]) : float32 [3, 8]
      %28 = Gemm(%27, %17, alpha=0.012500000186264515, beta=1, transA=false, transB=false) : float32 [3, 2]
      %29 = Sub(%5, %28) : float32 [3, 2]
      %30 = ReduceSum(%17, axes=[0], keepDimensions=false) : float32 [2]
      %31 = Constant {0.012500000186264515} : float32 []
      %32 = Mul(%30, %31) : float32 [2]
      %33 = Sub(%6, %32) : float32 [2]
      return loss = %12
      return w0 = %22
      return b0 = %26
      return w1 = %29
      return b1 = %33"
    `);
  });

  it('becomes these operators for the contractive penalty of one sigmoid layer', () => {
    const hidden = op.Sigmoid(op.Add(op.MatMul(input, w0), b0));
    const [slope] = grad(op.ReduceSum(hidden), [input]);
    const [gradient] = grad(op.ReduceMean(op.Mul(slope!, slope!)), [w0]);
    expect(print({ gradient: fuse(simplify([gradient!]))[0]! })).toMatchInlineSnapshot(`
      "%0 = Variable "x" : float32 [8, 4]
      %1 = Variable "w0" : float32 [4, 3]
      %2 = Variable "b0" : float32 [3]
      %3 = Gemm(%0, %1, %2, alpha=1, beta=1, transA=false, transB=false) : float32 [8, 3]
      %4 = Sigmoid(%3) : float32 [8, 3]
      %5 = Constant {1} : float32 []
      %6 = Sub(%5, %4) : float32 [8, 3]
      %7 = Mul(%4, %6) : float32 [8, 3]
      %8 = Gemm(%7, %1, alpha=1, beta=1, transA=false, transB=true) : float32 [8, 4]
      %9 = Transpose(%8, permutation=[1,0]) : float32 [4, 8]
      %10 = Transpose(%0, permutation=[1,0]) : float32 [4, 8]
      %11 = Gemm(%8, %1, alpha=0.0625, beta=1, transA=false, transB=false) : float32 [8, 3]
      %12 = Mul(%11, %6) : float32 [8, 3]
      %13 = Mul(%11, %4) : float32 [8, 3]
      %14 = Sub(%12, %13) : float32 [8, 3]
      %15 = Mul(%14, %4) : float32 [8, 3]
      %16 = Mul(%15, %6) : float32 [8, 3]
      %17 = Gemm(%10, %16, alpha=1, beta=1, transA=false, transB=false) : float32 [4, 3]
      %18 = Gemm(%9, %7, %17, alpha=0.0625, beta=1, transA=false, transB=false) : float32 [4, 3]
      return gradient = %18"
    `);
  });
});
