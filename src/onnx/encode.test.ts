import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effort } from '../../test/effort.js';
import { createRandom } from '../core/random.js';
import { evaluate, type Value } from '../graph/evaluate.js';
import { grad } from '../graph/gradient.js';
import { createDraw, operatorNames, sampleOperator } from '../graph/operator-cases.oracle.js';
import * as op from '../graph/ops/index.js';
import { randomGraph } from '../graph/random-graph.oracle.js';
import { allocate, constant, type DataType, type Tensor, variable } from '../graph/tensor.js';
import { createRuntime } from '../runtime/node.js';
import type { HostTensor, Runtime } from '../runtime/runtime.js';
import { encodeGraph, encodeLoop, encodeProgram, type Program, wrapModel } from './encode.js';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createRuntime();
});
afterAll(() => runtime?.close());

type Feeds = ReadonlyMap<Tensor<'Variable'>, Value>;

function toHost({ shape, data }: Value, type: DataType = 'float32'): HostTensor {
  const values = allocate(type, data.length);
  for (const [i, value] of data.entries()) values[i] = values instanceof BigInt64Array ? BigInt(value) : value;
  return { type, shape, values };
}

async function run(program: Program, feeds: Feeds): Promise<Readonly<Record<string, HostTensor>>> {
  const executable = await runtime.load(program);
  const named = [...feeds].map(([input, value]) => [input.attributes.name, toHost(value, input.type)] as const);
  const { fetched } = await executable.run(Object.fromEntries(named));
  await executable.release();
  return fetched;
}

/** The larger of 1 and the values, times the digits that 32-bit floats keep through a few operations. */
function expectClose(got: HostTensor, expected: Value, digits = 1e-5): void {
  expect([...got.shape]).toEqual(expected.shape);
  const scale = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  for (const [i, value] of expected.data.entries()) {
    expect(Math.abs(Number(got.values[i]) - value)).toBeLessThanOrEqual(digits * scale);
  }
}

const value = (shape: readonly number[], ...data: number[]): Value => ({ shape, data: Float64Array.from(data) });
function normal(shape: readonly number[], name: string): Value {
  const random = createRandom(shape.length, name);
  const size = shape.reduce((product, side) => product * side, 1);
  return { shape, data: Float64Array.from({ length: size }, () => Math.fround(random.normal())) };
}

describe('an operator as a program', () => {
  it.each(operatorNames.filter((name) => !name.startsWith('Random')))('%s gives what it stands for', async (name) => {
    for (let seed = 100; seed < 112; seed++) {
      const { output, feeds } = sampleOperator(name, seed);
      const program = encodeProgram({ name, inputs: [...feeds.keys()], outputs: { y: output } });
      const { y } = await run(program, feeds);
      expect(y!.type).toBe(output.type);
      expectClose(y!, evaluate([output], feeds)[0]!);
    }
  });

  it.each(['RandomNormalLike', 'RandomUniformLike'] as const)('%s draws by seed', async (name) => {
    const x = variable('x', [100, 100]);
    const draw = (seed: number): Program =>
      encodeProgram({
        name,
        inputs: [x],
        outputs: { y: (name === 'RandomNormalLike' ? op.RandomNormalLike : op.RandomUniformLike)(x, seed) },
      });
    const feeds: Feeds = new Map([[x, normal([100, 100], 'x')]]);
    const [first, again, other] = [await run(draw(1), feeds), await run(draw(1), feeds), await run(draw(2), feeds)];
    expect(first.y!.values).toEqual(again.y!.values);
    expect(first.y!.values).not.toEqual(other.y!.values);
    const values = Array.from(first.y!.values, Number);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
    const [expectedMean, expectedVariance] = name === 'RandomNormalLike' ? [0, 1] : [0.5, 1 / 12];
    expect(Math.abs(mean - expectedMean!)).toBeLessThan(0.05);
    expect(Math.abs(variance / expectedVariance! - 1)).toBeLessThan(0.05);
  });

  it('of any graph of them gives what the graph stands for', async () => {
    await fc.assert(
      fc.asyncProperty(randomGraph(30), async ({ outputs, inputs, feeds }) => {
        const named = Object.fromEntries(outputs.map((output, i) => [`output ${i}`, output]));
        const got = await run(encodeProgram({ name: 'random', inputs, outputs: named }), feeds);
        // Single precision throughout: a step at a tie, or a sum of large numbers, may differ by what they are worth.
        const expected = evaluate(outputs, feeds);
        for (const [i, output] of expected.entries()) expectClose(got[`output ${i}`]!, output, 2e-4);
      }),
      { numRuns: effort(120, 1200), seed: 42 },
    );
  });
});

describe('a program with a symbolic batch', () => {
  const [x, w, b] = [variable('x', ['batch', 4]), variable('w', [4, 3]), variable('b', [3])];
  const h = op.Tanh(op.Add(op.MatMul(x, w), b));
  const loss = op.Add(op.ReduceMean(op.ReduceSum(op.Mul(h, h), [1])), op.ReduceSum(op.ReduceMean(op.Exp(h), [0])));
  const [dx, dw, db] = grad(loss, [x, w, b]);
  const outputs: Record<string, Tensor> = {
    loss,
    dx: dx!,
    dw: dw!,
    db: db!,
    split: op.Reshape(h, ['batch', 3, 1]),
    moved: op.Reshape(op.Transpose(h), [3, 1, 'batch']),
    repeated: op.Expand(op.ReduceMax(h, [0], true), ['batch', 3], h),
    constant: op.Expand(constant(2), ['batch', 3], h),
    rows: op.Gather(x, op.Cast(op.ReduceMax(op.Mul(x, 0), [1]), 'int64')),
    products: op.MatMul(h, op.Transpose(h)),
    count: op.Size(x),
  };

  it('is one for batches of every size', async () => {
    const program = await runtime.load(encodeProgram({ name: 'symbolic', inputs: [x, w, b], outputs }));
    for (const batch of [1, 2, 7, 64, 3]) {
      const feeds: Feeds = new Map([
        [x, normal([batch, 4], `x${batch}`)],
        [w, normal([4, 3], 'w')],
        [b, normal([3], 'b')],
      ]);
      const { fetched } = await program.run(
        Object.fromEntries([...feeds].map(([input, fed]) => [input.attributes.name, toHost(fed)])),
      );
      const expected = evaluate(Object.values(outputs), feeds);
      for (const [i, name] of Object.keys(outputs).entries()) expectClose(fetched[name]!, expected[i]!);
    }
    await program.release();
  });

  it('goes through a scatter of gradients', async () => {
    const [table, rows] = [variable('table', ['entries', 3]), variable('rows', ['batch'], 'int32')];
    const gathered = op.Gather(table, rows);
    const [gradient] = grad(op.ReduceSum(op.Mul(gathered, gathered)), [table]);
    const program = encodeProgram({ name: 'scatter', inputs: [table, rows], outputs: { gradient: gradient! } });
    for (const entries of [2, 5]) {
      const feeds: Feeds = new Map([
        [table, normal([entries, 3], 'table')],
        [rows, value([4], 1, 0, 1, 1)],
      ]);
      expectClose((await run(program, feeds)).gradient!, evaluate([gradient!], feeds)[0]!);
    }
  });
});

describe('names and aliases', () => {
  const x = variable('x', [2, 2]);
  const feeds: Feeds = new Map([[x, normal([2, 2], 'x')]]);

  it('an input may be an output, a tensor may be two, and a constant one', async () => {
    const y = op.Exp(x);
    const same = { x1: x, x2: x, y1: y, y2: y, one: constant([1, 2]), z: op.Add(y, x) };
    const got = await run(encodeProgram({ name: 'aliases', inputs: [x], outputs: same }), feeds);
    const expected = evaluate(Object.values(same), feeds);
    for (const [i, name] of Object.keys(same).entries()) expectClose(got[name]!, expected[i]!);
  });

  it('a feed that is also the output stays usable after the output was handed over', async () => {
    const program = await runtime.load(encodeProgram({ name: 'identity', inputs: [x], outputs: { y: x } }));
    const resident = await runtime.upload(toHost(feeds.get(x)!));
    for (let i = 0; i < 3; i++) {
      const { fetched } = await program.run({ x: resident });
      expectClose(fetched.y!, feeds.get(x)!);
    }
    const { kept } = await program.run({ x: resident }, ['y']);
    await runtime.free([resident]);
    expectClose(await runtime.download(kept.y!), feeds.get(x)!);
    await program.release();
  });

  it('that operators would get are no obstacle', async () => {
    const inputs = ['Exp', 'Exp_1', 'indices_0', 'Add'].map((name) => variable(name, [2]));
    const sum = inputs.map((input) => op.ReduceSum(op.Exp(input), [0])).reduce((a, b) => op.Add(a, b));
    const fed: Feeds = new Map(inputs.map((input) => [input, normal([2], input.attributes.name)]));
    const got = await run(encodeProgram({ name: 'names', inputs, outputs: { Add_1: sum } }), fed);
    expectClose(got.Add_1!, evaluate([sum], fed)[0]!);
  });

  it('must differ, and every variable must be fed', () => {
    const twin = variable('x', [2, 2]);
    const encode = (inputs: Tensor<'Variable'>[], outputs: Record<string, Tensor>) => () =>
      encodeProgram({ name: 'net', inputs, outputs });
    expect(encode([x, twin], { y: op.Add(x, twin) })).toThrow(
      'net: expected a name of its own for each input and output, got "x" twice',
    );
    expect(encode([x], { x: op.Exp(x) })).toThrow('got "x" twice');
    expect(encode([x], { y: op.Add(x, twin) })).toThrow('net: expected an input for the variable "x", got none');
  });

  it('weights lie in the model, and must have a static shape', async () => {
    const w = variable('encoder/0/weight', [2, 3]);
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    const y = op.MatMul(x, w);
    const { graph, inputs, outputs } = encodeGraph({
      name: 'model',
      inputs: [x],
      outputs: { y },
      initializers: new Map([[w, values]]),
    });
    const got = await run({ name: 'model', bytes: wrapModel(graph, { key: 'value' }), inputs, outputs }, feeds);
    expectClose(got.y!, evaluate([y], new Map([...feeds, [w, value([2, 3], ...values)]]))[0]!);
    const symbolic = variable('s', ['n']);
    const refused = () =>
      encodeGraph({ name: 'model', inputs: [], outputs: { symbolic }, initializers: new Map([[symbolic, values]]) });
    expect(refused).toThrow('model: expected a static shape for each initializer');
  });
});

describe('a loop', () => {
  const data = variable('data', ['steps', 3]);
  const rate = variable('rate', []);
  const iteration = variable('iteration', [], 'int64');
  const [a, still, count] = [variable('a', [3]), variable('still', [2]), variable('count', [], 'int64')];
  const row = op.Gather(data, iteration);
  const next = op.Add(op.Mul(a, rate), row);
  const total = op.ReduceSum(op.Mul(next, next));
  const scanned: Record<string, Tensor> = {
    total,
    again: total,
    row,
    before: a,
    'rate of each step': rate,
    'step number': iteration,
    number: constant([7, 8]),
    nextToo: next,
  };
  const program = encodeLoop({
    name: 'loop',
    captured: [data, rate],
    carried: [
      { state: a, next },
      { state: still, next: still },
      { state: count, next: op.Add(count, 2) },
    ],
    scanned,
    iteration,
  });

  const start = new Map<Tensor<'Variable'>, Value>([
    [rate, value([], 0.5)],
    [a, value([3], 1, -2, 0.25)],
    [still, value([2], 3, 4)],
    [count, value([], 10)],
  ]);

  /** The loop in plain steps. */
  function expected(steps: number, rows: Value): { state: Map<Tensor<'Variable'>, Value>; scans: Value[][] } {
    const state = new Map(start).set(data, rows);
    const scans: Value[][] = [];
    for (let step = 0; step < steps; step++) {
      state.set(iteration, value([], step));
      scans.push(evaluate(Object.values(scanned), state));
      const [nextA, nextCount] = evaluate([next, op.Add(count, 2)], state);
      state.set(a, nextA!).set(count, nextCount!);
    }
    return { state, scans };
  }

  it.each([1, 2, 9])('of %i steps carries state, captures, counts and scans', async (steps) => {
    const rows = normal([steps, 3], 'rows');
    const steered = variable('steps', [], 'int64');
    const got = await run(program, new Map([...start, [data, rows], [steered, value([], steps)]]));
    const { state, scans } = expected(steps, rows);
    for (const carried of [a, still, count]) {
      expectClose(got[`next/${carried.attributes.name}`]!, state.get(carried)!);
      expect(got[`next/${carried.attributes.name}`]!.type).toBe(carried.type);
    }
    for (const [k, name] of Object.keys(scanned).entries()) {
      const parts = scans.map((scan) => scan[k]!);
      expectClose(got[name]!, {
        shape: [steps, ...parts[0]!.shape],
        data: Float64Array.from(parts.flatMap(({ data: part }) => [...part])),
      });
    }
  });

  it('of no steps gives back what it got, and nothing scanned', async () => {
    const steered = variable('steps', [], 'int64');
    const got = await run(program, new Map([...start, [data, normal([1, 3], 'rows')], [steered, value([], 0)]]));
    for (const carried of [a, still, count]) expectClose(got[`next/${carried.attributes.name}`]!, start.get(carried)!);
    expect([...got.total!.shape]).toEqual([0]);
    expect([...got.row!.shape]).toEqual([0, 3]);
  });

  it('goes on from its own results, kept with the runtime, as if it had not stopped', async () => {
    const executable = await runtime.load(program);
    const rows = normal([6, 3], 'rows');
    const part = (from: number, to: number): HostTensor =>
      toHost(value([to - from, 3], ...rows.data.subarray(3 * from, 3 * to)));
    const steps = (n: number): HostTensor => toHost(value([], n), 'int64');
    const names = ['a', 'still', 'count'];
    const keep = names.map((name) => `next/${name}`);
    const host = (tensor: Tensor<'Variable'>): HostTensor => toHost(start.get(tensor)!, tensor.type);
    let states = Object.fromEntries(
      await Promise.all(
        [a, still, count].map(async (tensor) => [tensor.attributes.name, await runtime.upload(host(tensor))] as const),
      ),
    );
    const totals: number[] = [];
    for (const [from, to] of [
      [0, 1],
      [1, 4],
      [4, 6],
    ] as const) {
      const { fetched, kept } = await executable.run(
        { steps: steps(to - from), data: part(from, to), rate: host(rate), ...states },
        keep,
      );
      expect(Object.keys(fetched)).not.toContain('next/a');
      totals.push(...Array.from(fetched.total!.values, Number));
      await runtime.free(Object.values(states));
      states = Object.fromEntries(names.map((name) => [name, kept[`next/${name}`]!]));
    }
    const { state, scans } = expected(6, rows);
    for (const carried of [a, still, count])
      expectClose(await runtime.download(states[carried.attributes.name]!), state.get(carried)!);
    for (const [i, scan] of scans.entries()) expect(totals[i]).toBeCloseTo(scan[0]!.data[0]!, 4);
    await executable.release();
  });

  it('draws fresh random numbers in every step', async () => {
    const s = variable('s', [4]);
    const noise = op.RandomNormalLike(s, 5);
    const noisy = encodeLoop({
      name: 'noise',
      captured: [],
      carried: [{ state: s, next: op.Add(s, noise) }],
      scanned: { noise },
      iteration,
    });
    const steered = variable('steps', [], 'int64');
    const { noise: drawn } = await run(
      noisy,
      new Map([
        [s, value([4], 0, 0, 0, 0)],
        [steered, value([], 5)],
      ]),
    );
    expect(new Set(Array.from(drawn!.values, Number)).size).toBe(20);
  });

  it('wants a name of its own for each variable, and all that the body uses', () => {
    const other = variable('a', [3]);
    const make = (captured: Tensor<'Variable'>[], body: Tensor) => () =>
      encodeLoop({ name: 'loop', captured, carried: [{ state: a, next: body }], scanned: {}, iteration });
    expect(make([other], op.Add(a, other))).toThrow('got "a" twice');
    expect(make([], op.Add(a, other))).toThrow('loop: expected an input for the variable "a", got none');
  });

  it('trains: a line is fitted by its gradient', async () => {
    const [x, w] = [variable('x', [8, 2]), variable('w', [2, 1])];
    const target = variable('target', [8, 1]);
    const difference = op.Sub(op.MatMul(x, w), target);
    const loss = op.ReduceMean(op.Mul(difference, difference));
    const [gradient] = grad(loss, [w]);
    const fit = encodeLoop({
      name: 'fit',
      captured: [x, target],
      carried: [{ state: w, next: op.Sub(w, op.Mul(gradient!, 0.2)) }],
      scanned: { loss },
      iteration,
    });
    const points = normal([8, 2], 'points');
    const line = Float64Array.from({ length: 8 }, (_, i) => 3 * points.data[2 * i]! - points.data[2 * i + 1]!);
    const steered = variable('steps', [], 'int64');
    const got = await run(
      fit,
      new Map([
        [x, points],
        [target, { shape: [8, 1], data: line }],
        [w, value([2, 1], 0, 0)],
        [steered, value([], 200)],
      ]),
    );
    expect(Number(got['next/w']!.values[0])).toBeCloseTo(3, 3);
    expect(Number(got['next/w']!.values[1])).toBeCloseTo(-1, 3);
    const losses = Array.from(got.loss!.values, Number);
    expect(losses[199]!).toBeLessThan(1e-6 * losses[0]!);
  });
});

describe('a loop over convolutions', () => {
  it('takes the steps that the graph stands for, whatever form they are given', async () => {
    const draw = createDraw(1, 'convolutions');
    const x = draw.real([2, 1, 8, 8]) as Tensor<'Variable'>;
    const [down, up, last] = [
      [4, 1, 3, 3],
      [4, 2, 3, 3],
      [1, 2, 3, 3],
    ].map(draw.real) as Tensor<'Variable'>[];
    const pads = [1, 1, 1, 1] as const;
    const pooled = op.MaxPool(op.Conv(x, down!, undefined, { pads }), { kernel: [2, 2] });
    const wide = op.ConvTranspose(op.Tanh(pooled), up!, undefined, { pads: [0, 0, 1, 1], strides: [2, 2] });
    const output = op.Conv(op.Resize(wide, [2, 2]), last!, undefined, { pads, strides: [2, 2] });
    const loss = op.ReduceMean(op.Mul(output, output));
    const states = [down!, up!, last!];
    const next = grad(loss, states).map((gradient, i) => op.Sub(states[i]!, op.Mul(gradient, 1e-3)));
    const program = encodeLoop({
      name: 'convolutions',
      captured: [x],
      carried: states.map((state, i) => ({ state, next: next[i]! })),
      scanned: { loss },
      iteration: variable('iteration', [], 'int64'),
    });
    const got = await run(program, new Map(draw.feeds).set(variable('steps', [], 'int64'), value([], 2)));
    const feeds = new Map<Tensor, Value>(draw.feeds);
    for (let step = 0; step < 2; step++) {
      const [error, ...values] = evaluate([loss, ...next], feeds);
      expect(got.loss!.values[step]).toBeCloseTo(error!.data[0]!, 4);
      for (const [i, state] of states.entries()) feeds.set(state, values[i]!);
    }
    for (const state of states) expectClose(got[`next/${state.attributes.name}`]!, feeds.get(state)!, 1e-4);
  });
});
