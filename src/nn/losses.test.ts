import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../core/random.js';
import { evaluate, type Value } from '../graph/evaluate.js';
import { contract, GRADIENT_TOLERANCE, gradientError } from '../graph/finite-differences.oracle.js';
import { grad } from '../graph/gradient.js';
import { createDraw } from '../graph/operator-cases.oracle.js';
import * as op from '../graph/ops/index.js';
import { constant, type Tensor, variable } from '../graph/tensor.js';
import { encodeProgram } from '../onnx/encode.js';
import { createRuntime } from '../runtime/node.js';
import type { Runtime } from '../runtime/runtime.js';
import {
  binaryCrossEntropy,
  classificationError,
  crossEntropy,
  drawnCrossEntropy,
  meanBinaryCrossEntropy,
  squaredError,
} from './losses.js';

/** −x log σ(z) − (1 − x) log(1 − σ(z)), as textbooks have it: fine in double precision while |z| is moderate. */
function textbook(z: number, x: number): number {
  return -x * Math.log(1 / (1 + Math.exp(-z))) - (1 - x) * Math.log(1 / (1 + Math.exp(z)));
}

function drawn(batch: number, width: number, spread: number) {
  const random = createRandom(batch, `loss/${width}`);
  const [logits, targets] = [variable('logits', [batch, width]), variable('targets', [batch, width])];
  const value = (draw: () => number): Value => ({
    shape: [batch, width],
    data: Float64Array.from({ length: batch * width }, draw),
  });
  const z = value(() => Math.fround(spread * random.normal()));
  // black, white and between, as pixels are
  const x = value(() => [0, 1, Math.fround(random.uniform())][random.integer(3)]!);
  return {
    logits,
    targets,
    z,
    x,
    feeds: new Map<Tensor, Value>([
      [logits, z],
      [targets, x],
    ]),
  };
}

const widths = [1, 2, 7, 97, 111, 112, 113, 127, 224, 336, 784, 113 * 2];

describe('binary cross-entropy', () => {
  it.each(widths)('of width %i is the textbook formula, summed over each example', (width) => {
    const { logits, targets, z, x, feeds } = drawn(3, width, 4);
    const [got] = evaluate([binaryCrossEntropy(logits, targets)], feeds);
    expect(got!.shape).toEqual([3]);
    for (let row = 0; row < 3; row++) {
      let expected = 0;
      for (let i = row * width; i < (row + 1) * width; i++) expected += textbook(z.data[i]!, x.data[i]!);
      expect(Math.abs(got!.data[row]! / expected - 1)).toBeLessThan(1e-6);
    }
  });

  it.each([1, 7, 112, 226])('of width %i has the gradient that differences of the textbook formula give', (width) => {
    const { logits, targets, z, x, feeds } = drawn(2, width, 3);
    const loss = op.ReduceSum(binaryCrossEntropy(logits, targets));
    const [byLogits, byTargets] = evaluate(grad(loss, [logits, targets]), feeds);
    const step = 1e-5;
    for (let i = 0; i < z.data.length; i++) {
      const [at, target] = [z.data[i]!, x.data[i]!];
      expect(byLogits!.data[i]).toBeCloseTo(
        (textbook(at + step, target) - textbook(at - step, target)) / (2 * step),
        7,
      );
      expect(byTargets!.data[i]).toBeCloseTo(
        (textbook(at, target + step) - textbook(at, target - step)) / (2 * step),
        7,
      );
    }
  });

  it.each([1, 7, 113, 784])('of width %i and a whole batch at once is the mean per element', (width) => {
    const { logits, targets, feeds } = drawn(5, width, 4);
    const each = op.Mul(op.ReduceMean(binaryCrossEntropy(logits, targets)), 1 / width);
    const mean = meanBinaryCrossEntropy(logits, targets);
    const [a, b, ...gradients] = evaluate(
      [mean, each, ...grad(mean, [logits, targets]), ...grad(each, [logits, targets])],
      feeds,
    );
    expect(a!.shape).toEqual([]);
    expect(Math.abs(a!.data[0]! / b!.data[0]! - 1)).toBeLessThan(1e-6);
    for (const i of gradients[0]!.data.keys()) {
      expect(gradients[0]!.data[i]).toBeCloseTo(gradients[2]!.data[i]!, 7);
      expect(gradients[1]!.data[i]).toBeCloseTo(gradients[3]!.data[i]!, 7);
    }
  });

  it('sampled has the value of the first examples and the gradient of all', () => {
    const { logits, targets, feeds } = drawn(5, 7, 4);
    const sampled = meanBinaryCrossEntropy(logits, targets, 2);
    const all = meanBinaryCrossEntropy(logits, targets);
    const first = meanBinaryCrossEntropy(op.Slice(logits, 0, 0, 2), op.Slice(targets, 0, 0, 2));
    const [value, expected, gradient, full] = evaluate(
      [sampled, first, ...grad(sampled, [logits]), ...grad(all, [logits])],
      feeds,
    );
    expect(value!.data).toEqual(expected!.data);
    expect(gradient!.data).toEqual(full!.data);
    expect(gradient!.data.every((slope) => slope !== 0)).toBe(true);
  });

  it.each(widths)('of many logits and one target of width %i is the same', (width) => {
    const { logits, z, x, feeds } = drawn(3, width, 4);
    const target = variable('target', [width]);
    const repeated = variable('repeated', [3, width]);
    const one = x.data.slice(0, width);
    feeds.set(target, { shape: [width], data: one });
    feeds.set(repeated, { shape: [3, width], data: z.data.map((_, i) => one[i % width]!) });
    const [many, each] = evaluate([drawnCrossEntropy(logits, target), binaryCrossEntropy(logits, repeated)], feeds);
    for (const [i, value] of each!.data.entries()) expect(many!.data[i]).toBeCloseTo(value, 8);
  });

  it('passes the upstream gradient on, and can be differentiated twice', () => {
    const { logits, targets, feeds } = drawn(3, 6, 2);
    const loss = contract(binaryCrossEntropy(logits, targets), 1);
    expect(gradientError(loss, feeds, [logits, targets])).toBeLessThan(GRADIENT_TOLERANCE);
    const [slope] = grad(loss, [logits]);
    const penalty = op.ReduceSum(op.Mul(slope!, slope!));
    expect(gradientError(penalty, feeds, [logits, targets])).toBeLessThan(GRADIENT_TOLERANCE);
  });

  describe('in 32-bit floats', () => {
    let runtime: Runtime;
    beforeAll(async () => {
      runtime = await createRuntime();
    });
    afterAll(() => runtime?.close());

    it.each(widths)('of width %i stays finite and exact for logits up to ±200', async (width) => {
      const { logits, targets, z, x } = drawn(4, width, 0);
      for (const i of z.data.keys()) z.data[i] = [-200, 200, -88.5, 104, 0, -1e-30, 17, -17][(i * 5 + (i >> 3)) % 8]!;
      const loss = binaryCrossEntropy(logits, targets);
      const [gradient] = grad(op.ReduceSum(loss), [logits]);
      const program = await runtime.load(
        encodeProgram({
          name: 'bce',
          inputs: [logits, targets],
          outputs: { loss, gradient: gradient!, mean: meanBinaryCrossEntropy(logits, targets) },
        }),
      );
      const host = ({ shape, data }: Value) => ({ type: 'float32', shape, values: Float32Array.from(data) }) as const;
      const { fetched } = await program.run({ logits: host(z), targets: host(x) });
      let total = 0;
      for (let row = 0; row < 4; row++) {
        let expected = 0;
        for (let i = row * width; i < (row + 1) * width; i++) {
          // relu(z) − x z + log(1 + e^−|z|), which does not overflow
          const [at, target] = [z.data[i]!, Math.fround(x.data[i]!)];
          expected += Math.max(at, 0) - target * at + Math.log1p(Math.exp(-Math.abs(at)));
          const slope = 1 / (1 + Math.exp(-at)) - target;
          expect(Math.abs((fetched.gradient!.values[i] as number) - slope)).toBeLessThan(1e-6);
        }
        expect(Math.abs((fetched.loss!.values[row] as number) - expected)).toBeLessThan(1e-6 * Math.max(expected, 100));
        total += expected;
      }
      expect(Math.abs((fetched.mean!.values[0] as number) * 4 * width - total)).toBeLessThan(
        2e-6 * Math.max(total, 100),
      );
      await program.release();
    });
  });
});

describe('squared error', () => {
  it('is summed over each example, with its gradient', () => {
    const { logits: outputs, targets, z, x, feeds } = drawn(3, 5, 2);
    const loss = squaredError(outputs, targets);
    const [got] = evaluate([loss], feeds);
    for (let row = 0; row < 3; row++) {
      let expected = 0;
      for (let i = row * 5; i < row * 5 + 5; i++) expected += (z.data[i]! - x.data[i]!) ** 2;
      expect(got!.data[row]).toBeCloseTo(expected, 12);
    }
    expect(gradientError(contract(loss, 3), feeds, [outputs, targets])).toBeLessThan(GRADIENT_TOLERANCE);
  });
});

describe('cross-entropy', () => {
  const draw = createDraw(1, 'cross-entropy');
  const logits = draw.real([5, 4]);
  const labels = constant(Int32Array.of(0, 3, 1, 3, 2), [5], 'int32');

  it('is −log softmax of the class, with its gradient, and can be differentiated twice', () => {
    const loss = crossEntropy(logits, labels);
    const z = draw.feeds.get(logits)!.data;
    const [got] = evaluate([loss], draw.feeds);
    for (const [row, label] of [0, 3, 1, 3, 2].entries()) {
      const powers = [0, 1, 2, 3].map((j) => Math.exp(z[row * 4 + j]!));
      expect(got!.data[row]).toBeCloseTo(-Math.log(powers[label]! / powers.reduce((sum, p) => sum + p, 0)), 10);
    }
    expect(gradientError(contract(loss, 1), draw.feeds, [logits])).toBeLessThan(GRADIENT_TOLERANCE);
    const [slope] = grad(contract(loss, 1), [logits]);
    expect(gradientError(contract(op.Mul(slope!, slope!), 2), draw.feeds, [logits])).toBeLessThan(GRADIENT_TOLERANCE);
  });

  it('stays finite for any finite logits', async () => {
    const runtime = await createRuntime();
    const z = variable('z', [5, 4]);
    const loss = crossEntropy(z, labels);
    const [gradient] = grad(op.ReduceSum(loss), [z]);
    const outputs = { loss, gradient: gradient!, error: classificationError(z, labels) };
    const program = await runtime.load(encodeProgram({ name: 'cross-entropy', inputs: [z], outputs }));
    const rows = [
      [3e38, -3e38, 0, 0],
      [1e4, 0, 0, -1e4],
      [-500, -500, -500, -500],
      [0, 0, 0, 200],
      [-3e38, -3e38, -3e38, -3e38],
    ];
    const { fetched } = await program.run({
      z: { type: 'float32', shape: [5, 4], values: Float32Array.from(rows.flat()) },
    });
    const found = fetched.loss!.values as Float32Array;
    expect([...found].map((value) => Math.round(value * 1e4) / 1e4)).toEqual([0, 20_000, 1.3863, 0, 1.3863]);
    expect((fetched.gradient!.values as Float32Array).every(Number.isFinite)).toBe(true);
    expect([...(fetched.error!.values as Float32Array)]).toEqual([0, 1, 1, 0, 1]);
    await runtime.close();
  });
});
