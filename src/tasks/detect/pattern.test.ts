import { afterAll, describe, expect, it } from 'vitest';
import { inFolder, randomWeights, specification } from '../../../test/tiny.js';
import { createRandom } from '../../core/random.js';
import { arrayDataset, type Dataset } from '../../data/dataset.js';
import { windowsOf } from '../../data/windows.js';
import { type Autoencoder, openAutoencoder } from '../../models/autoencoder.js';
import { checkCalibration } from '../../models/calibration-check.js';
import { fit } from '../../train/fit.js';
import { loadModel, saveModel } from '../../train/model-file.js';
import { calibrate } from './calibrate.js';
import { type DetectedBlock, type DetectOptions, detect, detectionThreshold } from './detect.js';
import { rocAuc } from './evaluation.js';

const opened: Autoencoder[] = [];
afterAll(async () => {
  for (const autoencoder of opened) await autoencoder.close();
});

async function all(autoencoder: Autoencoder, data: Dataset, options?: DetectOptions): Promise<DetectedBlock[]> {
  const blocks: DetectedBlock[] = [];
  for await (const block of detect(autoencoder, data, options)) blocks.push(block);
  return blocks;
}
const scoresOf = (blocks: readonly DetectedBlock[]) => blocks.flatMap(({ scores }) => [...scores]);

const DAY = 24;
const noise = createRandom(1, 'days');
const plain = Float32Array.from({ length: 40 * DAY }, (_, i) => {
  const hour = i % DAY;
  return 10 + 3 * Math.sin((2 * Math.PI * hour) / DAY) + (hour > 8 && hour < 18 ? 2 : 0) + 0.2 * noise.normal();
});

/** Quiet days with something in them; a row for each hour, with a time or without. */
function days(change: (value: number, row: number) => number = (value) => value, timed = true): Dataset {
  return arrayDataset(plain.map(change), {
    name: 'days',
    shape: [1],
    ...(timed && {
      times: { column: 'time', unit: 'number', values: Float64Array.from(plain, (_, i) => 3600 * i) },
    }),
  });
}

const windowed = specification(
  { input: { shape: [DAY, 1], sequence: true, scaling: { method: 'none', offset: [10], scale: [0.4] } } },
  { encoder: [] },
);

/** A network with random weights, calibrated on a series. */
async function calibrated(series: Dataset, made = windowed): Promise<Autoencoder> {
  const bare = openAutoencoder({ specification: made, weights: randomWeights(made, 1, 0.2) });
  const autoencoder = { ...bare, calibration: await calibrate(bare, series) };
  opened.push(autoencoder);
  return autoencoder;
}

describe('the pattern score', () => {
  it('is the default of rows of a series, and is not there for windows', async () => {
    const series = days();
    const autoencoder = await calibrated(series);
    expect(detectionThreshold(autoencoder, series).score).toBe('pattern');
    const windows = windowsOf(series, { window: DAY });
    expect(detectionThreshold(autoencoder, windows).score).toBe('bounded');
    await expect(all(autoencoder, windows, { score: 'pattern' })).rejects.toThrow(/^score: .* no rows of a series/);
    const without = { ...autoencoder, calibration: await calibrate(autoencoder, series, { references: false }) };
    expect(detectionThreshold(without, series).score).toBe('bounded');
    await expect(all(without, series, { score: 'pattern' })).rejects.toThrow(/^score: .* keeps windows/);
  });

  it('of training rows is what the model was calibrated with, whichever way it knows them', async () => {
    const sorted = async (series: Dataset, options?: DetectOptions) => {
      const autoencoder = await calibrated(series);
      const found = scoresOf(await all(autoencoder, series, options)).sort((a, b) => a - b);
      const { threshold } = detectionThreshold(autoencoder, series, { quantile: 0.9 });
      return { nearby: found[Math.ceil(0.9 * found.length) - 1]!, threshold };
    };
    const timed = await sorted(days());
    expect(timed.nearby).toBeCloseTo(timed.threshold, 5);
    const told = await sorted(days(undefined, false), { robust: true });
    expect(told.nearby).toBeCloseTo(told.threshold, 5);
    // rows without times that nobody says are the training rows have themselves for neighbours
    const untold = await sorted(days(undefined, false));
    expect(untold.nearby).toBeLessThan(untold.threshold);
  });

  it('is the sum of what the columns add to it, and is put down to the column that changed', async () => {
    const random = createRandom(2, 'two');
    const values = Float32Array.from({ length: 1200 }, (_, i) => {
      const odd = i % 2 === 1 && i > 800 && i < 816 ? 4 : 0;
      return Math.sin((2 * Math.PI * Math.floor(i / 2)) / 12 + (i % 2)) + odd + 0.05 * random.normal();
    });
    const series = arrayDataset(values, { name: 'two', shape: [2] });
    const made = specification(
      { input: { shape: [12, 2], sequence: true, scaling: { method: 'none', offset: [0], scale: [1] } } },
      { encoder: [] },
    );
    const found = await all(await calibrated(series, made), series, { robust: true });
    const scores = scoresOf(found);
    for (const { start, scores: own, contributions } of found) {
      for (const [i, score] of own.entries()) {
        const [a, b] = [contributions[2 * i]!, contributions[2 * i + 1]!];
        expect(a + b).toBeCloseTo(score, 9);
        expect(Math.min(a, b)).toBeGreaterThanOrEqual(0);
        if (start + i > 401 && start + i < 406) expect(b).toBeGreaterThan(a);
      }
    }
    const best = scores.indexOf(Math.max(...scores));
    expect(Math.abs(best - 404)).toBeLessThan(12);
  });

  it('is the same from a saved model, and is refused where what the file holds for it is damaged', async () => {
    const series = days();
    const autoencoder = await calibrated(series);
    await inFolder(async (folder) => {
      const path = `${folder}/model.onnx`;
      await saveModel(path, autoencoder);
      const loaded = openAutoencoder(await loadModel(path));
      opened.push(loaded);
      expect(await all(loaded, series)).toEqual(await all(autoencoder, series));
    });
    const { calibration } = autoencoder;
    const { patterns } = calibration!;
    expect(() => checkCalibration(calibration!, DAY)).not.toThrow();
    const { patterns: _, ...without } = calibration!;
    for (const change of [
      { count: patterns!.count - 1 },
      { windows: patterns!.windows.slice(4) },
      { spans: [1] },
      { steps: { floor: [0], median: [0] } },
      { parts: { ...patterns!.parts, distance: { ...patterns!.parts.distance, excess: 0 } } },
    ]) {
      const damaged = { ...calibration!, patterns: { ...patterns!, ...change } };
      expect(() => checkCalibration(damaged, DAY)).toThrow(/^calibration\S*: expected/);
    }
    expect(() => checkCalibration(without, DAY)).toThrow(/^calibration\S*: expected/);
  });

  it('is a number for a series that never moves, and higher where it moves after all', async () => {
    const still = days(() => 3);
    const autoencoder = await calibrated(still);
    const scores = scoresOf(await all(autoencoder, still));
    expect(scores.every(Number.isFinite)).toBe(true);
    const moved = scoresOf(
      await all(
        autoencoder,
        days((_, i) => (i === 500 ? 9 : 3)),
      ),
    );
    expect(moved[500]!).toBeGreaterThan(Math.max(...scores));
  });

  it('is not kept where no two windows share nothing', async () => {
    const short = arrayDataset(plain.slice(0, 30), { name: 'short', shape: [1] });
    const autoencoder = await calibrated(short);
    expect(autoencoder.calibration!.patterns).toBeUndefined();
    expect(detectionThreshold(autoencoder, short).score).toBe('bounded');
  });
});

describe('among quiet days that were trained on with it', () => {
  const [from, to] = [500, 512];
  const within = (row: number) => row >= from && row < to;
  it.each<[string, (value: number, row: number) => number, number, number]>([
    ['a level that jumps', (value, row) => (within(row) ? value + 5 : value), 2, 0.95],
    ['a flat stretch', (value, row) => (row >= from && row < from + DAY ? 10 : value), 2, 0.95],
    ['a day that is missing', (value, row) => (row >= from && row < from + DAY ? 7 : value), 2, 0.95],
    ['a spike', (value, row) => (row === from ? value + 12 : value), 2, 0.95],
    ['a drift', (value, row) => (row >= 800 ? value + (row - 800) / 12 : value), 2, 0.95],
  ])('finds %s', async (what, change, _days, least) => {
    const series = days(change);
    const windows = windowsOf(series, { window: 3 * DAY });
    const { autoencoder } = await fit(windows, {
      ...{ kind: 'linear', code: 8, trim: 0.1, epochs: 3, learningRate: 2e-3, validation: 0.05, threads: 1 },
    });
    opened.push(autoencoder);
    const calibration = await calibrate(autoencoder, windows);
    const scores = scoresOf(await all(autoencoder, series, { calibration }));
    // rows that share a window with what happened have a part in it: whether they count is left open
    const odd = Uint8Array.from(scores, (_score, row) => {
      if (what === 'a drift') return row >= 860 ? 1 : 0;
      const end = what === 'a spike' ? from + 1 : what.startsWith('a level') ? to : from + DAY;
      return row >= from && row < end ? 1 : 0;
    });
    expect(rocAuc(Float64Array.from(scores), odd).area).toBeGreaterThan(least);
  });
});
