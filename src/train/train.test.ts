import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { bytesOf, forwardCase, reference, spots, table, watched, waves } from '../../test/tiny.js';
import { largestDifference } from '../../test/training-case.js';
import { GargaloError } from '../core/errors.js';
import { createRandom, permutation } from '../core/random.js';
import { arrayDataset, type Dataset } from '../data/dataset.js';
import { applyScaling } from '../data/scaling.js';
import { sliceDataset } from '../data/slice.js';
import { evaluate } from '../graph/evaluate.js';
import { grad } from '../graph/gradient.js';
import type { Weights } from '../models/autoencoder.js';
import type { TrainedModel, TrainingEvent, TrainingState } from './events.js';
import { fit, modelOf } from './fit.js';
import { prepare } from './prepare.js';
import { lossSample } from './step.js';
import { initialWeights, type Preparation, type TrainContext, train } from './train.js';

type End = Extract<TrainingEvent, { type: 'end' }>;

/** What one person would call a training: options in, events out. */
async function run(
  data: { train: Dataset; test: Dataset },
  values: Record<string, unknown> = {},
  context: TrainContext & { from?: TrainedModel; stopAt?: (event: TrainingEvent) => boolean } = {},
): Promise<{ events: TrainingEvent[]; end: End; prepared: Preparation }> {
  const { from, stopAt, ...rest } = context;
  const { kind = 'basic', ...given } = values;
  const request = {
    kind: String(kind),
    values: { code: 2, epochs: 3, batch: 16, ...(from ? {} : { seed: 7, recipe: 'none' }), ...given },
  };
  const prepared = await prepare(data, request, from);
  const stopping = new AbortController();
  const events: TrainingEvent[] = [];
  const resume = from?.training && { resume: from.training };
  for await (const event of train(prepared, { signal: stopping.signal, ...resume, ...rest })) {
    events.push(event);
    if (stopAt?.(event)) stopping.abort();
  }
  const end = events.at(-1)!;
  if (end.type !== 'end') throw new Error('expected the end to come last');
  return { events, end, prepared };
}

/** What two trainings must have alike; times differ. */
const digits = ({ weights, optimizer, history, best, epoch, step }: TrainingState): unknown => ({
  weights,
  optimizer,
  best,
  epoch,
  step,
  history: history.map(({ examplesPerSecond: _a, seconds: _b, ...record }) => record),
});

const tables = { train: table(70), test: table(23, 6, 2) };
/** The same around 1 and not scaled, so that biases have something to learn. */
const around1 = {
  train: arrayDataset((await tables.train.block(0, 70)).map((x) => x / 10) as Float32Array, { name: 'a', shape: [6] }),
  test: arrayDataset((await tables.test.block(0, 23)).map((x) => x / 10) as Float32Array, { name: 'b', shape: [6] }),
};

/**
 * Gradient descent on x′ = (x W + b) V + c with the mean squared error, in double precision, with gradients
 * by hand.
 */
function descend(
  start: Weights,
  examples: Float32Array,
  options: {
    batch: number;
    seed: number;
    rate: (step: number) => number;
    epochs?: number;
    momentum?: number;
    decay?: number;
    clip?: number;
  },
): { weights: Map<string, number[]>; losses: number[] } {
  const { batch, seed, rate, epochs = 1, momentum = 0, decay = 0, clip = Number.POSITIVE_INFINITY } = options;
  const [size, width] = [6, 2];
  const x = Array.from(examples);
  const p = new Map([...start].map(([name, values]) => [name, Array.from(values)]));
  const velocity = new Map([...start].map(([name, values]) => [name, Array.from(values, () => 0)]));
  const [w, b, v, c] = ['encoder/code/weight', 'encoder/code/bias', 'decoder/output/weight', 'decoder/output/bias'].map(
    (name) => p.get(name)!,
  ) as [number[], number[], number[], number[]];
  const order = Array.from({ length: epochs }, (_, epoch) => [
    ...permutation(x.length / size, createRandom(seed, `shuffle/${epoch + 1}/0`)),
  ]);
  const batches = order.flatMap((rows) =>
    Array.from({ length: Math.ceil(rows.length / batch) }, (_, i) => rows.slice(i * batch, (i + 1) * batch)),
  );
  const losses: number[] = [];
  for (const rows of batches) {
    const gradients = new Map([...p].map(([name, values]) => [name, values.map(() => 0)]));
    const g = (name: string): number[] => gradients.get(name)!;
    let loss = 0;
    for (const row of rows) {
      const example = x.slice(row * size, (row + 1) * size);
      const z = b.map((bias, k) => bias + example.reduce((sum, value, i) => sum + value * w[i * width + k]!, 0));
      const error = c.map(
        (bias, i) => bias + z.reduce((sum, value, k) => sum + value * v[k * size + i]!, 0) - example[i]!,
      );
      loss += error.reduce((sum, e) => sum + e * e, 0) / (rows.length * size);
      const outward = error.map((e) => (2 * e) / (rows.length * size));
      const inward = z.map((_, k) => outward.reduce((sum, e, i) => sum + e * v[k * size + i]!, 0));
      for (let i = 0; i < size; i++) {
        g('decoder/output/bias')[i]! += outward[i]!;
        for (let k = 0; k < width; k++) {
          g('decoder/output/weight')[k * size + i]! += z[k]! * outward[i]!;
          g('encoder/code/weight')[i * width + k]! += example[i]! * inward[k]!;
        }
      }
      for (let k = 0; k < width; k++) g('encoder/code/bias')[k]! += inward[k]!;
    }
    losses.push(loss);
    const norm = Math.sqrt([...gradients.values()].flat().reduce((sum, value) => sum + value * value, 0));
    for (const [name, values] of p) {
      for (const i of values.keys()) {
        const pulled = g(name)[i]! * Math.min(1, clip / norm) + (name.endsWith('weight') ? decay * values[i]! : 0);
        velocity.get(name)![i] = momentum * velocity.get(name)![i]! + pulled;
        values[i]! -= rate(losses.length) * velocity.get(name)![i]!;
      }
    }
  }
  return { weights: p, losses };
}

describe('an epoch', () => {
  const linear = { scaling: 'none', activation: 'identity', optimizer: 'sgd', epochs: 1, learningRate: 0.1 };

  it.each([
    { what: 'plain', options: { momentum: 0 }, hand: {} },
    { what: 'with momentum', options: { momentum: 0.9 }, hand: { momentum: 0.9 } },
    { what: 'with weight decay', options: { momentum: 0.5, weightDecay: 0.2 }, hand: { momentum: 0.5, decay: 0.2 } },
    { what: 'with a limit to the gradient', options: { momentum: 0, clipNorm: 0.1 }, hand: { clip: 0.1 } },
    { what: 'with a limit never reached', options: { momentum: 0, clipNorm: 1e6 }, hand: {} },
    { what: 'of one batch', options: { momentum: 0, batch: 100 }, hand: { batch: 70 } },
    { what: 'of three epochs, each in an order of its own', options: { momentum: 0, epochs: 3 }, hand: { epochs: 3 } },
    {
      what: 'with a rate that rises and falls',
      options: { momentum: 0, epochs: 2, warmup: 0.6, schedule: 'cosine' },
      // 3 of 10 steps up, 7 down
      hand: {
        epochs: 2,
        rate: (step: number): number =>
          step <= 3 ? (0.1 * step) / 3 : 0.05 * (1 + Math.cos((Math.PI * (step - 4)) / 7)),
      },
    },
  ])('of gradient descent ($what) is what a loop by hand does, the last smaller batch too', async ({
    options,
    hand,
  }) => {
    const { end, events, prepared } = await run(around1, { ...linear, ...options });
    const start = initialWeights(prepared.specification, 7);
    const examples = (await around1.train.block(0, 70)) as Float32Array;
    // 16 + 16 + 16 + 16 + 6
    const expected = descend(start, examples, { batch: 16, seed: 7, rate: () => 0.1, ...hand });
    for (const [name, values] of expected.weights) {
      expect(largestDifference(end.state.weights.get(name)!, values), name).toBeLessThan(2e-6);
      expect(largestDifference(start.get(name)!, values), name).toBeGreaterThan(1e-3);
    }
    expect(end.state.step).toBe(expected.losses.length);
    // Each example counts the same in the epoch's loss: the last batch by its size.
    const batch = hand.batch ?? 16;
    const first = expected.losses.slice(0, Math.ceil(70 / batch));
    const sum = first.reduce((total, loss, i) => total + loss * Math.min(batch, 70 - i * batch), 0);
    expect(end.state.history[0]!.trainLoss).toBeCloseTo(sum / 70, 5);
    const told = events.flatMap((event) => (event.type === 'progress' ? [event.loss] : []));
    expect(told.at(-1)).toBeCloseTo(expected.losses.at(-1)!, 5);
  });

  it.each([1, 23, 1000, 2003])('is tested on every one of %i examples, once', async (length) => {
    const test = table(length, 6, 2);
    const { end, prepared } = await run({ train: tables.train, test }, { epochs: 1 });
    const expected = await reference(modelOf(prepared.specification, end.state), test);
    expect(end.state.history[0]!.testLoss / expected.loss).toBeCloseTo(1, 5);
    expect(end.state.history[0]!.testSquaredError / expected.squaredError).toBeCloseTo(1, 5);
  });

  it('is tested by the means of its loss: bce in nats per element, squared error per example', async () => {
    const data = { train: spots(40), test: spots(13, 4, 2) };
    const { end, prepared } = await run(data, { loss: 'bce', epochs: 1 });
    expect(prepared.specification).toMatchObject({ loss: 'bce', output: 'sigmoid' });
    const expected = await reference(modelOf(prepared.specification, end.state), data.test);
    expect(end.state.history[0]!.testLoss).toBeCloseTo(expected.loss, 5);
    expect(end.state.history[0]!.testSquaredError).toBeCloseTo(expected.squaredError, 4);
  });

  it('learns from all of a large batch, though it reports the loss of a part', async () => {
    const data = { train: spots(150), test: spots(13, 4, 2) };
    const values = { optimizer: 'sgd', momentum: 0, learningRate: 0.5, loss: 'bce', epochs: 1, batch: 150 };
    const { end, prepared } = await run(data, values);
    const { specification } = prepared;
    const start = initialWeights(specification, 7);

    const order = [...permutation(150, createRandom(7, 'shuffle/1/0'))];
    const raw = await data.train.block(0, 150);
    const sample = order.slice(0, lossSample(150)).flatMap((row) => [...raw.subarray(row * 16, (row + 1) * 16)]);
    expect(sample.length / 16).toBeLessThan(150);
    const sampled = arrayDataset(Uint8Array.from(sample), { name: 'sample', shape: [4, 4] });
    const { loss } = await reference({ specification, weights: start }, sampled);
    expect(end.state.history[0]!.trainLoss).toBeCloseTo(loss, 5);

    const { pass, feeds, parameters } = forwardCase(
      specification,
      start,
      applyScaling(raw, specification.input.scaling),
    );
    const gradients = evaluate(grad(pass.terms.reconstruction!, [...parameters.values()]), feeds);
    for (const [i, name] of [...parameters.keys()].entries()) {
      const moved = start.get(name)!.map((value, j) => value - 0.5 * gradients[i]!.data[j]!);
      expect(largestDifference(end.state.weights.get(name)!, moved), name).toBeLessThan(1e-6);
      expect(largestDifference(end.state.weights.get(name)!, start.get(name)!), name).toBeGreaterThan(1e-4);
    }
  });

  it('mixes bytes to train on with floats to test on', async () => {
    const data = { train: spots(40), test: spots(13, 4, 2) };
    const floats = arrayDataset(Float32Array.from(await data.test.block(0, 13)), { name: 'floats', shape: [4, 4] });
    const [bytes, mixed] = [await run(data), await run({ ...data, test: floats })];
    expect(mixed.end.state.weights).toEqual(bytes.end.state.weights);
    expect(mixed.end.state.history[2]!.testLoss).toBeCloseTo(bytes.end.state.history[2]!.testLoss, 6);
  });
});

describe('data in blocks', () => {
  // 70 examples, at most 20 in a block
  const blockBytes = 20 * bytesOf(tables.train) + 3;

  it('are read once an epoch, in an order of their own', async () => {
    const data = watched(tables.train);
    const prepared = await prepare(
      { train: data, test: tables.test },
      { kind: 'basic', values: { code: 2, epochs: 6, batch: 16, recipe: 'none' } },
    );
    const orders: string[] = [];
    for await (const event of train(prepared, { blockBytes })) {
      if (event.type === 'start') {
        // whole batches: 16 + 16 + 16 + 16 + 6
        expect(event.stepsPerEpoch).toBe(5);
        data.reads.length = 0;
      }
      if (event.type !== 'epoch') continue;
      const reads = data.reads
        .splice(0)
        .flatMap(([start, end]) => [...Array(end - start).keys()].map((i) => start + i));
      expect(reads.toSorted((a, b) => a - b)).toEqual([...Array(70).keys()]);
      orders.push(reads.join());
    }
    expect(new Set(orders).size).toBe(6);
  });

  it('train every example once an epoch: with batches of one block, the sum of their gradients', async () => {
    // At a tiny learning rate the steps of an epoch add up to one step on all examples, whatever their order.
    const options = {
      optimizer: 'sgd',
      momentum: 0,
      epochs: 1,
      learningRate: 1e-3,
      activation: 'identity',
      scaling: 'none',
    };
    const whole = await run(around1, { ...options, batch: 70, learningRate: 7e-3 });
    // Blocks of 10: seven batches of ten.
    const parts = await run(around1, { ...options, batch: 10 }, { blockBytes: 10 * bytesOf(tables.train) });
    expect(parts.end.state.step).toBe(7);
    const start = initialWeights(whole.prepared.specification, 7);
    for (const [name, values] of whole.end.state.weights) {
      const moved = largestDifference(values, start.get(name)!);
      expect(moved, name).toBeGreaterThan(1e-5);
      expect(largestDifference(values, parts.end.state.weights.get(name)!), name).toBeLessThan(0.03 * moved);
    }
    expect(parts.end.state.history[0]!.trainLoss / whole.end.state.history[0]!.trainLoss).toBeCloseTo(1, 1);
  });

  it('give the same digits each time, and when training is resumed', async () => {
    const [first, second] = [await run(tables, {}, { blockBytes }), await run(tables, {}, { blockBytes })];
    expect(digits(second.end.state)).toEqual(digits(first.end.state));
    const half = await run(tables, { epochs: 1 }, { blockBytes });
    const from = modelOf(half.prepared.specification, half.end.state);
    const resumed = await run(tables, { epochs: 3 }, { blockBytes, from });
    expect(digits(resumed.end.state)).toEqual(digits(first.end.state));
  });

  it('may be smaller than an example: then it is one by one', async () => {
    const few = { train: sliceDataset(tables.train, 0, 5), test: sliceDataset(tables.test, 0, 3) };
    const { end } = await run(few, { epochs: 2 }, { blockBytes: 1 });
    expect(end.state.step).toBe(10);
  });
});

describe('preparing', () => {
  it('ends in the middle of a look at all data where a signal says so', async () => {
    const stop = new AbortController();
    const slow: Dataset = {
      ...table(10_000),
      async block(start, end) {
        stop.abort();
        return new Float32Array((end - start) * 6);
      },
    };
    const preparing = prepare({ train: slow, test: tables.test }, { kind: 'basic', values: {} }, undefined, stop);
    await expect(preparing).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('overlapping windows', () => {
  it('are cut where they are needed, with the numbers of windows put together before', async () => {
    const data = { train: waves(150), test: waves(40, 6, 2) };
    const apart = (dataset: Dataset): Dataset => ({ ...dataset, block: (start, end) => dataset.block(start, end) });
    const copies = { train: apart(data.train), test: apart(data.test) };
    for (const values of [{}, { kind: 'recurrent', epochs: 1 }]) {
      const [views, copied] = [await run(data, values), await run(copies, values)];
      expect(digits(views.end.state)).toEqual(digits(copied.end.state));
    }
  });

  it('train from blocks of rows too', async () => {
    const data = { train: waves(300), test: waves(40, 6, 2) };
    const context = { blockBytes: 8 * 100 };
    const [first, second] = [await run(data, {}, context), await run(data, {}, context)];
    expect(digits(second.end.state)).toEqual(digits(first.end.state));
    const whole = await run(data);
    expect(digits(first.end.state)).not.toEqual(digits(whole.end.state));
    expect(first.end.state.history[2]!.testLoss / whole.end.state.history[2]!.testLoss).toBeCloseTo(1, 0);
  });
});

describe('events', () => {
  it('tell of the start, of steps that only grow, of each epoch and of the end', async () => {
    const { events, end } = await run({ train: table(700), test: tables.test }, { batch: 4, epochs: 2 });
    expect(events[0]).toEqual({ type: 'start', epochs: 2, firstEpoch: 1, stepsPerEpoch: 175, parameters: 32 });
    let [epoch, step, sum] = [1, 0, 0];
    const losses: number[] = [];
    for (const event of events.slice(1)) {
      if (event.type === 'progress') {
        expect(event).toMatchObject({ epoch, steps: 175 });
        expect(event.step).toBeGreaterThan(step);
        expect(event.examplesPerSecond).toBeGreaterThan(0);
        sum += event.loss * (event.step - step);
        step = event.step;
      } else if (event.type === 'epoch') {
        expect(step).toBe(175);
        expect(event.record.epoch).toBe(epoch);
        expect(event.record.trainLoss).toBeCloseTo(sum / 175, 6);
        expect(event.record.seconds).toBeGreaterThan(0);
        losses.push(event.record.testLoss);
        [epoch, step, sum] = [epoch + 1, 0, 0];
      }
    }
    expect(epoch).toBe(3);
    expect(end.reason).toBe('completed');
    expect(end.problem).toBeUndefined();
    expect(end.state.history.map(({ testLoss }) => testLoss)).toEqual(losses);
  });

  it('offer the state after each epoch, which is that of a training of so many epochs', async () => {
    const prepared = await prepare(tables, {
      kind: 'basic',
      values: { code: 2, epochs: 2, batch: 16, seed: 7, recipe: 'none' },
    });
    const states: TrainingState[] = [];
    for await (const event of train(prepared)) if (event.type === 'epoch') states.push(await event.snapshot());
    expect(states.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 5],
      [2, 10],
    ]);
    expect(digits(states[0]!)).toEqual(digits((await run(tables, { epochs: 1 })).end.state));
    expect(digits(states[1]!)).toEqual(digits((await run(tables, { epochs: 2 })).end.state));
  });

  it('name the learning rate of each epoch’s last step', async () => {
    const { end } = await run(tables, { schedule: 'cosine', warmup: 1, learningRate: 0.01, epochs: 3 });
    const rates = end.state.history.map(({ learningRate }) => learningRate);
    // 5 steps of warm-up, then 10 along the cosine.
    const at = (step: number): number => 0.005 * (1 + Math.cos((Math.PI * (step - 6)) / 10));
    for (const [i, expected] of [0.01, at(10), at(15)].entries()) expect(rates[i]).toBeCloseTo(expected, 12);
  });
});

describe('the best epoch', () => {
  // One example to learn by heart, another to test on: the better the one is learned, the worse the other.
  const opposed = {
    train: arrayDataset(new Float32Array(6 * 8).fill(1), { name: 'ones', shape: [6] }),
    test: arrayDataset(new Float32Array(6).fill(-1), { name: 'minus ones', shape: [6] }),
  };
  const values = { scaling: 'none', loss: 'mse', learningRate: 0.05, activation: 'tanh', epochs: 30 };

  it('is kept, and training stops where patience ends', async () => {
    const { end, prepared } = await run(opposed, { ...values, patience: 3 });
    const { history, best, epoch, weights } = end.state;
    const losses = history.map(({ testLoss }) => testLoss);
    const lowest = losses.indexOf(Math.min(...losses)) + 1;
    expect(end.reason).toBe('stopped-early');
    expect(best).toMatchObject({ epoch: lowest, testLoss: Math.min(...losses) });
    expect(epoch).toBe(lowest + 3);
    expect(epoch).toBeLessThan(30);

    const model = modelOf(prepared.specification, end.state);
    expect(model.weights).toEqual(best!.weights);
    expect(model.weights).not.toEqual(weights);
    // The weights of that epoch, not of another.
    const there = await run(opposed, { ...values, epochs: lowest });
    expect(best!.weights).toEqual(there.end.state.weights);
    expect((await reference(model, opposed.test)).loss).toBeCloseTo(best!.testLoss, 5);
  });

  it('is kept without patience too, to the last epoch, and told by no one who did not ask', async () => {
    const kept = await run(opposed, { ...values, best: true, epochs: 8 });
    expect(kept.end.reason).toBe('completed');
    expect(kept.end.state.epoch).toBe(8);
    const losses = kept.end.state.history.map(({ testLoss }) => testLoss);
    expect(kept.end.state.best!.testLoss).toBe(Math.min(...losses));
    const unkept = await run(opposed, { ...values, epochs: 8 });
    expect(unkept.end.state.best).toBeUndefined();
    expect(unkept.end.state.weights).toEqual(kept.end.state.weights);
  });

  it('is remembered when training is resumed', async () => {
    const straight = await run(opposed, { ...values, best: true, epochs: 8 });
    const half = await run(opposed, { ...values, best: true, epochs: 5 });
    const from = modelOf(half.prepared.specification, half.end.state);
    const resumed = await run(opposed, { epochs: 8 }, { from });
    expect(digits(resumed.end.state)).toEqual(digits(straight.end.state));
  });

  it('ends a resumed training at once where patience had ended before', async () => {
    const early = await run(opposed, { ...values, patience: 2 });
    const from = modelOf(early.prepared.specification, early.end.state);
    const again = await run(opposed, { epochs: 30 }, { from });
    expect(again.end.reason).toBe('stopped-early');
    expect(digits(again.end.state)).toEqual(digits(early.end.state));
    const patient = await run(opposed, { ...values, patience: 4 });
    const longer = await run(opposed, { epochs: 30, patience: 4 }, { from });
    expect(longer.end.state.epoch).toBeGreaterThan(early.end.state.epoch);
    expect(digits(longer.end.state)).toEqual(digits(patient.end.state));
  });
});

describe('a training that diverges', () => {
  const wild = { optimizer: 'sgd' as const, momentum: 0, learningRate: 1e9, epochs: 4 };

  it.each([
    'identity',
    'relu',
    'tanh',
    'sigmoid',
    'softplus',
    'elu',
  ])('ends in words, with finite weights (%s)', async (activation) => {
    const { end } = await run(tables, { ...wild, activation, codeActivation: activation, encoder: [5], loss: 'mse' });
    expect(end.reason).toBe('diverged');
    const epoch = end.state.epoch + 1;
    expect(end.problem).toMatchObject({ code: 'diverged', remedy: expect.stringContaining('1000000000') });
    const [, atEpoch, atStep] = /^epoch (\d+), step (\d+)$/.exec(end.problem!.where)!;
    expect(Number(atEpoch)).toBe(epoch);
    expect(Number(atStep)).toBeGreaterThanOrEqual(1);
    expect(Number(atStep)).toBeLessThanOrEqual(5);
    expect(end.problem!.problem).toMatch(/expected a finite loss, got (NaN|Infinity)/);
    for (const [name, values] of [...end.state.weights, ...end.state.optimizer]) {
      expect(values.every(Number.isFinite), name).toBe(true);
    }
    expect(end.state.history.length).toBe(end.state.epoch);
  });

  it('keeps the epochs before, and names the step that went wrong', async () => {
    // The rate rises to where it explodes only after the first epoch.
    const values = { ...wild, activation: 'identity', loss: 'mse', learningRate: 1e-3 };
    const calm = await run(tables, { ...values, epochs: 1 });
    const from = modelOf(calm.prepared.specification, calm.end.state);
    const options = { ...from.training!.options, learningRate: 1e30, epochs: 3 };
    const events: TrainingEvent[] = [];
    for await (const event of train({ ...calm.prepared, options }, { resume: from.training! })) events.push(event);
    const end = events.at(-1) as End;
    expect(end.problem!.where).toBe('epoch 2, step 2');
    expect(digits(end.state)).toEqual(digits(calm.end.state));
    expect(events.some(({ type }) => type === 'epoch')).toBe(false);
  });

  it('makes fit() fail with the model of the last whole epoch as the cause', async () => {
    const failure = fit(tables.train, {
      ...wild,
      activation: 'identity',
      loss: 'mse',
      code: 2,
      validation: tables.test,
    });
    const error: unknown = await failure.catch((reason: unknown) => reason);
    if (!(error instanceof GargaloError)) throw error;
    expect(error.code).toBe('diverged');
    const { specification, weights, training } = error.cause as TrainedModel;
    expect(specification.kind).toBe('basic');
    expect([...weights.values()].every((values) => values.every(Number.isFinite))).toBe(true);
    expect(training!.epoch).toBe(training!.history.length);
    expect(training!.weights).toEqual(weights);
  });

  it('is told from data that cannot be tested on', async () => {
    const none = arrayDataset(new Float32Array(0), { name: 'none', shape: [6] });
    await expect(run({ train: tables.train, test: none })).rejects.toMatchObject({ code: 'bad-input', where: 'none' });
    await expect(run({ train: none, test: tables.test })).rejects.toMatchObject({ code: 'bad-input', where: 'none' });
  });
});

describe('a training that is cancelled', () => {
  const data = { train: table(700), test: tables.test };
  const values = { batch: 4, epochs: 3, seed: 7, best: true };

  it.each([
    { when: 'in the first epoch', epochs: 0, at: (event: TrainingEvent) => event.type === 'progress' },
    {
      when: 'within the second epoch',
      epochs: 1,
      at: (event: TrainingEvent) => event.type === 'progress' && event.epoch === 2,
    },
    {
      when: 'between two epochs',
      epochs: 2,
      at: (event: TrainingEvent) => event.type === 'epoch' && event.record.epoch === 2,
    },
  ])('$when ends with the last whole epoch, from which it goes on as if nothing had been', async ({ at, epochs }) => {
    const straight = await run(data, values);
    const stopped = await run(data, values, { stopAt: at });
    expect(stopped.end.reason).toBe('cancelled');
    expect(stopped.end.problem).toBeUndefined();
    expect(stopped.end.state.epoch).toBe(epochs);
    expect(stopped.end.state.history.length).toBe(epochs);
    const from = modelOf(stopped.prepared.specification, stopped.end.state);
    const resumed = await run(data, values, { from });
    expect(resumed.events[0]).toMatchObject({ type: 'start', firstEpoch: epochs + 1 });
    expect(resumed.end.reason).toBe('completed');
    expect(digits(resumed.end.state)).toEqual(digits(straight.end.state));
  });

  it('before it began does next to nothing', async () => {
    const { end, events, prepared } = await run(data, values, { signal: AbortSignal.abort() });
    expect(end.reason).toBe('cancelled');
    expect(events.length).toBeLessThanOrEqual(3);
    expect(end.state.epoch).toBe(0);
    expect(end.state.weights).toEqual(initialWeights(prepared.specification, 7));
  });

  it('makes fit() give the model as it is', async () => {
    const stopping = new AbortController();
    const { autoencoder, reason, history } = await fit(data.train, {
      ...values,
      code: 2,
      validation: data.test,
      signal: stopping.signal,
      onEvent: (event) => {
        if (event.type === 'epoch') stopping.abort();
      },
    });
    expect(reason).toBe('cancelled');
    expect(history.length).toBe(1);
    expect((await autoencoder.encode(data.test)).length).toBe(46);
    await autoencoder.close();
  });
});

describe('going on with a training', () => {
  const values = { code: 2, batch: 16, seed: 7 };

  it('takes over what was asked for then, and refuses what would make it another training', async () => {
    const { end, prepared } = await run(tables, { learningRate: 0.01, epochs: 1 });
    const from = modelOf(prepared.specification, end.state);
    const more = await run(tables, { epochs: 2 }, { from });
    expect(more.prepared.options).toEqual({ ...prepared.options, epochs: 2 });
    await run(tables, { epochs: 2, learningRate: 0.01 }, { from });
    for (const [name, value] of Object.entries({ learningRate: 0.02, batch: 8, code: 3, seed: 8, optimizer: 'sgd' })) {
      await expect(run(tables, { epochs: 2, [name]: value }, { from })).rejects.toMatchObject({
        code: 'bad-input',
        where: name,
      });
    }
  });

  it('refuses other data', async () => {
    const { end, prepared } = await run(tables, { epochs: 1 });
    const from = modelOf(prepared.specification, end.state);
    const others = { train: table(70, 6, 5), test: tables.test };
    await expect(run(others, { epochs: 2 }, { from })).rejects.toMatchObject({ code: 'bad-input', where: 'table' });
    const wider = { train: table(70, 7), test: table(9, 7) };
    await expect(run(wider, { epochs: 2 }, { from })).rejects.toMatchObject({ code: 'bad-input', where: 'table' });
  });

  it('refuses a model without its training state', async () => {
    const { end, prepared } = await run(tables, { epochs: 1 });
    const { training: _training, ...bare } = modelOf(prepared.specification, end.state);
    await expect(fit(tables.train, { ...values, resume: bare })).rejects.toMatchObject({ where: 'resume' });
  });

  it('that has all its epochs just ends', async () => {
    const { end, prepared } = await run(tables, { epochs: 2 });
    const from = modelOf(prepared.specification, end.state);
    const again = await run(tables, { epochs: 2 }, { from });
    expect(again.events.map(({ type }) => type)).toEqual(['start', 'end']);
    expect(digits(again.end.state)).toEqual(digits(end.state));
  });
});

describe('fit', () => {
  it('sets a part of the data aside, the same each time, and scales by the rest', async () => {
    const data = table(50);
    const [first, second] = [await fit(data, { code: 2, epochs: 2 }), await fit(data, { code: 2, epochs: 2 })];
    expect(second.autoencoder.weights).toEqual(first.autoencoder.weights);
    expect(first.history.length).toBe(2);
    const other = await fit(data, { code: 2, epochs: 2, seed: 1 });
    expect(other.autoencoder.weights).not.toEqual(first.autoencoder.weights);
    expect(other.autoencoder.specification.input.scaling).not.toEqual(first.autoencoder.specification.input.scaling);
    for (const { autoencoder } of [first, second, other]) await autoencoder.close();
  });

  it('warns of a code that is not narrower than the input', async () => {
    const { autoencoder, warnings } = await fit(table(30), { code: 6, epochs: 1 });
    expect(warnings[0]).toContain('the code (6 values) is not narrower than the input (6)');
    await autoencoder.close();
  });

  it.each([
    ['adam', { weightDecay: 0.1 }, 'weightDecay'],
    ['sgd', { weightDecay: -1 }, 'weightDecay'],
    ['sgd', { momentum: 1 }, 'momentum'],
  ] as const)('refuses what %s cannot do: %j', async (optimizer, options, where) => {
    await expect(fit(table(30), { code: 2, optimizer, ...options })).rejects.toMatchObject({
      code: 'bad-input',
      where,
    });
  });

  it('remembers the names of columns', async () => {
    const columns = ['a', 'b', 'c', 'd', 'e', 'f'];
    const { autoencoder } = await fit({ ...table(30), columns }, { code: 2, epochs: 1 });
    expect(autoencoder.specification.input.columns).toEqual(columns);
    await autoencoder.close();
  });

  it('passes on what onEvent throws, and ends the training', async () => {
    const onEvent = (): never => {
      throw new Error('enough');
    };
    await expect(fit(table(30), { code: 2, epochs: 1, onEvent })).rejects.toThrow('enough');
  });
});

describe('a network that no model file can hold', () => {
  it('is refused before memory is given to it', async () => {
    await expect(fit(table(30), { code: 2, encoder: [40_000, 40_000] })).rejects.toMatchObject({
      code: 'bad-input',
      where: 'network',
      message: expect.stringMatching(/at most 500,000,000 parameters.*got 3,200,\d{3},\d{3}/),
    });
  });
});

describe('the process', () => {
  const script = (body: string): string => `
    import { arrayDataset } from './dist/data/dataset.js';
    import { fit } from './dist/train/fit.js';
import { prepare } from './dist/train/prepare.js';
    import { train } from './dist/train/train.js';
    const values = Float32Array.from({ length: 600 }, (_, i) => Math.sin(i));
    const data = arrayDataset(values, { name: 'waves', shape: [6] });
    const prepared = await prepare({ train: data }, { kind: 'basic', values: { code: 2, batch: 4, recipe: 'none' } });
    ${body}
    console.log('done');
  `;

  it.each([
    ['the consumer of events leaves after the first', 'for await (const event of train(prepared)) break;'],
    [
      'the consumer leaves within an epoch',
      "for await (const event of train(prepared)) if (event.type === 'progress') break;",
    ],
    ['the consumer fails', "try { for await (const event of train(prepared)) throw new Error('no'); } catch {}"],
    [
      'training diverges',
      "await fit(data, { code: 2, batch: 4, optimizer: 'sgd', learningRate: 1e30, activation: 'identity' }).catch((error) => { if (error.code !== 'diverged') throw error; });",
    ],
  ])('ends by itself where %s', (_when, body) => {
    const child = spawnSync(process.execPath, ['--input-type=module', '--eval', script(body)], { timeout: 600_000 });
    expect(child.stderr.toString()).toBe('');
    expect(child.stdout.toString()).toBe('done\n');
    expect(child.status).toBe(0);
  });
});
