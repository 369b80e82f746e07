import { afterAll, describe, expect, it } from 'vitest';
import { inFolder, randomWeights, specification, table } from '../../../test/tiny.js';
import { createRandom } from '../../core/random.js';
import { arrayDataset, type Dataset } from '../../data/dataset.js';
import { sliceDataset } from '../../data/slice.js';
import { windowsOf } from '../../data/windows.js';
import { type Autoencoder, openAutoencoder } from '../../models/autoencoder.js';
import { thresholdOf } from '../../models/calibration.js';
import type { Specification } from '../../models/specification.js';
import { loadModel, saveModel } from '../../train/model-file.js';
import { attribution, valueNamesOf } from './attribution.js';
import { calibrate } from './calibrate.js';
import { type DetectedBlock, type DetectOptions, detect, detectionThreshold } from './detect.js';
import { openTally } from './tally.js';

const opened: Autoencoder[] = [];
afterAll(async () => {
  for (const autoencoder of opened) await autoencoder.close();
});

/** A network of that specification with random weights, calibrated on data. */
async function calibrated(made: Specification, data: Dataset): Promise<Autoencoder> {
  const plain = openAutoencoder({ specification: made, weights: randomWeights(made) });
  const autoencoder = { ...plain, calibration: await calibrate(plain, data) };
  opened.push(autoencoder);
  return autoencoder;
}

async function all(autoencoder: Autoencoder, data: Dataset, options?: DetectOptions): Promise<DetectedBlock[]> {
  const blocks: DetectedBlock[] = [];
  for await (const block of detect(autoencoder, data, options)) blocks.push(block);
  return blocks;
}
const scoresOf = (blocks: readonly DetectedBlock[]) => blocks.flatMap(({ scores }) => [...scores]);

/** A wave with a second one, a row for each time step. */
function wave(length: number): Dataset {
  const random = createRandom(1, 'wave');
  const values = Float32Array.from({ length: 2 * length }, (_, i) => Math.sin(i / 3) + 0.1 * random.normal());
  return arrayDataset(values, {
    name: 'wave',
    shape: [2],
    columns: ['a', 'b'],
    times: { column: 'time', unit: 'number', values: Float64Array.from({ length }, (_, i) => 10 * i) },
  });
}
const windowed = specification({
  input: { shape: [4, 2], sequence: true, scaling: { method: 'none', offset: [0], scale: [2] } },
});

/** The same series with times that go back before row 20 and again before row 23. */
const brokenWave = (length: number): Dataset => {
  const series = wave(length);
  const values = Float64Array.from({ length }, (_, i) => 10 * (i - (i >= 20 ? 9 : 0) - (i >= 23 ? 9 : 0)));
  return { ...series, times: { ...series.times!, values } };
};

describe.each(['error', 'mahalanobis'] as const)('the score "%s"', (score) => {
  it('is the sum of what the values add to it, none of it negative, and is above the threshold where the verdict says so', async () => {
    const data = table(200);
    const autoencoder = await calibrated(specification(), data);
    const { threshold } = detectionThreshold(autoencoder, data, { score, quantile: 0.9 });
    const blocks = await all(autoencoder, data, { score, quantile: 0.9 });
    for (const { start, end, scores, contributions, anomalies } of blocks) {
      for (let i = 0; i < end - start; i++) {
        const own = contributions.subarray(i * 6, (i + 1) * 6);
        expect(own.reduce((sum, value) => sum + value, 0)).toBeCloseTo(scores[i]!, 9);
        expect(Math.min(...own)).toBeGreaterThanOrEqual(0);
        expect(anomalies[i]).toBe(scores[i]! > threshold ? 1 : 0);
      }
    }
    const above = blocks.reduce((sum, { anomalies }) => sum + anomalies.reduce((a, b) => a + b, 0), 0);
    expect(above).toBe(20); // a tenth of the data that it was calibrated on, no two alike
  });

  it('gives the same verdicts from a saved model', async () => {
    const data = table(100);
    const autoencoder = await calibrated(specification(), data);
    await inFolder(async (folder) => {
      const path = `${folder}/model.onnx`;
      await saveModel(path, autoencoder);
      const loaded = openAutoencoder(await loadModel(path));
      opened.push(loaded);
      expect(loaded.calibration).toEqual(autoencoder.calibration);
      expect(await all(loaded, data, { score })).toEqual(await all(autoencoder, data, { score }));
    });
  });

  it.each([1, 3, 4])('of rows is the mean score of the windows that hold them, windows %i apart', async (stride) => {
    const series = wave(50);
    const autoencoder = await calibrated(windowed, series);
    const blocks = await all(autoencoder, series, { score, stride });
    expect(scoresOf(blocks)).toHaveLength(50);
    expect(blocks.flatMap(({ times }) => [...times!])).toEqual(Array.from({ length: 50 }, (_, i) => 10 * i));
    const observed = blocks.flatMap((block) => [...block.observed]);
    expect(observed).toEqual([...(await series.block(0, 50))]);
    for (const { scores, contributions } of blocks) {
      for (const [i, found] of scores.entries()) {
        const own = contributions.subarray(2 * i, 2 * i + 2);
        expect(Math.min(...own)).toBeGreaterThanOrEqual(0);
        expect(own[0]! + own[1]!).toBeCloseTo(found, 9);
      }
    }
    // by hand, from the scores of whole windows
    const windows = windowsOf(series, { window: 4 });
    const [sums, counts] = [new Float64Array(50), new Float64Array(50)];
    for (const { start, scores } of await all(autoencoder, windows, { score })) {
      for (const [i, own] of scores.entries()) {
        const n = start + i;
        if (n % stride !== 0 && n !== 46) continue; // the last window ends with the series
        for (let t = 0; t < 4; t++) {
          sums[n + t]! += own;
          counts[n + t]!++;
        }
      }
    }
    for (const [row, found] of scoresOf(blocks).entries()) expect(found).toBeCloseTo(sums[row]! / counts[row]!, 9);
  });
});

describe('rows of a series', () => {
  it('are scored by their own errors where the model is of before, as it was calibrated', async () => {
    const series = wave(50);
    const autoencoder = await calibrated(windowed, series);
    const { rowsBy: _, codes: _codes, patterns: _patterns, rowScores, ...rest } = autoencoder.calibration!;
    const { pattern: _pattern, bounded: _bounded, ...ofRows } = rowScores!;
    const before = { ...rest, rowScores: ofRows };
    const blocks = await all(autoencoder, series, { calibration: before });
    const [sums, counts] = [new Float64Array(50), new Float64Array(50)];
    for (const { start, end, contributions } of await all(autoencoder, windowsOf(series, { window: 4 }), {
      score: 'error',
    })) {
      for (let n = start; n < end; n++) {
        for (let t = 0; t < 4; t++) {
          const at = ((n - start) * 4 + t) * 2;
          sums[n + t]! += 4 * (contributions[at]! + contributions[at + 1]!);
          counts[n + t]!++;
        }
      }
    }
    for (const [row, found] of scoresOf(blocks).entries()) expect(found).toBeCloseTo(sums[row]! / counts[row]!, 9);
  });

  it('have the scores of each piece alone where the clock goes back, and none in a piece shorter than a window, which moves no threshold', async () => {
    const series = brokenWave(50);
    const autoencoder = await calibrated(windowed, series);
    const found = scoresOf(await all(autoencoder, series));
    expect(found).toHaveLength(50);
    const alone = async (from: number, to: number) => scoresOf(await all(autoencoder, sliceDataset(series, from, to)));
    for (const [from, to] of [
      [0, 20],
      [23, 50],
    ] as const) {
      for (const [i, score] of (await alone(from, to)).entries()) expect(found[from + i]).toBeCloseTo(score, 9);
    }
    expect(found.slice(20, 23)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    const verdicts = (await all(autoencoder, series, { threshold: 0 })).flatMap(({ anomalies }) => [...anomalies]);
    expect(verdicts.flatMap((verdict, row) => (verdict === 0 ? [row] : []))).toEqual([20, 21, 22]);
    expect(autoencoder.calibration).toMatchObject({ examples: 47, of: 50, windows: 17 + 24 });
    expect(Math.max(...autoencoder.calibration!.rowScores!.pattern!.quantiles)).toBeCloseTo(
      Math.max(...found.filter((score) => !Number.isNaN(score))),
      9,
    );
    const tally = openTally();
    for (const block of await all(autoencoder, series)) tally.add(block);
    expect(tally.unscored()).toBe(3);
  });

  it('are compared with a threshold that is known', async () => {
    const series = wave(50);
    const autoencoder = await calibrated(windowed, series);
    const { threshold } = detectionThreshold(autoencoder, series, { robust: true });
    const count = async (options: DetectOptions) =>
      (await all(autoencoder, series, options)).reduce(
        (sum, { anomalies }) => sum + anomalies.filter(Boolean).length,
        0,
      );
    const line = detectionThreshold(autoencoder, series, { threshold });
    expect(line.threshold).toBe(threshold);
    expect(line.quantile).toBeCloseTo(1 - (await count({ threshold })) / 50, 1);
    expect(await count({ threshold: Number.POSITIVE_INFINITY }).catch(String)).toMatch(/expected a finite score/);
    expect(() => detectionThreshold(autoencoder, series, { threshold, quantile: 0.9 })).toThrow(
      /leave one of them out/,
    );
    const { among } = detectionThreshold(autoencoder, windowsOf(series, { window: 4 }));
    expect([line.among, among]).toEqual([50, 47]);
  });

  it('have a score that a code which follows what is unusual does not lower', async () => {
    // a network that copies its input: whatever comes is rebuilt
    const identity = specification(
      {
        input: { shape: [2, 1], sequence: true, scaling: { method: 'none', offset: [0], scale: [1] } },
        code: { type: 'plain', width: 2, activation: 'identity' },
        output: 'identity',
        loss: 'mse',
      },
      { encoder: [], activation: 'identity' },
    );
    const weights = new Map(
      [...randomWeights(identity)].map(([name, values]) => [
        name,
        values.map((_, i) => (values.length === 4 && (i === 0 || i === 3) ? 1 : 0)),
      ]),
    );
    const values = Float32Array.from({ length: 300 }, (_, i) => Math.sin(i / 3));
    const quiet = arrayDataset(values, { name: 'quiet', shape: [1] });
    const loud = arrayDataset(
      values.map((value, i) => (i === 150 ? 9 : value)),
      { name: 'loud', shape: [1] },
    );
    const plain = openAutoencoder({ specification: identity, weights });
    const autoencoder = { ...plain, calibration: await calibrate(plain, quiet) };
    opened.push(autoencoder);
    expect(Math.max(...scoresOf(await all(autoencoder, loud, { score: 'error' })))).toBeLessThan(1e-9);
    const found = scoresOf(await all(autoencoder, loud, { score: 'bounded' }));
    expect(found.indexOf(Math.max(...found))).toBe(150);
  });
});

describe('calibration', () => {
  it('on overlapping windows is that on their series', async () => {
    const series = wave(60);
    const one = await calibrated(windowed, series);
    const other = await calibrated(windowed, windowsOf(series, { window: 4, stride: 2 }));
    expect(other.calibration).toEqual(one.calibration);
    expect(one.calibration!.rowScores).toBeDefined();
  });

  it('lies among the scores of examples held out, where there are some; how errors go together stays that of the training data', async () => {
    const [data, aside] = [table(200), sliceDataset(table(300), 200, 300, 'aside')];
    const plain = openAutoencoder({ specification: specification(), weights: randomWeights(specification()) });
    opened.push(plain);
    const own = await calibrate(plain, data);
    const calibration = await calibrate(plain, data, { heldOut: aside });
    expect(calibration).toMatchObject({ examples: 200, heldOut: { data: 'aside', examples: 100 } });
    expect(calibration.whitening).toEqual(own.whitening);
    for (const score of ['error', 'mahalanobis'] as const) {
      const [sorted] = [scoresOf(await all({ ...plain, calibration }, aside, { score })).sort((a, b) => a - b)];
      expect(detectionThreshold({ ...plain, calibration }, aside, { score, quantile: 0.9 }).threshold).toBe(sorted[89]);
    }
  });

  it('of a sample is near that of everything', async () => {
    const data = table(4000);
    const whole = await calibrated(specification(), data);
    const autoencoder = openAutoencoder(whole);
    opened.push(autoencoder);
    const sampled = await calibrate(autoencoder, data, { limit: 1000 });
    expect(sampled).toMatchObject({ examples: 1000, of: 4000 });
    const ratio = thresholdOf(sampled.scores.error!, 0.5) / thresholdOf(whole.calibration!.scores.error!, 0.5);
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
  });

  it('is asked for where a model has none', async () => {
    const made = specification();
    const autoencoder = openAutoencoder({ specification: made, weights: randomWeights(made) });
    opened.push(autoencoder);
    await expect(all(autoencoder, table(9))).rejects.toThrow(/^calibration: .*`calibrate`/);
  });

  it('of windows alone has no threshold for rows', async () => {
    const series = wave(40);
    const autoencoder = await calibrated(windowed, windowsOf(series, { window: 4, stride: 4 }));
    await expect(all(autoencoder, series)).rejects.toThrow(/`per: "window"`/);
  });
});

it.each([
  [{ quantile: 0 }, /^quantile/],
  [{ quantile: 0.9, contamination: 0.1 }, /^contamination: .* got both/],
  [{ contamination: 1 }, /^contamination/],
  [{ stride: 5 }, /^stride/],
])('refuses %o', async (options, problem) => {
  const series = wave(40);
  await expect(all(await calibrated(windowed, series), series, options)).rejects.toThrow(problem);
});

it('a contamination of a tenth is a quantile of nine tenths', async () => {
  const data = table(100);
  const autoencoder = await calibrated(specification(), data);
  expect(detectionThreshold(autoencoder, data, { contamination: 0.1 })).toEqual(
    detectionThreshold(autoencoder, data, { quantile: 0.9 }),
  );
});

describe('an attribution', () => {
  it('names the values with the largest parts first, with what was expected of them', () => {
    const block = {
      scores: Float64Array.of(1, 10),
      contributions: Float64Array.of(1, 0, 0, 0, 2, 5, 0, 3),
      observed: Float32Array.of(0, 0, 0, 0, 1, 2, 3, 4),
      expected: Float32Array.of(0, 0, 0, 0, 5, 6, 7, 8),
    };
    expect(attribution(block, 1)).toEqual([
      { value: 1, share: 0.5, observed: 2, expected: 6 },
      { value: 3, share: 0.3, observed: 4, expected: 8 },
      { value: 0, share: 0.2, observed: 1, expected: 5 },
    ]);
    expect(attribution(block, 1, 9)).toHaveLength(4);
  });

  it('has names for the values of windows', () => {
    expect(valueNamesOf(4, ['a', 'b'])).toEqual(['a 1', 'b 1', 'a 2', 'b 2']);
    expect(valueNamesOf(2, ['a', 'b'])).toEqual(['a', 'b']);
    expect(valueNamesOf(2)).toEqual(['1', '2']);
  });
});

it('is stopped by a signal', async () => {
  const data = sliceDataset(table(50), 0, 40);
  const autoencoder = await calibrated(specification(), data);
  await expect(all(autoencoder, data, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
});
