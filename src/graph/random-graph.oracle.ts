import fc from 'fast-check';
import { createRandom } from '../core/random.js';
import type { Value } from './evaluate.js';
import * as op from './ops/index.js';
import { print } from './print.js';
import { type Dimension, isStatic, type Shape, sizeOf, symbolsOf } from './shape.js';
import { constant, type Tensor, topologicalOrder, variable } from './tensor.js';

/** A graph over some variables, with values for them. */
export interface RandomGraph {
  readonly outputs: readonly Tensor[];
  readonly inputs: readonly Tensor<'Variable'>[];
  readonly feeds: ReadonlyMap<Tensor<'Variable'>, Value>;
  /** What a counterexample looks like. */
  readonly [fc.toStringMethod]: () => string;
}

/** One step of building: which maker, which operands out of those there are, and two numbers to decide the rest. */
type Instruction = readonly [maker: number, first: number, second: number, choice: number, other: number];

/** Powers of two, so that folding in 32 bits and reordering of factors lose nothing: values agree to the last digit. */
const factors = [0, 1, -1, 2, -2, 0.5, -0.5, 4];

const depends = (tensor: Tensor): boolean => topologicalOrder([tensor]).some((part) => part.op === 'Variable');

/** `b` in a form that broadcasts with `a`: itself where that works, else its sum. */
function fitting(a: Tensor, b: Tensor): Tensor {
  const fits = a.shape.every((side, axis) => {
    const other = b.shape[axis - a.shape.length + b.shape.length] ?? 1;
    return side === other || side === 1 || other === 1;
  });
  return fits ? b : op.ReduceSum(b);
}

type Maker = (a: Tensor, b: Tensor, choice: number, other: number) => Tensor | undefined;

const axisOf = (x: Tensor, choice: number): number => choice % x.shape.length;
const bounded = (x: Tensor): Tensor => (depends(x) ? op.Tanh(x) : x);
const elementwise =
  (apply: (a: Tensor, b: Tensor) => Tensor): Maker =>
  (a, b) =>
    apply(a, fitting(a, b));
/** Constants alone would be rounded to 32 bits when they are folded. */
const varying =
  (make: Maker): Maker =>
  (a, b, choice, other) =>
    depends(a) ? make(a, b, choice, other) : undefined;

const makers: readonly Maker[] = [
  elementwise(op.Add),
  elementwise(op.Sub),
  elementwise(op.Mul),
  (a, _b, choice) => op.Mul(a, factors[choice % factors.length]!),
  (a, _b, choice) => op.Mul(factors[choice % factors.length]!, a),
  (a, _b, choice) => op.Add(a, factors[choice % factors.length]!),
  (a, _b, choice) => op.Div(a, constant([[2, -4, 0.25][choice % 3]!], new Array(choice % 4).fill(1))),
  varying((a, b) => {
    const divisor = fitting(a, b);
    return op.Div(a, depends(divisor) ? op.Add(op.Abs(op.Tanh(divisor)), 1) : 4);
  }),
  (a) => op.Neg(a),
  elementwise(op.Max),
  varying((a) => op.Tanh(a)),
  varying((a) => op.Sigmoid(a)),
  varying((a) => op.Relu(a)),
  varying((a) => op.Exp(op.Tanh(a))),
  (a, b) => op.Where(op.Greater(a, fitting(a, b)), a, 0.5),
  (a, b) => op.Where(op.Greater(a, 0), fitting(a, b), 0),
  (a, _b, choice) => op.Where(op.Greater(a, 0), factors[choice % factors.length]!, 8),
  varying((a, b) => op.withGradient(a, [b], (g) => [op.Mul(b, op.ReduceSum(g))])),
  (a, b) => {
    if (a.shape.length < 2 || b.shape.length < 2) return undefined;
    const [x, y] = [a, b].map(bounded) as [Tensor, Tensor];
    const inner = x.shape[x.shape.length - 1];
    const right = inner === y.shape[y.shape.length - 2] ? y : op.Transpose(y, swapped(y));
    const fits = inner === right.shape[right.shape.length - 2] && Math.min(a.shape.length, b.shape.length) === 2;
    return fits ? op.MatMul(x, right) : undefined;
  },
  (a) => (a.shape.length >= 2 ? op.Transpose(a, swapped(a)) : undefined),
  (a, _b, choice) =>
    op.Transpose(
      a,
      a.shape.map((_, axis) => (axis + choice) % a.shape.length),
    ),
  (a) => {
    const symbol = a.shape.find((side) => typeof side === 'string');
    const rest = sizeOf(a.shape.filter((side) => typeof side === 'number'))!;
    return op.Reshape(a, symbol === undefined ? [rest] : [symbol, rest]);
  },
  (a) => op.Reshape(a, [1, ...a.shape]),
  (a, _b, choice) =>
    op.Expand(a, [1 + (choice % 2), ...a.shape], isStatic(a.shape) ? undefined : like(a, 1 + (choice % 2))),
  (a, _b, choice) =>
    a.shape.length === 0 || typeof a.shape[axisOf(a, choice)] === 'string'
      ? undefined
      : op.Concat([a, op.Mul(a, 2)], axisOf(a, choice)),
  (a, _b, choice, other) => {
    const side = a.shape[axisOf(a, choice)];
    if (typeof side !== 'number') return undefined;
    const start = other % side;
    return op.Slice(a, axisOf(a, choice), start, start + 1 + (choice % (side - start)));
  },
  (a, _b, choice, other) =>
    typeof a.shape[axisOf(a, choice)] === 'number' ? op.Pad(a, axisOf(a, choice), choice % 2, other % 3) : undefined,
  varying((a, _b, choice, other) => op.ReduceSum(a, chosenAxes(a, choice), other % 2 === 0)),
  varying((a, _b, choice, other) => op.ReduceMean(a, chosenAxes(a, choice), other % 2 === 0)),
  varying((a, _b, choice, other) => op.ReduceMax(a, chosenAxes(a, choice), other % 2 === 0)),
  (a, _b, choice, other) => {
    const side = a.shape[axisOf(a, choice)];
    return typeof side === 'number'
      ? op.Gather(a, constant([other % side, choice % side], [2], 'int64'), axisOf(a, choice))
      : undefined;
  },
];

const swapped = (x: Tensor): number[] => {
  const axes = x.shape.map((_, axis) => axis);
  return [...axes.slice(0, -2), axes[axes.length - 1]!, axes[axes.length - 2]!];
};
const chosenAxes = (x: Tensor, choice: number): number[] =>
  x.shape.map((_, axis) => axis).filter((axis) => (choice >> axis) % 2 === 0);
/** A tensor of the shape [n, …x], for the sizes of x. */
const like = (x: Tensor, n: number): Tensor => {
  const row = op.Reshape(op.Mul(x, 0), [1, ...x.shape]);
  return op.Add(row, constant(new Array(n).fill(0), [n, ...x.shape.map(() => 1)]));
};

/** Keeps graphs small, whatever the instructions say. */
function acceptable(tensor: Tensor | undefined): tensor is Tensor {
  if (!tensor || tensor.shape.length > 4 || symbolsOf(tensor.shape).length > 1) return false;
  const sides: readonly Dimension[] = tensor.shape;
  return (sizeOf(sides.map((side) => (typeof side === 'string' ? 3 : side))) ?? 0) <= 256;
}

const shapes: readonly Shape[] = [[], [3], [1, 3], [3, 3], [2, 3], ['batch', 3], [2, 1, 3]];

export function buildGraph(
  seed: number,
  batch: number,
  instructions: readonly Instruction[],
  roots: number,
): RandomGraph {
  const random = createRandom(seed, 'random-graph');
  const inputs = shapes.map((shape, i) => variable(`v${i}`, shape));
  const feeds = new Map(
    inputs.map((input): [Tensor<'Variable'>, Value] => {
      const sides = input.shape.map((side) => (typeof side === 'string' ? batch : side));
      const size = sides.reduce((product, side) => product * side, 1);
      return [input, { shape: sides, data: Float64Array.from({ length: size }, () => Math.fround(random.normal())) }];
    }),
  );
  const pool: Tensor[] = [...inputs, constant(2), constant([1, -1, 0.5]), constant([0.5], [1, 1])];
  for (const [maker, first, second, choice, other] of instructions) {
    // the youngest are the likeliest, so that graphs grow deep
    const operand = (draw: number): Tensor => pool[pool.length - 1 - (draw % pool.length)]!;
    const a = operand(first);
    if (a.shape.length === 0 && maker % makers.length >= 18) {
      // those that move data or reduce want an axis
      continue;
    }
    const made = makers[maker % makers.length]!(a, operand(second), choice, other);
    if (acceptable(made)) pool.push(made);
  }
  const outputs = pool.slice(-roots);
  const text = (): string => `\n${print(Object.fromEntries(outputs.entries()))}`;
  return { outputs, inputs, feeds, [fc.toStringMethod]: text };
}

/** Random well-shaped graphs of up to `length` operators with one to three outputs. */
export function randomGraph(length: number): fc.Arbitrary<RandomGraph> {
  const small = fc.nat({ max: 59 });
  const instruction = fc.tuple(small, fc.oneof(fc.nat({ max: 4 }), small), small, small, small);
  return fc
    .tuple(
      fc.nat(1000),
      fc.integer({ min: 1, max: 3 }),
      fc.array(instruction, { minLength: 1, maxLength: length, size: 'max' }),
      fc.integer({ min: 1, max: 3 }),
    )
    .map(([seed, batch, instructions, roots]) => buildGraph(seed, batch, instructions, roots));
}
