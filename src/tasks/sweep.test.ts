import { describe, expect, it } from 'vitest';
import { spots, table } from '../../test/tiny.js';
import type { Dataset } from '../data/dataset.js';
import { splitDataset } from '../data/split.js';
import { fitPca } from '../models/pca.js';
import type { TrainedModel } from '../train/events.js';
import { fit } from '../train/fit.js';
import { type CellOutcome, type SweepEvent, type SweepOptions, type SweepResult, sweep, sweepCells } from './sweep.js';

const settings = { recipe: 'none', epochs: 2, batch: 16, learningRate: 0.01, seed: 3 } as const;

async function run(data: Dataset, options: SweepOptions, look: (event: SweepEvent) => void = () => undefined) {
  const ended: CellOutcome[] = [];
  let result: SweepResult | undefined;
  for await (const event of sweep(data, options)) {
    look(event);
    if (event.type === 'cell-end') ended.push(event);
    if (event.type === 'end') result = event.result;
  }
  return { ended, result };
}

const codesOf = (cells: readonly CellOutcome[]) => cells.map(({ cell }) => cell.name);

describe('the cells of a sweep', () => {
  it('are every kind at every width and those beside, each once, by kind and width', () => {
    const more = [
      { kind: 'basic', code: 2 },
      { kind: 'sparse', code: 5 },
    ] as const;
    const cells = sweepCells({ code: [8, 2, 8], kind: ['linear', 'basic'], more });
    expect(cells.map(({ name }) => name)).toEqual(['linear-2', 'linear-8', 'basic-2', 'basic-8', 'sparse-5']);
  });

  it.each([
    [{ code: [] }, 'code: expected at least one width, got none'],
    [{ code: [2], kind: [] }, 'kind: expected at least one kind, got none'],
    [{ code: [0] }, 'code: expected whole numbers of at least 1, got 0'],
    [{ code: [2], kind: ['bsaic'] }, /kind: expected one of .*, got "bsaic" \(did you mean "basic"\?\)/],
  ])('of %j are refused', (options, message) => {
    expect(() => sweepCells(options as SweepOptions)).toThrow(message);
  });
});

describe('a sweep', () => {
  it('gives each cell the model that training it alone gives, and PCA its error at every width', async () => {
    const data = spots(90);
    const { ended, result } = await run(data, { ...settings, code: [1, 3], kind: ['basic', 'denoising'], jobs: 2 });
    expect(codesOf(ended).sort()).toEqual(['basic-1', 'basic-3', 'denoising-1', 'denoising-3']);
    expect(codesOf(result!.cells)).toEqual(['basic-1', 'basic-3', 'denoising-1', 'denoising-3']);
    for (const { cell, model, figures, status, trained } of result!.cells) {
      const alone = await fit(data, { ...settings, kind: cell.kind, code: cell.code, threads: 1 });
      expect(model!.weights).toEqual(alone.autoencoder.weights);
      expect(figures!.testSquaredError).toBe(alone.history.at(-1)!.testSquaredError);
      expect({ status, trained }).toEqual({ status: 'finished', trained: true });
      await alone.autoencoder.close();
    }
    const { pcaErrors, train } = result!;
    const pca = await fitPca(train, { width: 1, scaling: { method: 'bytes', offset: [0], scale: [1 / 255] } });
    expect(pcaErrors.errors.map(({ width }) => width)).toEqual([1, 3]);
    expect(result!.pca.components.subarray(0, 16)).toEqual(pca.components);
    // without a corruption the reconstruction's bce is the loss itself
    const basic = result!.cells[1]!.figures!;
    expect(basic.testBce).toBeCloseTo(basic.testLoss, 5);
    expect(basic.contrast).toBeGreaterThan(0);
    expect(basic.contrast).toBeLessThan(1);
  });

  it('goes on with cells from before, and does not train again what is done', async () => {
    const data = table(80);
    const options = { ...settings, code: [1, 2], jobs: 1 };
    const whole = (await run(data, options)).result!;
    const half = await fit(data, { ...settings, epochs: 1, code: 2, threads: 1 });
    await half.autoencoder.close();
    const state = half.autoencoder.training!;
    const interrupted = { ...half.autoencoder, training: { ...state, options: { ...state.options, epochs: 2 } } };
    const before: Record<string, TrainedModel> = { 'basic-1': whole.cells[0]!.model!, 'basic-2': interrupted };
    const epochs: string[] = [];
    const { result } = await run(
      data,
      { ...options, code: [1, 2, 4], earlier: async ({ name }) => before[name] },
      (event) => {
        if (event.type !== 'cell-progress' || event.event.type !== 'epoch') return;
        epochs.push(`${event.cell.name} ${event.event.record.epoch}`);
      },
    );
    expect(epochs).toEqual(['basic-4 1', 'basic-4 2', 'basic-2 2']);
    expect(result!.cells.map(({ trained }) => trained)).toEqual([false, true, true]);
    expect(result!.cells[0]!.figures).toEqual(whole.cells[0]!.figures);
    expect(result!.cells[1]!.model!.weights).toEqual(whole.cells[1]!.model!.weights);
    await expect(run(table(80, 6, 2), { ...options, earlier: async ({ name }) => before[name] })).rejects.toThrow(
      /basic-\d: expected a model of the same data/,
    );
  });

  it('tells a cell that diverges as failed, and ends the others', async () => {
    const data = table(80);
    const half = await fit(data, { ...settings, epochs: 1, code: 2, threads: 1 });
    await half.autoencoder.close();
    const state = half.autoencoder.training!;
    const weights = new Map([...state.weights].map(([name, values]) => [name, values.map(() => Number.NaN)]));
    const broken = { ...half.autoencoder, weights, training: { ...state, weights } };
    const { result } = await run(data, {
      ...settings,
      code: [1, 2, 3],
      jobs: 2,
      earlier: async ({ code }) => (code === 2 ? broken : undefined),
    });
    const [first, failed, last] = result!.cells;
    expect([first, failed, last].map((cell) => cell?.status)).toEqual(['finished', 'failed', 'finished']);
    expect(failed?.problem).toMatchObject({ code: 'diverged', where: 'epoch 2, step 1' });
    expect(failed?.figures).toBeUndefined();
    expect(result!.findings[0]?.points.map(({ code }) => code)).toEqual([1, 3]);
  });

  it('stops on request: what runs stops, nothing else is started, and no end is told', async () => {
    const abort = new AbortController();
    const { ended, result } = await run(
      table(200),
      { ...settings, epochs: 100_000, code: [1, 2, 3], jobs: 2, signal: abort.signal },
      (event) => {
        if (event.type === 'cell-progress' && event.event.type === 'epoch') abort.abort();
      },
    );
    expect(ended.map(({ status }) => status)).toEqual(['stopped', 'stopped']);
    expect(result).toBeUndefined();
  });

  it('refuses options that do not fit before it trains anything', async () => {
    const started: string[] = [];
    const look = ({ type }: SweepEvent) => void started.push(type);
    const odd = { ...settings, code: [4, 6], kind: ['vector-quantized'] as const, vectors: 4 };
    await expect(run(table(60), odd, look)).rejects.toThrow(/vectors: expected a number that divides/);
    await expect(run(table(60), { ...settings, code: [1], jobs: 0 }, look)).rejects.toThrow(/jobs: expected/);
    expect(started).toEqual([]);
  });

  it('tests on the examples that it is given', async () => {
    const { train, validation } = await splitDataset(table(80), 0.5, 1);
    const { result } = await run(train, { ...settings, code: [1], validation });
    expect([result!.train.length, result!.test.length]).toEqual([40, 40]);
  });
});
