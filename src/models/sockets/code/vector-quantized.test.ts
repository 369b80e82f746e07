import { describe, expect, it } from 'vitest';
import { fedContext, fedScope, float64 } from '../../../../test/tiny.js';
import { largestDifference } from '../../../../test/training-case.js';
import { createRandom } from '../../../core/random.js';
import { evaluate, type Value } from '../../../graph/evaluate.js';
import { grad } from '../../../graph/gradient.js';
import * as op from '../../../graph/ops/index.js';
import { constant, type Tensor, variable } from '../../../graph/tensor.js';
import type { CodePass } from './code.js';
import { vectorQuantizedCode } from './vector-quantized.js';

const [batch, vectors, length, entries] = [9, 2, 3, 5];
const width = vectors * length;
const total = batch * vectors;
const [commitment, decay] = [0.25, 0.9];
const random = createRandom(1, 'codebook');
const normals = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());

const features = normals(batch * width);
/** The first entry lies far from everything, and was hardly ever chosen. */
const book = normals(entries * length).map((value, i) => (i < length ? 50 : value));
const counts = Float32Array.of(0.05, 1, 2, 3, 0.5);
const sums = normals(entries * length);

function built(training: boolean): {
  pass: CodePass;
  feeds: Map<Tensor, Value>;
  z: Tensor;
  states: Map<string, Tensor>;
} {
  const weights = new Map([
    ['codebook/vectors', book],
    ['codebook/counts', counts],
    ['codebook/sums', sums],
  ]);
  const { scope, feeds, states, parameters } = fedScope(weights);
  const z = variable('features', [batch, width]);
  feeds.set(z, float64([batch, width], features));
  const pass = vectorQuantizedCode(
    { type: 'vector-quantized', width, vectors, entries, commitment, decay },
    { scope, context: training ? fedContext(feeds) : {}, inputSize: 10, layer: () => z },
  );
  expect(parameters.size).toBe(0);
  return { pass, feeds, z, states };
}

const vectorOf = (values: ArrayLike<number>, n: number): number[] =>
  Array.from({ length }, (_, i) => values[n * length + i]!);

/** The entry nearest to each vector, one after the other. */
const nearest = Array.from({ length: total }, (_, n) => {
  const distances = Array.from({ length: entries }, (_, k) =>
    vectorOf(book, k).reduce((sum, value, i) => sum + (value - features[n * length + i]!) ** 2, 0),
  );
  return distances.indexOf(Math.min(...distances));
});
const chosen = nearest.flatMap((k) => vectorOf(book, k));

describe('a vector-quantized code', () => {
  it.each([true, false])('is the nearest entry of each of its parts (in training: %s)', (training) => {
    const { pass, feeds } = built(training);
    const [code, passed, indices] = evaluate([pass.code, pass.passed, pass.outputs.indices!], feeds);
    expect([...indices!.data]).toEqual(nearest);
    expect(indices!.shape).toEqual([batch, vectors]);
    expect([...code!.data]).toEqual(chosen);
    expect([...passed!.data]).toEqual(chosen);
    expect(new Set(nearest).size).toBeGreaterThan(2);
  });

  it('lets the gradient of what follows pass straight through', () => {
    const { pass, feeds, z } = built(true);
    const slopes = normals(batch * width);
    const [gradient] = grad(op.ReduceSum(op.Mul(pass.passed, constant(slopes, [batch, width]))), [z]);
    expect(largestDifference(evaluate([gradient!], feeds)[0]!.data, slopes)).toBe(0);
  });

  it('draws the encoder to the entries, and not the entries to it', () => {
    const { pass, feeds, z, states } = built(true);
    const term = pass.terms.commitment!;
    const [value, gradient, ofBook] = evaluate([term, ...grad(term, [z, states.get('codebook/vectors')!])], feeds).map(
      ({ data }) => data,
    );
    const count = batch * width;
    const distances = features.map((x, i) => x - chosen[i]!);
    const mean = distances.reduce((sum, d) => sum + d * d, 0) / count;
    expect(value![0]).toBeCloseTo(commitment * mean, 6);
    const expected = distances.map((d) => (2 * commitment * d) / count);
    expect(largestDifference(gradient!, expected)).toBeLessThan(1e-6);
    expect(ofBook!.every((slope) => slope === 0)).toBe(true);
  });

  it('has its entries follow by running means, and puts a vector of the batch in the place of a dead one', () => {
    const { pass, feeds, states } = built(true);
    const next = new Map(
      pass.updates.map(({ state, next }) => [
        [...states].find(([, tensor]) => tensor === state)![0],
        [...evaluate([next], feeds)[0]!.data],
      ]),
    );
    expect([...next.keys()].sort()).toEqual(['codebook/counts', 'codebook/sums', 'codebook/vectors']);

    let dead = 0;
    for (let k = 0; k < entries; k++) {
      const mine = [...nearest.keys()].filter((n) => nearest[n] === k);
      const count = decay * counts[k]! + (1 - decay) * mine.length;
      const [vector, sum] = ['vectors', 'sums'].map((name) => vectorOf(next.get(`codebook/${name}`)!, k)) as [
        number[],
        number[],
      ];
      if (count < 0.1) {
        dead++;
        const inBatch = Array.from({ length: total }, (_, n) => vectorOf(features, n));
        expect(inBatch).toContainEqual(vector);
        expect(sum).toEqual(vector);
        expect(next.get('codebook/counts')![k]).toBe(1);
        continue;
      }
      const added = vectorOf(sums, k).map(
        (old, i) => decay * old + (1 - decay) * mine.reduce((total, n) => total + features[n * length + i]!, 0),
      );
      expect(next.get('codebook/counts')![k]).toBeCloseTo(count, 6);
      expect(largestDifference(sum, added)).toBeLessThan(1e-6);
      expect(
        largestDifference(
          vector,
          added.map((value) => value / count),
        ),
      ).toBeLessThan(1e-3 * Math.max(...added.map(Math.abs)));
    }
    expect(dead).toBe(1);
  });

  it('starts out on the data: a new codebook has nothing but dead entries', () => {
    const { scope, feeds } = fedScope(
      new Map([
        ['codebook/vectors', book],
        ['codebook/counts', new Float32Array(entries)],
        ['codebook/sums', new Float32Array(entries * length)],
      ]),
    );
    const z = variable('features', [1, width]);
    feeds.set(z, float64([1, width], features.slice(0, width)));
    const { updates } = vectorQuantizedCode(
      { type: 'vector-quantized', width, vectors, entries, commitment, decay: 0.99 },
      { scope, context: fedContext(feeds), inputSize: 10, layer: () => z },
    );
    const started = evaluate([updates[0]!.next], feeds)[0]!.data;
    for (let k = 0; k < entries; k++) {
      expect([vectorOf(features, 0), vectorOf(features, 1)]).toContainEqual(vectorOf(started, k));
    }
  });

  it('stays as it is after training', () => {
    expect(built(false).pass.updates).toEqual([]);
  });
});
