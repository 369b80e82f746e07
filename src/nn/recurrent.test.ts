import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.js';
import { evaluate, type Value } from '../graph/evaluate.js';
import { contract, GRADIENT_TOLERANCE, gradientError } from '../graph/finite-differences.oracle.js';
import { grad } from '../graph/gradient.js';
import { createDraw } from '../graph/operator-cases.oracle.js';
import * as op from '../graph/ops/index.js';
import { type Tensor, variable } from '../graph/tensor.js';
import { encodeProgram, wrapModel } from '../onnx/encode.js';
import { attribute, encodeTensor, GraphBuilder, valueInfo } from '../onnx/graph-builder.js';
import { createRuntime } from '../runtime/node.js';
import type { HostTensor, Runtime } from '../runtime/runtime.js';
import { orthogonal } from './initializers.js';
import { gru, lstm } from './recurrent.js';
import { createScope, type ParameterDefinition } from './scope.js';

const [BATCH, TIME, FEATURES, UNITS] = [3, 5, 2, 4];
const layers = { lstm, gru };
type Name = keyof typeof layers;
const names = Object.keys(layers) as Name[];

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** One step as the papers write it, for one example, from the parameters and the state. */
type Step = (x: number[], state: { h: number[]; c: number[] }) => { h: number[]; c: number[] };

const formulas: Readonly<Record<Name, (parameters: ReadonlyMap<string, Value>) => Step>> = {
  lstm: (parameters) => (x, state) => {
    const [kernel, recurrent, bias] = ['kernel', 'recurrentKernel', 'bias'].map((name) => parameters.get(name)!.data);
    const z = (column: number): number =>
      bias![column]! +
      x.reduce((sum, value, j) => sum + value * kernel![j * 4 * UNITS + column]!, 0) +
      state.h.reduce((sum, value, j) => sum + value * recurrent![j * 4 * UNITS + column]!, 0);
    const c = state.c.map((old, u) => sigmoid(z(UNITS + u)) * old + sigmoid(z(u)) * Math.tanh(z(3 * UNITS + u)));
    return { h: c.map((value, u) => sigmoid(z(2 * UNITS + u)) * Math.tanh(value)), c };
  },
  gru: (parameters) => (x, state) => {
    const [kernel, recurrent, bias] = ['kernel', 'recurrentKernel', 'bias'].map((name) => parameters.get(name)!.data);
    const width = 3 * UNITS;
    const input = (column: number): number =>
      bias![column]! + x.reduce((sum, value, j) => sum + value * kernel![j * width + column]!, 0);
    const recalled = (column: number): number =>
      bias![width + column]! + state.h.reduce((sum, value, j) => sum + value * recurrent![j * width + column]!, 0);
    const h = state.h.map((old, u) => {
      const [z, r] = [u, UNITS + u].map((column) => sigmoid(input(column) + recalled(column))) as [number, number];
      const candidate = Math.tanh(input(2 * UNITS + u) + r * recalled(2 * UNITS + u));
      return (1 - z) * candidate + z * old;
    });
    return { h, c: state.c };
  },
};

function built(name: Name, batch: number | string = BATCH, repeated = false) {
  const draw = createDraw(5, name);
  const shape = repeated ? [BATCH, FEATURES] : [BATCH, TIME, FEATURES];
  const drawn = draw.real(shape);
  const x = batch === BATCH ? drawn : variable('x', [batch, ...shape.slice(1)]);
  const data = draw.feeds.get(drawn)!;
  if (x !== drawn) draw.feeds.delete(drawn);
  draw.feeds.set(x, data);
  const asked: ParameterDefinition[] = [];
  const tensors = new Map<string, Tensor<'Variable'>>();
  const scope = createScope((definition) => {
    asked.push(definition);
    const tensor = draw.real(definition.shape) as Tensor<'Variable'>;
    tensors.set(definition.name, tensor);
    return tensor;
  });
  const output = layers[name](scope, x, { units: UNITS, ...(repeated && { repeat: TIME }) });
  const parameters = new Map([...tensors].map(([key, tensor]) => [key, draw.feeds.get(tensor)!]));
  return { ...output, x, data, draw, asked, tensors, parameters };
}

/** All hidden states by the formulas, [batch, time, units]. */
function unrolled(name: Name, { data, parameters }: ReturnType<typeof built>): number[] {
  const step = formulas[name](parameters);
  const repeated = data.shape.length === 2;
  const states: number[] = [];
  for (let example = 0; example < BATCH; example++) {
    let state = { h: new Array<number>(UNITS).fill(0), c: new Array<number>(UNITS).fill(0) };
    for (let t = 0; t < TIME; t++) {
      const at = (repeated ? example : example * TIME + t) * FEATURES;
      state = step([...data.data.subarray(at, at + FEATURES)], state);
      states.push(...state.h);
    }
  }
  return states;
}

function expectNear(got: ArrayLike<number | bigint>, expected: ArrayLike<number>, digits: number): void {
  expect(got.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(Number(got[i])).toBeCloseTo(expected[i]!, digits);
}

describe.each(names)('%s', (name) => {
  it.each([
    ['a sequence', BATCH, false],
    ['one vector repeated', BATCH, true],
    ['a batch of any size', 'batch', false],
    ['one vector repeated in a batch of any size', 'batch', true],
  ])('over %s follows the published equations', (_what, batch, repeated) => {
    const layer = built(name, batch, repeated);
    const expected = unrolled(name, layer);
    const [sequence, last] = evaluate([layer.sequence, layer.last], layer.draw.feeds);
    expect(sequence!.shape).toEqual([BATCH, TIME, UNITS]);
    expect(last!.shape).toEqual([BATCH, UNITS]);
    expectNear(sequence!.data, expected, 12);
    const ends = expected.filter((_, i) => Math.floor(i / UNITS) % TIME === TIME - 1);
    expectNear(last!.data, ends, 12);
  });

  it.each([false, true])('has the gradient that differences give (one vector repeated: %s)', (repeated) => {
    const { sequence, last, draw } = built(name, BATCH, repeated);
    const wanted = [...draw.feeds.keys()];
    expect(wanted.length).toBe(4);
    for (const loss of [contract(sequence, 1), contract(last, 2), op.Add(contract(sequence, 3), contract(last, 4))]) {
      expect(gradientError(loss, draw.feeds, wanted)).toBeLessThan(GRADIENT_TOLERANCE);
    }
  });

  it('has the same gradient in a batch of any size, and can be differentiated twice', () => {
    const [fixed, free] = [built(name), built(name, 'batch')].map(({ sequence, x, tensors, draw }) => {
      const slopes = grad(op.ReduceSum(op.Mul(sequence, sequence)), [x, ...tensors.values()]);
      return evaluate(slopes, draw.feeds).flatMap(({ data }) => [...data]);
    });
    expectNear(free!, fixed!, 10);
    const { last, x, draw } = built(name);
    const [slope] = grad(op.ReduceSum(op.Mul(last, last)), [x]);
    const penalty = op.ReduceSum(op.Mul(slope!, slope!));
    expect(gradientError(penalty, draw.feeds, [...draw.feeds.keys()])).toBeLessThan(GRADIENT_TOLERANCE);
  });

  it('refuses what is no sequence', () => {
    const scope = createScope(({ name: parameter, shape }) => variable(parameter, shape));
    expect(() => layers[name](scope, variable('x', ['batch', 6]), { units: 4 })).toThrow(/\[batch, time, features\]/);
    expect(() => layers[name](scope, variable('x', ['batch', 5, 6]), { units: 4, repeat: 3 })).toThrow(/features\]/);
  });
});

describe('a recurrent layer', () => {
  it('has parameters that only in weights decay', () => {
    const definitions = (name: Name) => built(name).asked.map(({ name: of, shape, decays }) => [of, shape, decays]);
    expect(definitions('lstm')).toEqual([
      ['kernel', [FEATURES, 4 * UNITS], true],
      ['bias', [4 * UNITS], false],
      ['recurrentKernel', [UNITS, 4 * UNITS], true],
    ]);
    expect(definitions('gru')).toEqual([
      ['bias', [2, 3 * UNITS], false],
      ['kernel', [FEATURES, 3 * UNITS], true],
      ['recurrentKernel', [UNITS, 3 * UNITS], true],
    ]);
  });

  it('starts with forget gates open by one and orthonormal recurrent rows', () => {
    const made = new Map(
      built('lstm').asked.map(({ name, shape, initializer }) => [name, initializer(shape, createRandom(1, name))]),
    );
    expect([...made.get('bias')!]).toEqual(Array.from({ length: 16 }, (_, i) => Number(i >= 4 && i < 8)));
    const rows = made.get('recurrentKernel')!;
    for (let a = 0; a < UNITS; a++) {
      for (let b = 0; b < UNITS; b++) {
        let product = 0;
        for (let j = 0; j < 16; j++) product += rows[a * 16 + j]! * rows[b * 16 + j]!;
        expect(product).toBeCloseTo(Number(a === b), 6);
      }
    }
  });

  it('has orthonormal columns where those are fewer than rows', () => {
    const values = orthogonal([7, 3], createRandom(2, 'tall'));
    for (const [a, b, expected] of [
      [0, 0, 1],
      [1, 1, 1],
      [0, 1, 0],
      [1, 2, 0],
    ] as const) {
      let product = 0;
      for (let row = 0; row < 7; row++) product += values[row * 3 + a]! * values[row * 3 + b]!;
      expect(product).toBeCloseTo(expected, 6);
    }
  });
});

describe('as a program', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await createRuntime();
  });
  afterAll(() => runtime?.close());
  const host = (shape: readonly number[], values: ArrayLike<number>): HostTensor => ({
    type: 'float32',
    shape,
    values: Float32Array.from(values),
  });

  /** Columns of [rows, gates · units] as ONNX has them: [1, gates · units, rows], the gates in another order. */
  function turned({ shape, data }: Value, order: readonly number[]): Float32Array {
    const [rows, width] = shape as [number, number];
    return Float32Array.from({ length: rows * width }, (_, at) => {
      const [column, row] = [Math.floor(at / rows), at % rows];
      return data[row * width + order[Math.floor(column / UNITS)]! * UNITS + (column % UNITS)]!;
    });
  }

  it.each([
    // its order of gates is input, output, forget, candidate
    ['lstm', 'LSTM', [0, 2, 1, 3], []],
    ['gru', 'GRU', [0, 1, 2], [attribute.int('linear_before_reset', 1)]],
  ] as const)('%s gives what ONNX’s own %s gives', async (name, operator, order, attributes) => {
    const layer = built(name, 'batch');
    const { kernel, recurrentKernel, bias } = Object.fromEntries(layer.parameters) as Record<string, Value>;
    const width = order.length * UNITS;
    const builder = new GraphBuilder('');
    const weight = (key: string, values: Float32Array, shape: readonly number[]): void =>
      builder.initializer(encodeTensor(key, values, shape, 'float32'));
    weight('W', turned(kernel!, order), [1, width, FEATURES]);
    weight('R', turned(recurrentKernel!, order), [1, width, UNITS]);
    const biases = new Float32Array(2 * width);
    const given: Value = { shape: [bias!.data.length / width, width], data: bias!.data };
    for (let row = 0; row < given.shape[0]!; row++) {
      const values = given.data.subarray(row * width, (row + 1) * width);
      biases.set(turned({ shape: [1, width], data: values }, order), row * width);
    }
    weight('B', biases, [1, 2 * width]);
    builder.emit('Transpose', ['x'], ['time first'], [attribute.ints('perm', [1, 0, 2])]);
    const hidden = attribute.int('hidden_size', UNITS);
    builder.emit(operator, ['time first', 'W', 'R', 'B'], ['Y', 'last'], [hidden, ...attributes]);
    const x = { name: 'x', type: 'float32', shape: [BATCH, TIME, FEATURES] } as const;
    const outputs = [
      { name: 'Y', type: 'float32', shape: [TIME, 1, BATCH, UNITS] },
      { name: 'last', type: 'float32', shape: [1, BATCH, UNITS] },
    ] as const;
    const info = (port: { name: string; shape: readonly number[] }) => valueInfo(port.name, 'float32', port.shape);
    const bytes = wrapModel(builder.finish(operator, [info(x)], outputs.map(info)));
    const theirs = await runtime.load({ name: operator, bytes, inputs: [x], outputs });

    const { sequence, last } = layer;
    const initializers = new Map(
      [...layer.tensors].map(([key, tensor]) => [tensor, Float32Array.from(layer.parameters.get(key)!.data)]),
    );
    const ours = await runtime.load(
      encodeProgram({
        name,
        inputs: [layer.x as Tensor<'Variable'>],
        outputs: { Y: op.Transpose(sequence, [1, 0, 2]), last },
        initializers,
      }),
    );
    const feed = host(x.shape, layer.data.data);
    const [expected, got] = [
      (await theirs.run({ x: feed })).fetched,
      (await ours.run({ x: { ...feed, values: feed.values.slice() } })).fetched,
    ];
    for (const key of ['Y', 'last']) {
      expectNear(got[key]!.values, Array.from(expected[key]!.values as Float32Array), 5);
    }
    const most = Math.max(...(got.Y!.values as Float32Array).map(Math.abs));
    expect(most).toBeGreaterThan(0.3);
  });
});
