import { describe, expect, it } from 'vitest';
import { fedContext, fedScope, float64, randomWeights, specification } from '../../test/tiny.js';
import { largestDifference } from '../../test/training-case.js';
import { createRandom } from '../core/random.js';
import { evaluate, type Value } from '../graph/evaluate.js';
import { GRADIENT_TOLERANCE, gradientError } from '../graph/finite-differences.oracle.js';
import { grad } from '../graph/gradient.js';
import * as op from '../graph/ops/index.js';
import { type Tensor, variable } from '../graph/tensor.js';
import type { ObjectivePass } from './objective.js';
import { layerStages, unrolled } from './pretraining.js';
import type { DenseBody, Pretraining, Specification } from './specification.js';

type Layers = Specification & { readonly body: DenseBody };
const batch = 5;
const random = createRandom(1, 'examples');
const examples = Float64Array.from({ length: batch * 6 }, () => random.uniform());

/** 6-4-3-4-6 of sigmoids, with a code that is linear unless told otherwise. */
function layered(
  pretraining: Partial<Pretraining>,
  change: Parameters<typeof specification>[0] = {},
  body: Partial<DenseBody> = {},
): Layers {
  return specification(
    {
      code: { type: 'plain', width: 3, activation: 'identity' },
      loss: 'bce',
      output: 'sigmoid',
      pretraining: { method: 'rbm', epochs: 1, learningRate: 0.1, gibbsSteps: 1, ...pretraining },
      ...change,
    },
    { activation: 'sigmoid', encoder: [4], ...body },
  );
}

interface StageCase {
  readonly pass: ObjectivePass;
  readonly feeds: Map<Tensor, Value>;
  readonly parameters: Map<string, Tensor>;
  readonly trained: string[];
  /** The numbers that a request for noise got. */
  readonly noise: (name: string, shape: readonly number[]) => ArrayLike<number>;
}

function stageCase(model: Layers, index: number, weights = randomWeights(model)): StageCase {
  const stage = layerStages(model)[index]!;
  const { scope, feeds, parameters } = fedScope(weights);
  const x = variable('x', [batch, 6]);
  feeds.set(x, float64([batch, 6], examples));
  const context = fedContext(feeds);
  const pass = stage.objective(scope, x, context);
  const trained = [...parameters.keys()].filter(stage.trains);
  return { pass, feeds, parameters, trained, noise: (name, shape) => feeds.get(context.noise(name, shape))!.data };
}

const logistic = (a: number): number => 1 / (1 + Math.exp(-a));
/** Φ by Simpson's rule from 0. */
function standardNormal(x: number): number {
  const steps = 2000;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const t = (x * i) / steps;
    sum += (i === 0 || i === steps ? 1 : i % 2 ? 4 : 2) * Math.exp((-t * t) / 2);
  }
  return 0.5 + (sum * x) / (3 * steps) / Math.sqrt(2 * Math.PI);
}

/** [rows, a] times [a, b], plus a bias: lists of lists. */
const affine = (x: number[][], w: ArrayLike<number>, bias: ArrayLike<number>): number[][] =>
  x.map((row) =>
    Array.from(bias, (b, j) => row.reduce((sum, value, i) => sum + value * w[i * bias.length + j]!, b as number)),
  );
const rowsOf = (values: ArrayLike<number>, width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, n) =>
    Array.from({ length: width }, (_, i) => values[n * width + i]!),
  );
const turned = (w: ArrayLike<number>, inputs: number, units: number): number[] =>
  Array.from({ length: inputs * units }, (_, at) => w[(at % inputs) * units + Math.floor(at / inputs)]!);

/** A machine as plain numbers. */
interface Machine {
  readonly inputs: number;
  readonly units: number;
  readonly linear: boolean;
  readonly weight: ArrayLike<number>;
  readonly hidden: ArrayLike<number>;
  readonly visible: ArrayLike<number>;
}

/** F(v) as the comment of the stage has it, mean over the examples. */
function freeEnergy({ weight, hidden, visible, linear }: Machine, v: number[][]): number {
  const energies = affine(v, weight, hidden).map((a, n) => {
    const bias = v[n]!.reduce((sum, value, i) => sum + value * visible[i]!, 0);
    return a.reduce((sum, value) => sum - (linear ? value ** 2 / 2 : Math.log1p(Math.exp(value))), -bias);
  });
  return energies.reduce((sum, value) => sum + value, 0) / v.length;
}

/** The samples that k steps of Gibbs sampling end with, from the noise that the stage saw. */
function samples(machine: Machine, data: number[][], steps: number, noise: StageCase['noise']): number[][] {
  const { inputs, units, weight, hidden, visible, linear } = machine;
  let v = data;
  for (let k = 0; k < steps; k++) {
    const normals = rowsOf(noise(`gibbs-${k}`, [batch, units]), units);
    const h = affine(v, weight, hidden).map((row, n) =>
      row.map((a, j) => {
        if (linear) return a + normals[n]![j]!;
        return standardNormal(normals[n]![j]!) < logistic(a) ? 1 : 0;
      }),
    );
    v = affine(h, turned(weight, inputs, units), visible).map((row) => row.map(logistic));
  }
  return v;
}

const machines = [
  { what: 'the first, binary, layer', index: 0, layer: 'encoder/0', back: 'decoder/output', inputs: 6, units: 4 },
  { what: 'a linear top layer', index: 1, layer: 'encoder/code', back: 'decoder/0', inputs: 4, units: 3 },
] as const;

describe.each(machines)('a layer as a Boltzmann machine: $what', ({ index, layer, back, inputs, units }) => {
  describe.each([1, 2, 5])('by CD-%d', (gibbsSteps) => {
    const model = layered({ gibbsSteps });
    const weights = randomWeights(model, 3, 1);
    const machine: Machine = {
      inputs,
      units,
      linear: index === 1,
      weight: weights.get(`${layer}/weight`)!,
      hidden: weights.get(`${layer}/bias`)!,
      visible: weights.get(`${back}/bias`)!,
    };
    const below = index === 0 ? [] : ['encoder/0'];
    const data = below.reduce(
      (h, name) =>
        affine(h, weights.get(`${name}/weight`)!, weights.get(`${name}/bias`)!).map((row) => row.map(logistic)),
      rowsOf(examples, 6),
    );
    const { pass, feeds, parameters, trained, noise } = stageCase(model, index, weights);
    const names = [`${layer}/weight`, `${layer}/bias`, `${back}/bias`];
    const gradients = evaluate(
      grad(
        pass.terms.reconstruction!,
        names.map((name) => parameters.get(name)!),
      ),
      feeds,
    ).map(({ data }) => data);
    const negative = samples(machine, data, gibbsSteps, noise);

    it('trains its weight and both biases', () => {
      expect([...trained].sort()).toEqual([...names].sort());
    });

    it('has the gradient ⟨v h⟩ of the samples less that of the data', () => {
      const mean = (v: number[][], at: (v: number[], h: number[]) => number): number => {
        const h = affine(v, machine.weight, machine.hidden);
        return v.reduce((sum, row, n) => sum + at(row, machine.linear ? h[n]! : h[n]!.map(logistic)), 0) / batch;
      };
      const between = (at: (v: number[], h: number[]) => number): number => mean(negative, at) - mean(data, at);
      const plain = [
        Array.from({ length: inputs * units }, (_, i) => between((v, h) => v[Math.floor(i / units)]! * h[i % units]!)),
        Array.from({ length: units }, (_, j) => between((_v, h) => h[j]!)),
        Array.from({ length: inputs }, (_, i) => between((v) => v[i]!)),
      ];
      for (const [i, name] of names.entries()) {
        expect(largestDifference(gradients[i]!, plain[i]!), name).toBeLessThan(1e-6);
        expect(Math.max(...plain[i]!.map(Math.abs)), name).toBeGreaterThan(1e-3);
      }
    });

    it('goes down the difference of free energies, F(data) − F(samples)', () => {
      const step = 1e-5;
      for (const [part, name] of (['weight', 'hidden', 'visible'] as const).map((part, i) => [part, i] as const)) {
        const slopes = Array.from(machine[part], (_, at) => {
          const [above, below] = [step, -step].map((by) => {
            const moved = { ...machine, [part]: Array.from(machine[part], (value, i) => value + (i === at ? by : 0)) };
            return freeEnergy(moved, data) - freeEnergy(moved, negative);
          });
          return (above! - below!) / (2 * step);
        });
        expect(largestDifference(gradients[name]!, slopes), part).toBeLessThan(1e-6);
      }
    });

    it('reports the squared error of one step there and back', () => {
      const [once] = [samples(machine, data, 1, noise)];
      const squares = data.flatMap((row, n) => row.map((value, i) => (value - once![n]![i]!) ** 2));
      const mean = squares.reduce((sum, value) => sum + value, 0) / squares.length;
      expect(evaluate([pass.terms.reconstruction!], feeds)[0]!.data[0]).toBeCloseTo(mean, 6);
      const errors = evaluate([pass.measures()['squared-error']!], feeds)[0]!.data;
      expect(errors.reduce((sum, value) => sum + value, 0) / batch).toBeCloseTo(mean * inputs, 5);
    });
  });
});

describe('a network trained as machines', () => {
  it('starts with a decoder that is its encoder, transposed', () => {
    const model = layered({}, {}, { encoder: [5, 4] });
    const weights = randomWeights(model);
    const start = unrolled(model, weights);
    expect([...start.keys()]).toEqual([...weights.keys()]);
    for (const [layer, back, inputs, units] of [
      ['encoder/0', 'decoder/output', 6, 5],
      ['encoder/1', 'decoder/1', 5, 4],
      ['encoder/code', 'decoder/0', 4, 3],
    ] as const) {
      expect([...start.get(`${back}/weight`)!]).toEqual(turned(weights.get(`${layer}/weight`)!, inputs, units));
    }
    for (const [name, values] of start) {
      if (!/decoder.*weight/.test(name)) expect(values, name).toBe(weights.get(name));
    }
  });

  it('keeps its decoder as it is where that was trained too, or is tied', () => {
    for (const model of [layered({ method: 'autoencoder' }), layered({}, {}, { tied: true })]) {
      const weights = randomWeights(model);
      expect(unrolled(model, weights)).toEqual(weights);
    }
  });
});

describe('a layer as an autoencoder', () => {
  const variants: [string, Layers][] = [
    ['plain', layered({ method: 'autoencoder' })],
    ['tied', layered({ method: 'autoencoder' }, {}, { tied: true })],
    [
      'of tanh, squared error',
      layered({ method: 'autoencoder' }, { loss: 'mse', output: 'identity' }, { activation: 'tanh' }),
    ],
    ['corrupted', layered({ method: 'autoencoder' }, { corruption: { type: 'masking', probability: 0.3 } })],
    [
      'sparse',
      layered(
        { method: 'autoencoder' },
        {
          code: { type: 'plain', width: 3, activation: 'sigmoid' },
          penalties: [
            { type: 'sparsity', weight: 0.5, target: 0.2 },
            { type: 'l1', weight: 0.1 },
          ],
        },
      ),
    ],
  ];

  it.each(
    variants,
  )('trains that layer and its counterpart on the gradient that differences give: %s', (_what, model) => {
    const names = [
      ['encoder/0', 'decoder/output'],
      ['encoder/code', 'decoder/0'],
    ];
    for (const [index, pair] of names.entries()) {
      const { pass, feeds, parameters, trained } = stageCase(model, index);
      const own = [...parameters.keys()].filter((name) => pair.some((layer) => name.startsWith(`${layer}/`)));
      expect([...trained].sort()).toEqual(own.sort());
      expect(trained.length).toBe(model.body.tied ? 3 : 4);
      const loss = Object.values(pass.terms).reduce((sum, term) => op.Add(sum, term));
      const error = gradientError(
        loss,
        feeds,
        trained.map((name) => parameters.get(name)!),
      );
      expect(error).toBeLessThan(GRADIENT_TOLERANCE);
    }
  });

  it('rebuilds what the layers below give, which stay as they are', () => {
    const model = layered({ method: 'autoencoder' });
    const weights = randomWeights(model);
    const { pass, feeds, trained } = stageCase(model, 1, weights);
    const at = (name: string): Float32Array => weights.get(name)!;
    const h = affine(rowsOf(examples, 6), at('encoder/0/weight'), at('encoder/0/bias')).map((row) => row.map(logistic));
    const code = affine(h, at('encoder/code/weight'), at('encoder/code/bias'));
    const rebuilt = affine(code, at('decoder/0/weight'), at('decoder/0/bias')).map((row) => row.map(logistic));
    const [codes, errors] = evaluate([pass.code, pass.measures()['squared-error']!], feeds).map(({ data }) => data);
    expect(largestDifference(codes!, code.flat())).toBeLessThan(1e-6);
    const squares = rebuilt.map((row, n) => row.reduce((sum, value, i) => sum + (value - h[n]![i]!) ** 2, 0));
    expect(largestDifference(errors!, squares)).toBeLessThan(1e-6);
    expect(trained.filter((name) => name.startsWith('encoder/0/'))).toEqual([]);
  });

  it('is a stage for each layer, and none where no such training is asked for', () => {
    const stages = layerStages(layered({ epochs: 7, learningRate: 0.3 }, {}, { encoder: [5, 4] }));
    expect(stages.map(({ name, epochs, learningRate }) => [name, epochs, learningRate])).toEqual(
      [1, 2, 3].map((i) => [`layer ${i} of 3`, 7, 0.3]),
    );
    expect(layerStages(specification())).toEqual([]);
  });
});
