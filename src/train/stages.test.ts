// Training in several stages: layer by layer, then as a whole.
import { describe, expect, it } from 'vitest';
import { effort, isLong, someOf } from '../../test/effort.js';
import { spots, table } from '../../test/tiny.js';
import { largestDifference } from '../../test/training-case.js';
import type { TrainingState } from './events.js';
import { type FitOptions, type FitResult, fit, modelOf } from './fit.js';
import { decodeModelFile, encodeModelFile } from './model-format.js';

const data = spots(50);
const [layers, perLayer, whole] = [2, 2, 2];

function layered(pretraining: 'rbm' | 'autoencoder', change: FitOptions = {}): FitOptions {
  return {
    ...{
      recipe: 'none',
      kind: 'deep',
      encoder: [5],
      code: 2,
      activation: 'sigmoid',
      pretraining,
      pretrainingEpochs: perLayer,
    },
    ...{ epochs: whole, batch: 16, seed: 3, learningRate: 0.01, pretrainingRate: 0.05, ...change },
  };
}

/** Trains, and keeps the state at the end of every epoch. */
async function trained(options: FitOptions): Promise<FitResult & { readonly states: TrainingState[] }> {
  const states: TrainingState[] = [];
  const result = await fit(data, {
    ...options,
    onEvent: async (event) => {
      if (event.type === 'epoch') states.push(await event.snapshot());
    },
  });
  await result.autoencoder.close();
  return { ...result, states };
}

/** All that must be the same. */
function digits({ autoencoder: { weights, training } }: FitResult): unknown {
  const { history, ...state } = training!;
  return {
    weights,
    state,
    records: history.map(({ examplesPerSecond: _speed, seconds: _seconds, ...record }) => record),
  };
}

const methods = [
  ['rbm', {}],
  ['autoencoder', {}],
  ['autoencoder', { corruption: 'masking', tied: true, best: true }],
  ['rbm', { optimizer: 'sgd', gibbsSteps: 2, patience: 5, schedule: 'cosine' }],
] as const satisfies readonly (readonly ['rbm' | 'autoencoder', FitOptions])[];

// Those with most to remember; the long variant has the plain ones too.
describe.each(
  someOf(methods, ([, change]) => Object.keys(change).length > 0),
)('layers trained first (%s, %j)', (method, change) => {
  it('go on digit for digit from the end of any epoch, within a stage and at the border of two, through a file', async () => {
    const straight = await trained(layered(method, change));
    const { specification } = straight.autoencoder;
    expect(straight.states.length).toBe(layers * perLayer + whole);
    // within a layer, at the border of two, at that of the whole, within the whole
    for (const state of straight.states.slice(0, -1).filter(({ epoch }) => isLong || epoch !== 3)) {
      const file = encodeModelFile(modelOf(specification, state));
      const resume = decodeModelFile(file, `epoch ${state.epoch}`);
      const resumed = await fit(data, { kind: 'deep', resume });
      await resumed.autoencoder.close();
      expect(digits(resumed), `from epoch ${state.epoch}`).toEqual(digits(straight));
    }
  });

  it('go on digit for digit after they were cancelled in the midst of an epoch', async () => {
    const straight = await trained(layered(method, change));
    // in the first layer, in the second, in the whole
    for (const at of effort([3, 6], [1, 3, 6])) {
      const stop = new AbortController();
      const cancelled = await fit(data, {
        ...layered(method, change),
        signal: stop.signal,
        onEvent: (event) => {
          if (event.type === 'progress' && event.epoch === at) stop.abort();
        },
      });
      await cancelled.autoencoder.close();
      expect(cancelled.reason).toBe('cancelled');
      const resume = decodeModelFile(encodeModelFile(cancelled.autoencoder), 'cancelled');
      const resumed = await fit(data, { kind: 'deep', resume });
      await resumed.autoencoder.close();
      expect(digits(resumed), `cancelled in epoch ${at}`).toEqual(digits(straight));
    }
  });
});

describe('a stage', () => {
  it('changes its own layer and its counterpart, and nothing else', async () => {
    const { states } = await trained(layered('autoencoder'));
    const moved = (from: number, to: number): string[] =>
      [...states[to]!.weights]
        .filter(([name, values]) => largestDifference(values, states[from]!.weights.get(name)!) > 0)
        .map(([name]) => name.split('/').slice(0, 2).join('/'));
    for (const [first, pair] of [
      [0, ['decoder/output', 'encoder/0']],
      [2, ['decoder/0', 'encoder/code']],
    ] as const) {
      expect([...new Set(moved(first, first + 1))].sort()).toEqual(pair);
    }
    expect(new Set(moved(4, 5)).size).toBe(4);
  });

  it('is named in the records of its epochs, which are counted over all of them', async () => {
    const { history } = await trained(layered('rbm'));
    expect(history.map(({ epoch, stage }) => [epoch, stage])).toEqual([
      [1, 'layer 1 of 2'],
      [2, 'layer 1 of 2'],
      [3, 'layer 2 of 2'],
      [4, 'layer 2 of 2'],
      [5, undefined],
      [6, undefined],
    ]);
    for (const { learningRate, stage } of history) expect(learningRate).toBe(stage ? 0.05 : 0.01);
  });

  it('lowers the error of what it rebuilds', async () => {
    for (const method of ['rbm', 'autoencoder'] as const) {
      const { history } = await trained(layered(method, { pretrainingEpochs: 15, epochs: 1, batch: 8 }));
      for (const layer of [1, 2]) {
        const own = history.filter(({ stage }) => stage === `layer ${layer} of 2`);
        expect(own.length).toBe(15);
        expect(own.at(-1)!.testSquaredError, `${method}, layer ${layer}`).toBeLessThan(own[0]!.testSquaredError);
      }
    }
  });

  it('of a Boltzmann machine leaves the whole to start as its own mirror', async () => {
    const { autoencoder } = await trained(layered('rbm', { optimizer: 'sgd', learningRate: 1e-12 }));
    const at = (name: string): Float32Array => autoencoder.weights.get(`${name}/weight`)!;
    const [forth, back] = [at('encoder/0'), at('decoder/output')];
    const turned = Float32Array.from(forth, (_, i) => forth[(i % 16) * 5 + Math.floor(i / 16)]!);
    expect(largestDifference(back, turned)).toBeLessThan(1e-6);
  });

  it('looks for the best weights only where the whole is trained', async () => {
    const { history, autoencoder } = await trained(layered('rbm', { best: true, learningRate: 1e-3 }));
    const best = autoencoder.training!.best!;
    const own = history.filter(({ stage }) => stage === undefined);
    expect(best.testLoss).toBe(Math.min(...own.map(({ testLoss }) => testLoss)));
    expect(best.epoch).toBeGreaterThan(layers * perLayer);
  });

  it('trains a table with linear visible units too', async () => {
    const result = await fit(table(60), {
      ...layered('rbm', { pretrainingRate: 1e-3, pretrainingEpochs: 10 }),
      validation: table(20, 6, 1),
    });
    await result.autoencoder.close();
    const own = result.history.filter(({ stage }) => stage === 'layer 1 of 2');
    expect(own.at(-1)!.testSquaredError).toBeLessThan(own[0]!.testSquaredError);
  });
});
