import { describe, expect, it } from 'vitest';
import { spots } from '../../test/tiny.js';
import { createRandom } from '../core/random.js';
import { arrayDataset, type Dataset } from '../data/dataset.js';
import { sliceDataset } from '../data/slice.js';
import { openAutoencoder } from '../models/autoencoder.js';
import type { Specification } from '../models/specification.js';
import { initialWeights } from '../train/train.js';
import { type ClassifierEpoch, type ClassifierOptions, trainClassifier } from './classify.js';

/** Spots with the quarter of the picture that they are in, which no straight line in pixels tells quite. */
function quarters(length: number, seed = 1): Dataset {
  const data = spots(length, 4, seed);
  const random = createRandom(seed, 'spots');
  const values = Int32Array.from({ length }, () => {
    const [x, y] = [random.uniform(), random.uniform()];
    return (x > 0.5 ? 1 : 0) + (y > 0.5 ? 2 : 0);
  });
  return { ...data, labels: { values, names: ['a', 'b', 'c', 'd'] } };
}

const specification: Specification = {
  kind: 'basic',
  input: { shape: [4, 4], scaling: { method: 'bytes', offset: [0], scale: [1 / 255] } },
  corruption: { type: 'none' },
  body: { type: 'dense', encoder: [12], decoder: 'mirrored', activation: 'tanh', tied: false },
  code: { type: 'plain', width: 6, activation: 'tanh' },
  penalties: [],
  loss: 'bce',
  output: 'sigmoid',
};
const model = { specification, weights: initialWeights(specification, 5) };
const [train, test] = [quarters(300), quarters(100, 2)];
const quick = { model, train, test, learningRate: 0.05, batch: 32, epochs: 4 } satisfies ClassifierOptions;

/** Softmax regression with the squares of the weights by plain gradient descent in double precision. */
function regression(x: Float64Array, width: number, labels: Int32Array, classes: number, l2: number) {
  const count = labels.length;
  const weight = new Float64Array(width * classes);
  const bias = new Float64Array(classes);
  let loss = 0;
  for (let step = 0; step < 4000; step++) {
    const slopes = weight.map((w) => 2 * l2 * w);
    const biasSlopes = new Float64Array(classes);
    loss = l2 * weight.reduce((sum, w) => sum + w * w, 0);
    for (let n = 0; n < count; n++) {
      const logits = bias.map((b, j) => {
        let sum = b;
        for (let i = 0; i < width; i++) sum += x[n * width + i]! * weight[i * classes + j]!;
        return sum;
      });
      const total = logits.reduce((sum, z) => sum + Math.exp(z), 0);
      loss += (Math.log(total) - logits[labels[n]!]!) / count;
      for (let j = 0; j < classes; j++) {
        const slope = (Math.exp(logits[j]!) / total - (labels[n] === j ? 1 : 0)) / count;
        biasSlopes[j]! += slope;
        for (let i = 0; i < width; i++) slopes[i * classes + j]! += slope * x[n * width + i]!;
      }
    }
    for (const [i, slope] of slopes.entries()) weight[i]! -= slope;
    for (const [j, slope] of biasSlopes.entries()) bias[j]! -= slope;
  }
  return { loss, weight };
}

describe('a linear probe', () => {
  it('finds the minimum that descent in double precision finds, on standardised codes', async () => {
    const [l2, data] = [0.01, sliceDataset(train, 0, 60)];
    const options = { epochs: 600, batch: 60, schedule: 'cosine', learningRate: 0.1 } as const;
    const probe = await trainClassifier({ ...quick, ...options, train: data, l2 });
    const autoencoder = openAutoencoder(model);
    const codes = Float64Array.from(await autoencoder.encode(data));
    await autoencoder.close();
    const [mean, deviation] = [new Float64Array(6), new Float64Array(6)];
    for (const [i, z] of codes.entries()) mean[i % 6]! += z / 60;
    for (const [i, z] of codes.entries()) deviation[i % 6]! += (z - mean[i % 6]!) ** 2 / 60;
    const scaled = codes.map((z, i) => (z - mean[i % 6]!) / Math.sqrt(deviation[i % 6]!));
    const expected = regression(scaled, 6, data.labels!.values, 4, l2);
    // the last step's loss is taken before it, and the rate is almost 0 by then
    expect(probe.history.at(-1)!.trainLoss).toBeCloseTo(expected.loss, 5);
    for (const [i, w] of probe.weights.get('classifier/weight')!.entries()) {
      expect(w * Math.sqrt(deviation[Math.floor(i / 4)]!)).toBeCloseTo(expected.weight[i]!, 2);
    }
  });

  it('leaves the encoder as it is, and says what it said in training', async () => {
    const probe = await trainClassifier({ ...quick, epochs: 10 });
    for (const name of ['encoder/0/weight', 'encoder/code/bias']) {
      expect(probe.weights.get(name)).toEqual(model.weights.get(name));
    }
    expect([...probe.weights.keys()].some((name) => name.startsWith('decoder'))).toBe(false);
    const { classes, probabilities } = await probe.predict(test);
    const wrong = classes.reduce((sum, value, i) => sum + (value === test.labels!.values[i] ? 0 : 1), 0);
    expect(wrong / test.length).toBeCloseTo(probe.testError, 6);
    let loss = 0;
    for (const [i, label] of test.labels!.values.entries())
      loss -= Math.log(probabilities[i * 4 + label]!) / test.length;
    expect(loss).toBeCloseTo(probe.history.at(-1)!.testLoss, 4);
    expect(probe.testError).toBeLessThan(0.5);
  });

  it('can look at a hidden layer', async () => {
    const probe = await trainClassifier({ ...quick, layer: 'encoder/0', epochs: 15 });
    expect(probe.weights.get('classifier/weight')!.length).toBe(48);
    const { classes } = await probe.predict(test);
    const wrong = classes.filter((value, i) => value !== test.labels!.values[i]).length;
    expect(wrong / test.length).toBeCloseTo(probe.testError, 6);
    await expect(trainClassifier({ ...quick, layer: 'encoder/7' })).rejects.toMatchObject({
      code: 'bad-input',
      where: 'layer',
      problem: 'expected one of "code", "encoder/0", got "encoder/7"',
    });
  });
});

describe('fine-tuning', () => {
  it('moves the encoder, and does better than a layer on top of it', async () => {
    const probe = await trainClassifier({ ...quick, epochs: 25, learningRate: 0.01 });
    const tuned = await trainClassifier({ ...quick, epochs: 25, learningRate: 0.01, fineTune: true });
    expect(tuned.weights.get('encoder/0/weight')).not.toEqual(model.weights.get('encoder/0/weight'));
    expect(tuned.history.at(-1)!.trainLoss).toBeLessThan(probe.history.at(-1)!.trainLoss);
    const { classes } = await tuned.predict(test);
    const wrong = classes.filter((value, i) => value !== test.labels!.values[i]).length;
    expect(wrong / test.length).toBeCloseTo(tuned.testError, 6);
  });

  it('starts from random weights where pretraining is left out', async () => {
    const steps = { ...quick, fineTune: true, epochs: 1, learningRate: 1e-9 };
    const start = initialWeights(specification, 3).get('encoder/0/weight')!;
    const scratch = await trainClassifier({ ...steps, pretrained: false, seed: 3 });
    const moved = scratch.weights.get('encoder/0/weight')!.map((w, i) => Math.abs(w - start[i]!));
    expect(Math.max(...moved)).toBeLessThan(1e-6);
  });

  it('of a hidden layer leaves what lies behind it alone', async () => {
    const tuned = await trainClassifier({ ...quick, fineTune: true, layer: 'encoder/0', epochs: 1 });
    expect(tuned.weights.get('encoder/code/weight')).toEqual(model.weights.get('encoder/code/weight'));
    expect(tuned.weights.get('encoder/0/weight')).not.toEqual(model.weights.get('encoder/0/weight'));
  });
});

describe('training a classifier', () => {
  it.each([false, true])('gives the same digits for the same seed (fine-tuned: %s)', async (fineTune) => {
    const [a, b] = [await trainClassifier({ ...quick, fineTune }), await trainClassifier({ ...quick, fineTune })];
    expect(b.weights).toEqual(a.weights);
    const c = await trainClassifier({ ...quick, fineTune, seed: 1 });
    expect(c.weights.get('classifier/weight')).not.toEqual(a.weights.get('classifier/weight'));
  });

  it('tells about each epoch, and stops when told to', async () => {
    const told: ClassifierEpoch[] = [];
    const controller = new AbortController();
    const result = await trainClassifier({
      ...quick,
      epochs: 50,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type !== 'epoch') return;
        told.push(event.record);
        if (told.length === 2) controller.abort();
      },
    });
    expect(result.history).toEqual(told);
    expect(told.map(({ epoch }) => epoch)).toEqual([1, 2]);
  });

  it('of codes that are beyond all bounds gives numbers all the same', async () => {
    const huge = new Map([...model.weights].map(([name, values]) => [name, values.map((w) => 1e30 * w)]));
    const linear = { ...specification, body: { ...specification.body, encoder: [] } } as Specification;
    const code = { type: 'plain', width: 6, activation: 'identity' } as const;
    const weights = new Map([
      ['encoder/code/weight', new Float32Array(96).map((_, i) => 1e16 * Math.sin(i))],
      ['encoder/code/bias', huge.get('encoder/code/bias')!],
    ]);
    const { history, predict } = await trainClassifier({
      ...quick,
      model: { specification: { ...linear, code }, weights },
    });
    expect(history.every(({ trainLoss, testLoss }) => Number.isFinite(trainLoss) && Number.isFinite(testLoss))).toBe(
      true,
    );
    expect((await predict(test)).probabilities.every(Number.isFinite)).toBe(true);
  });

  it('refuses examples without a class', async () => {
    const { labels: _labels, ...bare } = test;
    await expect(trainClassifier({ ...quick, test: bare })).rejects.toMatchObject({
      code: 'bad-input',
      where: 'spots',
    });
    const holed = {
      ...train,
      labels: { ...train.labels!, values: train.labels!.values.map((v, i) => (i === 7 ? -1 : v)) },
    };
    await expect(trainClassifier({ ...quick, train: holed })).rejects.toMatchObject({
      problem: 'expected a label for each example, got none for example 8',
    });
    const renamed = { ...test, labels: { ...test.labels!, names: ['a', 'b', 'c', 'e'] } };
    await expect(trainClassifier({ ...quick, test: renamed })).rejects.toMatchObject({ code: 'bad-input' });
    const empty = arrayDataset(new Uint8Array(0), { name: 'nothing', shape: [4, 4], labels: test.labels! });
    await expect(trainClassifier({ ...quick, test: empty })).rejects.toMatchObject({ where: 'nothing' });
    await expect(trainClassifier({ ...quick, l2: -1 })).rejects.toMatchObject({ where: 'l2' });
  });
});
