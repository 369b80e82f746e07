// The contract of a kind, over every line of the kinds' index.
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { applyScaling, fitScaling } from '../../src/data/scaling.js';
import { GRADIENT_TOLERANCE, gradientError } from '../../src/graph/finite-differences.oracle.js';
import * as op from '../../src/graph/ops/index.js';
import { openAutoencoder, parametersOf } from '../../src/models/autoencoder.js';
import type { InputDescription, Kind } from '../../src/models/kind.js';
import { kindNamed, kinds } from '../../src/models/kinds/index.js';
import { completeOptions, type Option } from '../../src/models/options.js';
import { inputSize, type Specification } from '../../src/models/specification.js';
import { activationNames } from '../../src/nn/activations.js';
import { lossNames } from '../../src/nn/losses.js';
import { type FitOptions, fit } from '../../src/train/fit.js';
import { loadModel, saveModel } from '../../src/train/model-file.js';
import { forwardCase, inFolder, randomWeights, spots, table } from '../tiny.js';

const images = spots(60);
const rows = table(60);

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

/** Settings that a kind is tried with where it has the options for them. */
const variants: readonly Readonly<Record<string, unknown>>[] = [
  {},
  ...activationNames.map((activation) => ({ activation })),
  ...activationNames.map((activation) => ({ activation, encoder: [4] })),
  ...lossNames.map((loss) => ({ loss, encoder: [5, 4], activation: 'sigmoid' })),
  ...lossNames.map((loss) => ({ loss, encoder: [5], decoder: [3, 4], activation: 'gelu' })),
  { encoder: [5], decoder: [], activation: 'tanh' },
  { tied: true },
  { tied: true, encoder: [5, 4], activation: 'tanh', codeActivation: 'softplus' },
  { codeActivation: 'sigmoid', encoder: [3] },
];

function variantsOf(kind: Kind): Readonly<Record<string, unknown>>[] {
  return variants.filter((variant) => Object.keys(variant).every((name) => name in kind.options));
}

async function described(dataset: Dataset, bounded: boolean): Promise<InputDescription> {
  return { shape: dataset.shape, scaling: await fitScaling(bounded ? 'min-max' : 'standard', dataset), bounded };
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

describe.each(kinds.map((kind) => [kind.name, kind] as const))('the kind %s', (name, kind) => {
  const fitted = (options: FitOptions): FitOptions => ({ kind: name, code: 2, batch: 16, seed: 5, ...options });

  it('is found by its name, and says what it is and where it comes from', () => {
    expect(kindNamed(name)).toBe(kind);
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(kind.summary).toMatch(/^\S.*\S$/);
    expect(kind.summary).not.toContain('\n');
    expect(kind.paper).toMatch(/(19|20)\d\d/);
  });

  it.each([
    ['images', imageLike],
    ['tables', tableLike],
    ['a single column', { ...tableLike, shape: [1], scaling: { method: 'none', offset: [0], scale: [1] } }],
  ] as const)('makes plain data of its default options, for %s', (_what, input) => {
    const made = kind.specify(input, completeOptions(kind.options, {}));
    expect(JSON.parse(JSON.stringify(made))).toEqual(made);
    expect(made.kind).toBe(name);
    expect(made.input).toEqual({ shape: input.shape, scaling: input.scaling });
    expect(made.code.width).toBeGreaterThan(0);
    // The same from nothing as from the defaults.
    expect(kind.specify(input, {})).toEqual(made);
    const parameters = parametersOf(made);
    expect(new Set(parameters.map((parameter) => parameter.name)).size).toBe(parameters.length);
    expect(inputSize(made)).toBe(input.shape.reduce((product, side) => product * side, 1));
  });

  it.each(
    variantsOf(kind).map((variant) => [JSON.stringify(variant), variant] as const),
  )('has, with %s, the gradients that differences give, for every parameter', async (_text, variant) => {
    for (const bounded of variant.loss === 'bce' ? [true] : [true, false]) {
      const input = await described(rows, bounded);
      const specification = kind.specify(input, { code: 2, ...variant });
      const scaled = applyScaling((await rows.block(0, 5)) as Float32Array, input.scaling);
      // Weights of about 1: with small ones the gradients of a deep network drown in the rounding of the differences.
      const weights = randomWeights(specification, 1, 1);
      const { pass, feeds, parameters } = forwardCase(specification, weights, scaled);
      const loss = Object.values(pass.terms).reduce((sum, term) => op.Add(sum, term));
      expect(parameters.size).toBe(parametersOf(specification).length);
      expect(gradientError(loss, feeds, [...parameters.values()]), `bounded: ${bounded}`).toBeLessThan(
        GRADIENT_TOLERANCE,
      );
    }
  });

  it.each([
    ['images', images],
    ['a table', rows],
  ] as const)('learns %s', async (_what, data) => {
    const { autoencoder, history, reason } = await fit(data, fitted({ epochs: 25, learningRate: 0.02 }));
    await autoencoder.close();
    expect(reason).toBe('completed');
    const [first, last] = [history[0]!, history.at(-1)!];
    expect(last.trainLoss).toBeLessThan(0.9 * first.trainLoss);
    expect(last.testLoss).toBeLessThan(0.95 * first.testLoss);
    expect(last.testSquaredError).toBeLessThan(first.testSquaredError);
  });

  it('comes to the same weights from the same seed, and to others from another', async () => {
    const weights = [];
    for (const seed of [1, 1, 2]) {
      const { autoencoder } = await fit(images, fitted({ epochs: 2, seed, validation: images }));
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
      const straight = await fit(rows, { ...options, epochs: 4 });
      const half = await fit(rows, { ...options, epochs: 2 });
      const path = `${folder}/model.onnx`;
      await saveModel(path, half.autoencoder);
      const loaded = await loadModel(path);

      const reopened = openAutoencoder(loaded);
      expect(await reopened.encode(rows)).toEqual(await half.autoencoder.encode(rows));
      expect(await reopened.reconstruct(rows)).toEqual(await half.autoencoder.reconstruct(rows));

      const resumed = await fit(rows, { kind: name, resume: loaded, epochs: 4 });
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
      expect(() => kind.specify(imageLike, values)).toThrow(expect.objectContaining(refusal));
      await expect(fit(rows, { kind: name, ...values })).rejects.toMatchObject(refusal);
    });

    it('an unknown option and an unknown choice, with the nearest that there is', async () => {
      const mistyped = { leaningRate: 1 };
      await expect(fit(rows, { kind: name, ...mistyped })).rejects.toMatchObject({
        where: 'option',
        remedy: 'did you mean "learningRate"?',
      });
      for (const [option, record] of Object.entries(kind.options)) {
        if (record.type !== 'choice') continue;
        for (const choice of record.choices) {
          const slip = `${choice}x`;
          await expect(fit(rows, { kind: name, [option]: slip })).rejects.toMatchObject({
            where: option,
            remedy: `did you mean "${choice}"?`,
          });
        }
      }
    });

    it.runIf('tied' in kind.options && 'decoder' in kind.options)('tied weights without a mirrored decoder', () => {
      const tied = { tied: true, encoder: [8, 4] };
      expect(() => kind.specify(imageLike, { ...tied, decoder: [8, 4] })).toThrow(
        expect.objectContaining({ code: 'bad-input', where: 'tied' }),
      );
      const mirrored: Specification = kind.specify(imageLike, { ...tied, decoder: [4, 8] });
      expect(parametersOf(mirrored)).toHaveLength(parametersOf(kind.specify(imageLike, tied)).length);
    });

    it.runIf('loss' in kind.options)('bce for values that are not within 0 … 1', async () => {
      expect(() => kind.specify(tableLike, { loss: 'bce' })).toThrow(
        expect.objectContaining({ code: 'bad-input', where: 'loss' }),
      );
      for (const scaling of ['none', 'standard'] as const) {
        await expect(fit(rows, { kind: name, loss: 'bce', scaling })).rejects.toMatchObject({
          code: 'bad-input',
          where: 'loss',
        });
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
