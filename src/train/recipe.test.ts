import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spots, table } from '../../test/tiny.js';
import { kindNamed, kinds } from '../models/kinds/index.js';
import type { Option } from '../models/options.js';
import { fit } from './fit.js';
import { trainingOptions } from './options.js';
import { prepare } from './prepare.js';
import { type DataDescription, recipe } from './recipe.js';

const described = (change: Partial<DataDescription> = {}): DataDescription => ({
  shape: [10],
  scaling: { method: 'standard', offset: [0], scale: [1] },
  bounded: false,
  examples: 1000,
  ...change,
});
const basic = kindNamed('basic');

it('a training that sets nothing aside has all examples, and the last twentieth of them to test on', async () => {
  const data = table(100);
  const { train, test } = await prepare({ train: data }, { kind: 'basic', values: { validation: 0 } });
  expect(await train.block(0, 100)).toEqual(await data.block(0, 100));
  expect(test.length).toBe(5);
  expect(await test.block(0, 5)).toEqual(await data.block(95, 100));
});

describe('a recipe', () => {
  it('never changes what is given', () => {
    const given = fc.record(
      {
        epochs: fc.integer({ min: 1, max: 50 }),
        batch: fc.integer({ min: 1, max: 512 }),
        learningRate: fc.double({ min: 1e-5, max: 1, noNaN: true }),
        schedule: fc.constantFrom('constant', 'cosine'),
        encoder: fc.array(fc.integer({ min: 1, max: 64 }), { maxLength: 2 }),
        optimizer: fc.constantFrom('adam', 'adamw', 'sgd'),
        start: fc.constant('random'),
        code: fc.integer({ min: 1, max: 8 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(given, fc.integer({ min: 2, max: 100_000 }), (values, examples) => {
        const { values: chosen } = recipe(described({ examples }), basic, values);
        expect(Object.keys(chosen).filter((name) => name in values)).toEqual([]);
      }),
    );
  });

  it('gives every kind options that it takes', () => {
    for (const kind of kinds) {
      const isPicture = kind.options.body.default === 'convolutional';
      const isSeries = kind.options.body.default === 'recurrent';
      const data = described({
        ...(isPicture && { shape: [8, 8], bounded: true }),
        ...(isSeries && { shape: [16, 2], sequence: true }),
      });
      const { values, steps, seconds } = recipe(data, kind, {});
      const sockets = Object.entries(values).filter(([name]) => name in kind.options);
      expect(kind.specify(data, Object.fromEntries(sockets)).kind).toBe(kind.name);
      expect(Object.keys(values).every((name) => name in kind.options || name in trainingOptions)).toBe(true);
      expect(steps).toBeGreaterThan(0);
      expect(seconds).toBeGreaterThan(0);
    }
  });

  it('chooses nothing that is not said to be by the recipe', () => {
    for (const kind of kinds) {
      const options: Readonly<Record<string, Option>> = { ...kind.options, ...trainingOptions };
      const data = described({ shape: [16, 16], sequence: kind.options.body.default === 'recurrent', bounded: true });
      const names = Object.keys(recipe(data, kind, {}).values);
      expect(names.filter((name) => !options[name]!.byRecipe)).toEqual([]);
    }
  });

  it('counts steps, not epochs: few examples are passed more often', () => {
    const of = (examples: number) => recipe(described({ examples }), basic, {});
    for (const examples of [30, 100, 400]) expect(of(examples).steps).toBeGreaterThan(2000);
    expect(of(100).values.passes).toBeGreaterThan(of(2000).values.passes as number);
  });

  it('draws smaller networks with more weight decay from fewer examples', () => {
    const of = (examples: number) => recipe(described({ examples }), basic, {}).values;
    const units = (values: Readonly<Record<string, unknown>>) => (values.encoder as number[])[0]!;
    expect(units(of(100))).toBeLessThan(units(of(2000)));
    expect(of(100).weightDecay).toBeGreaterThan(of(2000).weightDecay as number);
  });

  it('takes overlapping windows for fewer examples, and gives them large layers: a pattern stands at every offset', () => {
    const of = (overlap: number) => recipe(described({ examples: 2000, overlap }), basic, {}).values;
    expect(of(255).weightDecay).toBeGreaterThan(of(63).weightDecay as number);
    expect(of(63).weightDecay).toBeGreaterThan(of(0).weightDecay as number);
    expect(of(63).encoder).toEqual([128, 128]);
  });

  it('starts at PCA where a linear path has a place, and nowhere else', () => {
    const start = (values: Readonly<Record<string, unknown>>, data = described()) =>
      recipe(data, kindNamed((values.kind as string) ?? 'basic'), values).values.start;
    expect(start({})).toBe('pca');
    expect(start({}, described({ shape: [8, 8], bounded: true }))).toBe('pca');
    for (const refusing of [{ encoder: [] }, { codeActivation: 'relu' }, { tied: true }, { kind: 'linear' }]) {
      expect(start(refusing)).toBeUndefined();
    }
    expect(start({ loss: 'bce' }, described({ bounded: true }))).toBeUndefined();
  });

  it('has an optimizer that takes the weight decay that is given', () => {
    const of = (given: Readonly<Record<string, unknown>>) => recipe(described(), basic, given).values;
    expect(of({})).toMatchObject({ optimizer: 'adamw' });
    expect(of({ start: 'random' })).toMatchObject({ optimizer: 'adam' });
    expect(of({ weightDecay: 0.5 })).toMatchObject({ optimizer: 'adamw' });
    expect(of({ weightDecay: 0 })).toMatchObject({ optimizer: 'adam' });
    for (const optimizer of ['adam', 'sgd']) expect(of({ optimizer }).weightDecay).toBeUndefined();
  });

  it('stops nobody who names the number of epochs', () => {
    expect(recipe(described(), basic, { epochs: 7 }).values.patience).toBeUndefined();
    expect(recipe(described(), basic, {}).values.patience).toBeGreaterThan(0);
  });
});

describe('a training by the recipe', () => {
  it('is never worse than its start, which is PCA, on the examples held out', async () => {
    for (const data of [table(60), spots(60)]) {
      const { autoencoder } = await fit(data, { code: 2, epochs: 3, learningRate: 1, validation: 0.2 });
      const { start, best, history } = autoencoder.training!;
      // A learning rate as large as that spoils it from the first epoch on: what is kept is the start.
      expect(history[0]!.testSquaredError).toBeGreaterThan(start!.testSquaredError);
      expect(best!.epoch).toBe(0);
      expect(best!.testLoss).toBe(start!.testLoss);
      await autoencoder.close();
    }
  });

  it('is resumed digit for digit', async () => {
    const options = { code: 2, epochs: 4, seed: 5 } as const;
    const straight = await fit(table(60), options);
    const stop = new AbortController();
    const half = await fit(table(60), {
      ...options,
      signal: stop.signal,
      onEvent: (event) => void (event.type === 'epoch' && event.record.epoch === 2 && stop.abort()),
    });
    const resumed = await fit(table(60), { resume: half.autoencoder });
    expect(resumed.autoencoder.training!.weights).toEqual(straight.autoencoder.training!.weights);
    expect(resumed.autoencoder.training!.best).toEqual(straight.autoencoder.training!.best);
    for (const { autoencoder } of [straight, half, resumed]) await autoencoder.close();
  });

  it('is resumed for more epochs with a word on the schedule, which is another one then', async () => {
    const half = await fit(table(60), { code: 2, epochs: 2, seed: 5 });
    const more = await fit(table(60), { resume: half.autoencoder, epochs: 3 });
    expect(more.warnings.join()).toMatch(
      /cosine of the learning rate was laid out over 2 epochs and goes on as one over 3/,
    );
    const same = await fit(table(60), { resume: half.autoencoder });
    expect(same.warnings.join()).not.toContain('laid out');
    for (const { autoencoder } of [half, more, same]) await autoencoder.close();
  });

  it('with none has the fixed defaults', async () => {
    const {
      options,
      specification,
      recipe: chosen,
    } = await prepare({ train: table(60) }, { kind: 'basic', values: { recipe: 'none' } });
    expect(options).toMatchObject({ epochs: 20, batch: 256, learningRate: 1e-3, schedule: 'constant', passes: 1 });
    expect(specification.body.encoder).toEqual([]);
    expect(chosen).toBeUndefined();
  });
});
