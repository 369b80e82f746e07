// The contract of a kind, over every line of the kinds' index.
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/data/dataset.js';
import { applyScaling, fitScaling } from '../../src/data/scaling.js';
import { GRADIENT_TOLERANCE, gradientError } from '../../src/graph/finite-differences.oracle.js';
import * as op from '../../src/graph/ops/index.js';
import { inferenceGraph, inferenceParametersOf, openAutoencoder, parametersOf } from '../../src/models/autoencoder.js';
import type { InputDescription, SocketValues } from '../../src/models/kind.js';
import { kindNamed, kinds } from '../../src/models/kinds/index.js';
import type { Option } from '../../src/models/options.js';
import { inputSize } from '../../src/models/specification.js';
import { encodeGraph } from '../../src/onnx/encode.js';
import type { TrainingEvent } from '../../src/train/events.js';
import { type FitOptions, fit } from '../../src/train/fit.js';
import { loadModel, saveModel } from '../../src/train/model-file.js';
import { effort, someOf } from '../effort.js';
import { forwardCase, inFolder, randomWeights, waves } from '../tiny.js';
import { forms, trials } from './kind-trials.js';

async function described(dataset: Dataset, bounded: boolean): Promise<InputDescription> {
  const { shape, sequence, table } = dataset;
  const scaling = await fitScaling(bounded ? 'min-max' : 'standard', dataset);
  return { shape, ...(sequence && { sequence }), ...(table && { table }), scaling, bounded };
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
  // The differences take two passes for each value of a parameter, each as long as a window is.
  const few = form === 'windows' ? waves(60, 3) : data;
  const fitted = (options: FitOptions): FitOptions => ({
    kind: name,
    recipe: 'none',
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
    const given = Object.entries(kind.defaults) as [keyof SocketValues, unknown][];
    expect(kind.specify(input, Object.fromEntries(given))).toEqual(made);
    const parameters = parametersOf(made);
    expect(new Set(parameters.map((parameter) => parameter.name)).size).toBe(parameters.length);
    expect(inputSize(made)).toBe(input.shape.reduce((product, side) => product * side, 1));
    // What people get of a model needs nothing that only training has.
    for (const { name } of inferenceParametersOf(made)) expect(name).toMatch(/^(encoder|embedding|decoder|codebook)\//);
  });

  it.each(
    variants.map((variant, i) => [JSON.stringify(variant), variant, i] as const),
  )('has, with %s, the gradients that differences give, for every parameter', async (_text, variant, i) => {
    // the quick tests take data that are bounded and data that are not by turns
    const both = effort([i % 2 === 0], [true, false]);
    for (const bounded of variant.loss === 'bce' ? [true] : both) {
      const input = await described(few, bounded);
      const specification = kind.specify(input, { code: 2, ...variant });
      const scaled = applyScaling(await few.block(0, 5), input.scaling);
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

  it.each(
    variants.map((variant) => [JSON.stringify(variant), variant] as const),
  )('can be cut at its code: what comes after it takes nothing else of the input (%s)', async (_, variant) => {
    const specification = kind.specify(await described(data, true), { code: 2, ...variant });
    const { graph } = encodeGraph(inferenceGraph({ specification, weights: randomWeights(specification) }));
    const makers = new Map(graph.node.flatMap((node) => node.output.map((output) => [output, node] as const)));
    const seen = new Set<string>();
    const follow = (value: string): void => {
      if (seen.has(value)) return;
      seen.add(value);
      if (value !== 'code') for (const other of makers.get(value)?.input ?? []) follow(other);
    };
    follow('reconstruction');
    expect(seen).toContain('code');
    expect(seen).not.toContain('input');
  });

  it.each(own)('learns %s', async (one) => {
    const { autoencoder, history, reason } = await fit(
      forms[one].data,
      fitted({ epochs: effort(15, 25), learningRate: 0.02 }),
    );
    await autoencoder.close();
    expect(reason).toBe('completed');
    const [first, last] = [history[0]!, history.at(-1)!];
    expect(last.terms.reconstruction!.train).toBeLessThan(0.9 * first.terms.reconstruction!.train);
    expect(last.terms.reconstruction!.test).toBeLessThan(0.95 * first.terms.reconstruction!.test);
    expect(last.testSquaredError).toBeLessThan(first.testSquaredError);
  });

  // What an optimizer keeps is saved in the same way for every kind.
  it.each(
    someOf(['adam', 'sgd'] as const, (optimizer) => optimizer === 'adam' || name === 'basic'),
  )('comes to other weights from another seed, to the same from the same one; saved and loaded computes the same digits, and goes on as if it had never stopped (%s)', (optimizer) =>
    inFolder(async (folder) => {
      const digits = ({ autoencoder: { weights, training } }: Awaited<ReturnType<typeof fit>>): unknown => {
        const { history, ...state } = training!;
        const records = history.map(({ examplesPerSecond: _speed, seconds: _seconds, ...record }) => record);
        return { weights, state, records };
      };
      const options = fitted({ optimizer, best: true });
      const straight = await fit(data, { ...options, epochs: 4 });
      const half = await fit(data, { ...options, epochs: 2 });
      const other = await fit(data, { ...options, epochs: 2, seed: 6 });
      for (const [parameter, values] of other.autoencoder.weights) {
        expect(values, parameter).not.toEqual(half.autoencoder.weights.get(parameter));
      }
      const path = `${folder}/model.onnx`;
      await saveModel(path, half.autoencoder);
      const loaded = await loadModel(path);

      const reopened = openAutoencoder(loaded);
      expect(await reopened.encode(data)).toEqual(await half.autoencoder.encode(data));
      expect(await reopened.reconstruct(data)).toEqual(await half.autoencoder.reconstruct(data));

      const resumed = await fit(data, { kind: name, resume: loaded, epochs: 4 });
      expect(digits(resumed)).toEqual(digits(straight));
      expect(resumed.autoencoder.specification).toEqual(straight.autoencoder.specification);
      for (const autoencoder of [straight, half, other, resumed]
        .map(({ autoencoder }) => autoencoder)
        .concat(reopened)) {
        await autoencoder.close();
      }
    }));

  it('is trained by the recipe, saved, loaded, and goes on after an interruption as if it had never stopped', () =>
    inFolder(async (folder) => {
      const options = { kind: name, code: 2, ...small, epochs: 2, seed: 5 };
      const straight = await fit(data, options);
      const stop = new AbortController();
      const onEvent = (event: TrainingEvent): void => void (event.type === 'epoch' && stop.abort());
      const half = await fit(data, { ...options, signal: stop.signal, onEvent });
      expect(half.reason).toBe('cancelled');
      await saveModel(`${folder}/model.onnx`, half.autoencoder);
      const resumed = await fit(data, { kind: name, resume: await loadModel(`${folder}/model.onnx`) });
      expect(resumed.autoencoder.weights).toEqual(straight.autoencoder.weights);
      const { start, best } = straight.autoencoder.training!;
      expect(start !== undefined).toBe(straight.autoencoder.specification.linearPath === true);
      if (start) expect(best!.testLoss).toBeLessThanOrEqual(start.testLoss);
      for (const { autoencoder } of [straight, half, resumed]) await autoencoder.close();
    }));

  describe('refuses', () => {
    it.each(
      Object.entries(kind.options).flatMap(([option, record]) =>
        unfitting(record).map((value) => [option, value] as const),
      ),
    )('%s = %j, naming it', async (option, value) => {
      const refusal = { code: 'bad-input', where: option, message: expect.stringContaining('expected') };
      const values = { [option]: value } as SocketValues;
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
