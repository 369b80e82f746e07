// The contract of a kind, over every line of the kinds' index.
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { applyScaling, fitScaling } from '../../src/data/scaling.js';
import { GRADIENT_TOLERANCE, gradientError } from '../../src/graph/finite-differences.oracle.js';
import * as op from '../../src/graph/ops/index.js';
import { inferenceParametersOf, openAutoencoder, parametersOf } from '../../src/models/autoencoder.js';
import type { InputDescription, Kind } from '../../src/models/kind.js';
import { kindNamed, kinds } from '../../src/models/kinds/index.js';
import type { Option } from '../../src/models/options.js';
import { inputSize } from '../../src/models/specification.js';
import { activationNames } from '../../src/nn/activations.js';
import { lossNames } from '../../src/nn/losses.js';
import { type FitOptions, fit } from '../../src/train/fit.js';
import { loadModel, saveModel } from '../../src/train/model-file.js';
import { forwardCase, inFolder, randomWeights, spots, table, waves } from '../tiny.js';

type Values = Parameters<Kind['specify']>[1];

const imageLike: InputDescription = {
  shape: [28, 28],
  scaling: { method: 'bytes', offset: [0], scale: [1 / 255] },
  bounded: true,
};
const tableLike: InputDescription = {
  shape: [5],
  scaling: { method: 'standard', offset: [1, 2, 3, 0.1, -1e-9], scale: [1, 1 / 3, 1e9, 4, 5] },
  bounded: false,
};
const columnLike: InputDescription = {
  ...tableLike,
  shape: [1],
  scaling: { method: 'none', offset: [0], scale: [1] },
};
const seriesLike: InputDescription = {
  shape: [12, 2],
  sequence: true,
  scaling: { method: 'standard', offset: [1, -2], scale: [3, 1] },
  bounded: false,
};

/** What a kind is tried on. */
const forms = {
  images: { data: spots(60), inputs: [imageLike] },
  tables: { data: table(60), inputs: [tableLike, columnLike] },
  windows: { data: waves(60), inputs: [seriesLike] },
} as const;
type Form = keyof typeof forms;

/** How a kind is tried. */
interface Trial {
  /** The data that it takes, those for its gradients first. */
  readonly forms: readonly [Form, ...Form[]];
  /** Settings small enough to train in moments. */
  readonly small: Values & FitOptions;
  /** Settings whose gradients are compared with differences. */
  readonly variants: readonly Values[];
  /** The parameters whose gradient is by intent not that of the loss, which tests beside the file compare. */
  readonly substituted?: RegExp;
}

const dense = ['tables', 'images'] as const;
const trials: Readonly<Record<string, Trial>> = {
  basic: {
    forms: dense,
    small: {},
    variants: [
      {},
      ...activationNames.map((activation) => ({ activation })),
      ...activationNames.map((activation) => ({ activation, encoder: [4] })),
      ...lossNames.map((loss) => ({ loss, encoder: [5, 4], activation: 'sigmoid' as const })),
      ...lossNames.map((loss) => ({ loss, encoder: [5], decoder: [3, 4], activation: 'gelu' as const })),
      { encoder: [5], decoder: [], activation: 'tanh' },
      { tied: true },
      { tied: true, encoder: [5, 4], activation: 'tanh', codeActivation: 'softplus' },
      { codeActivation: 'sigmoid', encoder: [3] },
      { orthogonality: 0.5, l2: 0.1 },
      // whatever goes together, at once
      {
        ...{ corruption: 'masking', noise: 0.4, bottleneck: 'gaussian', encoder: [4], tied: true, activation: 'tanh' },
        ...{ l1: 0.1, contractive: 0.1, l2: 0.1, orthogonality: 0.1, adversarial: 0.3, discriminator: [3] },
      },
      {
        ...{ corruption: 'gaussian', bottleneck: 'top-k', code: 4, active: 2, encoder: [4], activation: 'sigmoid' },
        ...{ l1: 0.1, contractive: 0.1, projections: 2, l2: 0.1, adversarial: 0.3, discriminator: [] },
      },
    ],
  },
  linear: { forms: dense, small: {}, variants: [{}, { tied: true }, { encoder: [4], orthogonality: 0.1 }] },
  deep: {
    forms: dense,
    small: { encoder: [8, 4] },
    variants: [
      { encoder: [5, 4] },
      { encoder: [5, 4, 3], activation: 'elu', tied: true },
      { encoder: [4], pretraining: 'rbm', activation: 'sigmoid' },
    ],
  },
  denoising: {
    forms: dense,
    small: { noise: 0.2 },
    variants: [
      {},
      { corruption: 'gaussian', noise: 2 },
      { corruption: 'masking', encoder: [4], activation: 'tanh' },
      { corruption: 'masking', noise: 0.9, tied: true },
    ],
  },
  sparse: {
    forms: dense,
    small: { code: 4, sparsity: 0.2 },
    variants: [
      {},
      { sparsity: 0.3, sparsityWeight: 2, code: 8 },
      { l1: 0.1 },
      { l1: 0.1, sparsity: 0.1, encoder: [4], activation: 'gelu', codeActivation: 'sigmoid' },
      { active: 2, code: 5 },
      { active: 1, code: 3, codeActivation: 'relu', encoder: [4] },
    ],
  },
  contractive: {
    forms: dense,
    small: { contractive: 1e-3 },
    variants: [
      { contractive: 0.5 },
      ...activationNames.flatMap((activation) => [
        { contractive: 0.5, activation, codeActivation: activation },
        { contractive: 0.5, activation, encoder: [4] },
      ]),
      { contractive: 0.5, projections: 3, encoder: [4, 3], activation: 'tanh' },
      { contractive: 0.5, tied: true, corruption: 'gaussian' },
    ],
  },
  convolutional: {
    forms: ['images'],
    small: { filters: [3], activation: 'tanh' },
    variants: [
      { filters: [2, 3], activation: 'tanh' },
      { filters: [2], activation: 'sigmoid', downsampling: 'max-pool', upsampling: 'nearest', encoder: [4] },
      { filters: [2], activation: 'softplus', downsampling: 'average-pool', kernel: 4 },
      { filters: [2], activation: 'tanh', contractive: 0.1 },
      { filters: [2, 2], activation: 'tanh', codeLayer: 'none', code: undefined, l2: 0.1 },
      { filters: [2], activation: 'tanh', bottleneck: 'gaussian', corruption: 'gaussian' },
    ],
  },
  recurrent: {
    forms: ['windows'],
    small: {},
    variants: [
      {},
      { cell: 'gru' },
      { encoder: [3], cell: 'gru', codeLayer: 'dense' },
      { encoder: [3], decoder: [4, 3], l2: 1e-3 },
      { contractive: 0.1 },
      { contractive: 0.1, cell: 'gru', projections: 1 },
      { codeLayer: 'dense', encoder: [3], bottleneck: 'gaussian', corruption: 'gaussian' },
    ],
  },
  variational: {
    forms: dense,
    small: { encoder: [8], beta: 0.1 },
    variants: [
      { encoder: [4] },
      { encoder: [], beta: 4, klWarmup: 3 },
      { encoder: [4], activation: 'tanh', tied: true, freeBits: 0.3 },
      { encoder: [4], corruption: 'masking', l1: 0.1, adversarial: 0.1, discriminator: [3], activation: 'tanh' },
    ],
  },
  'vector-quantized': {
    forms: dense,
    small: { encoder: [8], entries: 8, decay: 0.9 },
    variants: [
      { encoder: [4], entries: 4 },
      { encoder: [4], code: 6, vectors: 3, entries: 3, tied: true, l2: 0.1 },
    ],
    substituted: /^encoder/,
  },
  adversarial: {
    forms: dense,
    small: { encoder: [8], discriminator: [8] },
    variants: [
      { encoder: [4], discriminator: [4, 3], adversarial: 0.5 },
      { encoder: [], discriminator: [], adversarial: 2, corruption: 'gaussian' },
    ],
  },
};

async function described(dataset: Dataset, bounded: boolean): Promise<InputDescription> {
  const { shape, sequence } = dataset;
  const scaling = await fitScaling(bounded ? 'min-max' : 'standard', dataset);
  return { shape, ...(sequence && { sequence }), scaling, bounded };
}

/** Refusals of options, by their types. */
function unfitting(option: Option): unknown[] {
  switch (option.type) {
    case 'integer':
      return [1.5, Number.NaN, 'three', ...(option.minimum === undefined ? [] : [option.minimum - 1])];
    case 'number':
      return [Number.NaN, 'half', ...(option.minimum === undefined ? [] : [option.minimum - 1])];
    case 'integers':
      return [3, [option.minimum - 1], [2.5], ['4']];
    case 'choice':
      return ['no such choice', 3];
    case 'flag':
      return ['yes', 1];
  }
}

it('every kind is tried', () => {
  expect(Object.keys(trials).sort()).toEqual(kinds.map(({ name }) => name).sort());
});

describe.each(kinds.map((kind) => [kind.name, kind] as const))('the kind %s', (name, kind) => {
  const { forms: own, small, variants, substituted = /^$/ } = trials[name]!;
  const [form] = own;
  const { data, inputs } = forms[form];
  const fitted = (options: FitOptions): FitOptions => ({
    kind: name,
    code: 2,
    batch: 16,
    seed: 5,
    ...small,
    ...options,
  });

  it('is found by its name, and says what it is and where it comes from', () => {
    expect(kindNamed(name)).toBe(kind);
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(kind.summary).toMatch(/^\S.*\S$/);
    for (const line of [kind.summary, kind.formula]) expect(line).not.toContain('\n');
    expect(kind.paper).toMatch(/(19|20)\d\d/);
  });

  it.each(
    own.flatMap((one) => forms[one].inputs.map((input) => [one, input.shape.join(' × '), input] as const)),
  )('makes plain data of its default options, for %s of %s', (_form, _shape, input) => {
    const made = kind.specify(input, {});
    expect(JSON.parse(JSON.stringify(made))).toEqual(made);
    expect(made.kind).toBe(name);
    const { bounded: _bounded, ...rest } = input;
    expect(made.input).toEqual(rest);
    expect(made.code.width).toBeGreaterThan(0);
    // Whatever has a default of its own, given, changes nothing.
    const given = Object.entries(kind.defaults) as [keyof Values, unknown][];
    expect(kind.specify(input, Object.fromEntries(given))).toEqual(made);
    const parameters = parametersOf(made);
    expect(new Set(parameters.map((parameter) => parameter.name)).size).toBe(parameters.length);
    expect(inputSize(made)).toBe(input.shape.reduce((product, side) => product * side, 1));
    // What people get of a model needs nothing that only training has.
    for (const { name } of inferenceParametersOf(made)) expect(name).toMatch(/^(encoder|decoder|codebook)\//);
  });

  it.each(
    variants.map((variant) => [JSON.stringify(variant), variant] as const),
  )('has, with %s, the gradients that differences give, for every parameter', async (_text, variant) => {
    for (const bounded of variant.loss === 'bce' ? [true] : [true, false]) {
      const input = await described(data, bounded);
      const specification = kind.specify(input, { code: 2, ...variant });
      const scaled = applyScaling(await data.block(0, 5), input.scaling);
      // Weights of about 1: with small ones the gradients of a deep network drown in the rounding of the differences.
      const weights = randomWeights(specification, 1, 1);
      const { pass, feeds, parameters, states } = forwardCase(specification, weights, scaled, { epoch: 1.5 });
      expect(parameters.size + states.size).toBe(parametersOf(specification).length);
      const [opponents, rest] = [true, false].map((side) =>
        [...parameters].filter(([parameter]) => parameter.startsWith('discriminator/') === side),
      );
      for (const [objective, trained] of [
        [pass.terms, rest!.filter(([parameter]) => !substituted.test(parameter))],
        [pass.auxiliary, opponents!],
      ] as const) {
        if (trained.length === 0) continue;
        const loss = Object.values(objective).reduce((sum, term) => op.Add(sum, term));
        const error = gradientError(
          loss,
          feeds,
          trained.map(([, tensor]) => tensor),
        );
        expect(error, `bounded: ${bounded}`).toBeLessThan(GRADIENT_TOLERANCE);
      }
    }
  });

  it.each(own)('learns %s', async (one) => {
    const { autoencoder, history, reason } = await fit(forms[one].data, fitted({ epochs: 25, learningRate: 0.02 }));
    await autoencoder.close();
    expect(reason).toBe('completed');
    const [first, last] = [history[0]!, history.at(-1)!];
    expect(last.terms.reconstruction!.train).toBeLessThan(0.9 * first.terms.reconstruction!.train);
    expect(last.terms.reconstruction!.test).toBeLessThan(0.95 * first.terms.reconstruction!.test);
    expect(last.testSquaredError).toBeLessThan(first.testSquaredError);
  });

  it('comes to the same weights from the same seed, and to others from another', async () => {
    const weights = [];
    for (const seed of [1, 1, 2]) {
      const { autoencoder } = await fit(data, fitted({ epochs: 2, seed, validation: data }));
      weights.push(autoencoder.weights);
      await autoencoder.close();
    }
    expect(weights[1]).toEqual(weights[0]);
    for (const [parameter, values] of weights[2]!) expect(values, parameter).not.toEqual(weights[0]!.get(parameter));
  });

  it.each([
    'adam',
    'sgd',
  ] as const)('saved and loaded computes the same digits, and goes on as if it had never stopped (%s)', (optimizer) =>
    inFolder(async (folder) => {
      const digits = ({ autoencoder: { weights, training } }: Awaited<ReturnType<typeof fit>>): unknown => {
        const { history, ...state } = training!;
        const records = history.map(({ examplesPerSecond: _speed, seconds: _seconds, ...record }) => record);
        return { weights, state, records };
      };
      const options = fitted({ optimizer, best: true });
      const straight = await fit(data, { ...options, epochs: 4 });
      const half = await fit(data, { ...options, epochs: 2 });
      const path = `${folder}/model.onnx`;
      await saveModel(path, half.autoencoder);
      const loaded = await loadModel(path);

      const reopened = openAutoencoder(loaded);
      expect(await reopened.encode(data)).toEqual(await half.autoencoder.encode(data));
      expect(await reopened.reconstruct(data)).toEqual(await half.autoencoder.reconstruct(data));

      const resumed = await fit(data, { kind: name, resume: loaded, epochs: 4 });
      expect(digits(resumed)).toEqual(digits(straight));
      expect(resumed.autoencoder.specification).toEqual(straight.autoencoder.specification);
      for (const autoencoder of [straight.autoencoder, half.autoencoder, reopened, resumed.autoencoder]) {
        await autoencoder.close();
      }
    }));

  describe('refuses', () => {
    it.each(
      Object.entries(kind.options).flatMap(([option, record]) =>
        unfitting(record).map((value) => [option, value] as const),
      ),
    )('%s = %j, naming it', async (option, value) => {
      const refusal = { code: 'bad-input', where: option, message: expect.stringContaining('expected') };
      const values = { [option]: value } as Parameters<Kind['specify']>[1];
      expect(() => kind.specify(inputs[0], values)).toThrow(expect.objectContaining(refusal));
      await expect(fit(data, { kind: name, ...values })).rejects.toMatchObject(refusal);
    });

    it('an unknown option and an unknown choice, with the nearest that there is', async () => {
      const mistyped = { leaningRate: 1 };
      await expect(fit(data, { kind: name, ...mistyped })).rejects.toMatchObject({
        where: 'option',
        remedy: 'did you mean "learningRate"?',
      });
      for (const [option, record] of Object.entries(kind.options)) {
        if (record.type !== 'choice') continue;
        for (const choice of record.choices) {
          const slip = `${choice}x`;
          await expect(fit(data, { kind: name, [option]: slip })).rejects.toMatchObject({
            where: option,
            remedy: `did you mean "${choice}"?`,
          });
        }
      }
    });
  });
});

describe('the index of kinds', () => {
  it('has each name once', () => {
    expect(new Set(kinds.map(({ name }) => name)).size).toBe(kinds.length);
  });

  it('suggests the nearest for a name that it has not', () => {
    for (const { name } of kinds) {
      expect(() => kindNamed(`${name}s`)).toThrow(
        expect.objectContaining({ code: 'bad-input', where: 'kind', remedy: `did you mean "${name}"?` }),
      );
    }
  });
});
