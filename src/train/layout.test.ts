import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { effort } from '../../test/effort.js';
import { float64, randomWeights, specification, table } from '../../test/tiny.js';
import { largestDifference } from '../../test/training-case.js';
import { createRandom, permutation } from '../core/random.js';
import { evaluate } from '../graph/evaluate.js';
import type { Tensor } from '../graph/tensor.js';
import { parametersOf } from '../models/autoencoder.js';
import { type Stage, stagesOf } from '../models/objective.js';
import { completeOptions } from '../models/options.js';
import { zeros } from '../nn/initializers.js';
import type { ParameterDefinition } from '../nn/scope.js';
import { createRuntime } from '../runtime/node.js';
import type { Runtime } from '../runtime/runtime.js';
import { openFeed } from './feed.js';
import { type LayoutOptions, planLayout } from './layout.js';
import { optimizerOf, trainingOptions } from './options.js';
import { openSession } from './session.js';

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

const parameterSets = fc
  .array(
    fc.record({
      shape: fc.oneof(
        fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 1 }),
        fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 2, maxLength: 2 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 3, maxLength: 3 }),
      ),
      decays: fc.boolean(),
      trained: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((parameters): ParameterDefinition[] =>
    parameters.map((parameter, i) => ({ ...parameter, name: `layer/${i}`, initializer: zeros })),
  );
const thresholds = fc.record({ small: fc.constantFrom(0, 1, 10, 100, 4096) });

/** Values that are all different. */
function numbered(definitions: readonly ParameterDefinition[]): Map<string, Float32Array> {
  let next = 1;
  return new Map(
    definitions.map(({ name, shape }) => [name, Float32Array.from({ length: sizeOf(shape) }, () => next++)]),
  );
}

describe('the layout of parameters', () => {
  it('loses and mixes nothing: unpacking is packing undone', () => {
    fc.assert(
      fc.property(parameterSets, thresholds, (definitions, options) => {
        const layout = planLayout(definitions, options);
        const values = numbered(definitions);
        const packed = layout.pack(values);
        expect([...layout.unpack(packed)]).toEqual([...values]);
        // Nothing twice and nothing between: the slots hold the same numbers, in another order.
        const held = [...packed.values()].flatMap((slot) => [...slot]).sort((a, b) => a - b);
        expect(held).toEqual([...values.values()].flatMap((value) => [...value]));
      }),
      { numRuns: effort(150, 1500) },
    );
  });

  it('makes of its slots tensors that are the parameters', () => {
    fc.assert(
      fc.property(parameterSets, thresholds, (definitions, options) => {
        const layout = planLayout(definitions, options);
        const values = numbered(definitions);
        const packed = layout.pack(values);
        const feeds = new Map(
          [...layout.slots, ...layout.kept].map(({ variable, name, shape }): [Tensor, ReturnType<typeof float64>] => {
            expect(packed.get(name)!.length, name).toBe(sizeOf(shape));
            return [variable, float64(shape, packed.get(name)!)];
          }),
        );
        for (const { name, shape } of definitions) {
          const parameter = layout.parameters.get(name)!;
          expect(parameter.shape).toEqual(shape);
          expect([...evaluate([parameter], feeds)[0]!.data]).toEqual([...values.get(name)!]);
        }
      }),
      { numRuns: effort(60, 600) },
    );
  });

  it('keeps what is not trained apart from what is, and takes out of some slots what lies in them', () => {
    fc.assert(
      fc.property(parameterSets, thresholds, (definitions, options) => {
        const { slots, kept, pack, unpack } = planLayout(definitions, options);
        const [trained, others] = [true, false].map((side) => definitions.filter(({ trained }) => trained === side));
        expect(kept.map(({ name, shape }) => ({ name, shape }))).toEqual(
          others!.map(({ name, shape }) => ({ name, shape })),
        );
        const values = numbered(definitions);
        const packed = pack(values);
        for (const [part, held] of [
          [slots, trained!],
          [kept, others!],
        ] as const) {
          const some = new Map(part.map(({ name }) => [name, packed.get(name)!]));
          expect([...unpack(some)]).toEqual(held.map(({ name }) => [name, values.get(name)]));
        }
      }),
      { numRuns: effort(60, 600) },
    );
  });

  it('never puts what decays and what does not into one slot', () => {
    fc.assert(
      fc.property(parameterSets, thresholds, (definitions, options) => {
        const layout = planLayout(definitions, options);
        const packed = layout.pack(
          new Map(
            definitions.map(({ name, shape, decays }) => [name, new Float32Array(sizeOf(shape)).fill(decays ? 1 : 2)]),
          ),
        );
        for (const { name, decays } of layout.slots) {
          expect(packed.get(name)!.every((value) => value === (decays ? 1 : 2))).toBe(true);
        }
        expect(new Set(layout.slots.map(({ name }) => name)).size).toBe(layout.slots.length);
      }),
      { numRuns: effort(100, 1000) },
    );
  });
});

describe('training', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await createRuntime();
  });
  afterAll(() => runtime?.close());

  const layouts: LayoutOptions[] = [{}, { small: 0 }, { small: 50 }];

  it.each([{ tied: false }, { tied: true }])('comes to the same with any layout (tied: $tied)', async ({ tied }) => {
    const model = specification(
      {
        input: { shape: [40], scaling: { method: 'none', offset: [0], scale: [0.1] } },
        code: { type: 'plain', width: 20, activation: 'identity' },
      },
      { encoder: [33], tied },
    );
    const data = table(64, 40);
    const options = completeOptions(trainingOptions, { optimizer: 'adamw', weightDecay: 0.1, clipNorm: 1 });
    const results = [];
    const [stage] = stagesOf(model, { epochs: 1, learningRate: 0.003 }) as [Stage];
    for (const layout of layouts) {
      const weights = randomWeights(model);
      const session = await openSession(runtime, {
        specification: model,
        stage,
        definitions: parametersOf(model),
        options,
        train: data,
        test: data,
        feeds: { train: openFeed(runtime, data), test: openFeed(runtime, data) },
        weights,
        layout,
      });
      const rows = permutation(64, createRandom(1, 'rows'));
      const optimizer = optimizerOf(options);
      const numbers = Array.from({ length: 4 }, (_, i) => optimizer.numbers(i + 1, 0.003));
      let losses: Float32Array | undefined;
      const position = { epoch: 1, step: 0, stepsPerEpoch: 4, epochsDone: 0 };
      for await (const block of session.feed.inOrder()) {
        ({ loss: losses } = await session.run(block, rows, 16, numbers, position));
      }
      const trained = await session.weights(session.state);
      const kept = await session.optimizerState(session.state);
      const moved = [...trained].map(([name, values]) => largestDifference(values, weights.get(name)!));
      expect(Math.min(...moved)).toBeGreaterThan(1e-3);
      results.push({ losses: losses!, trained, kept, test: (await session.evaluate())!.loss });
    }
    const [first, ...others] = results;
    for (const { losses, trained, kept, test } of others) {
      expect(largestDifference(losses, first!.losses)).toBeLessThan(1e-5 * first!.losses[0]!);
      expect(Math.abs(test - first!.test)).toBeLessThan(1e-5 * first!.test);
      expect([...trained.keys()]).toEqual([...first!.trained.keys()]);
      for (const [name, values] of trained) {
        expect(largestDifference(values, first!.trained.get(name)!), name).toBeLessThan(1e-4);
      }
      for (const [name, values] of kept) {
        const expected = first!.kept.get(name)!;
        const size = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
        expect(largestDifference(values, expected), name).toBeLessThan(1e-4 * size);
      }
    }
  });
});
