import { afterAll, describe, expect, it } from 'vitest';
import { inFolder, randomWeights, specification, table } from '../../../test/tiny.js';
import { createRandom } from '../../core/random.js';
import { arrayDataset, type Dataset } from '../../data/dataset.js';
import { sliceDataset } from '../../data/slice.js';
import { type Autoencoder, openAutoencoder } from '../../models/autoencoder.js';
import { checkCalibration } from '../../models/calibration-check.js';
import type { Specification } from '../../models/specification.js';
import { loadModel, saveModel } from '../../train/model-file.js';
import { type CalibrateOptions, calibrate } from './calibrate.js';
import { type DetectedBlock, type DetectOptions, detect, detectionThreshold } from './detect.js';
import { rocAuc } from './evaluation.js';
import { errorsAfterPasses } from './passes.js';
import { openReferences } from './references.js';
import { scaledBy } from './scoring.js';
import { surprise } from './surprise.js';

const opened: Autoencoder[] = [];
afterAll(async () => {
  for (const autoencoder of opened) await autoencoder.close();
});

const scaling = { method: 'none', offset: [10], scale: [0.5] } as const;
const corruption = { type: 'gaussian', deviation: 2, clipped: false, span: 20 } as const;
const detecting = (size = 6): Specification => specification({ corruption, input: { shape: [size], scaling } });

/** A network with random weights, calibrated on data. */
async function calibrated(made: Specification, data: Dataset, options?: CalibrateOptions): Promise<Autoencoder> {
  const plain = openAutoencoder({ specification: made, weights: randomWeights(made) });
  const autoencoder = { ...plain, calibration: await calibrate(plain, data, options) };
  opened.push(autoencoder);
  return autoencoder;
}

async function all(autoencoder: Autoencoder, data: Dataset, options?: DetectOptions): Promise<DetectedBlock[]> {
  const blocks: DetectedBlock[] = [];
  for await (const block of detect(autoencoder, data, options)) blocks.push(block);
  return blocks;
}
const scoresOf = (blocks: readonly DetectedBlock[]) => blocks.flatMap(({ scores }) => [...scores]);

const rowsOf = (rows: readonly (readonly number[])[], name = 'rows') =>
  arrayDataset(Float32Array.from(rows.flat()), { name, shape: [rows[0]!.length] });

describe('the combined score', () => {
  it('is the default of tables for models that learned from noise of many sizes, and of no others unless asked for', async () => {
    const data = table(100);
    const ours = await calibrated(detecting(), data);
    expect(detectionThreshold(ours, data).score).toBe('combined');
    expect(detectionThreshold(await calibrated(specification(), data), data).score).toBe('error');
    const asked = await calibrated(specification(), data, { references: true });
    expect(detectionThreshold(asked, data).score).toBe('combined');
    const without = await calibrated(detecting(), data, { references: false });
    expect(detectionThreshold(without, data).score).toBe('error');
    await expect(all(without, data, { score: 'combined' })).rejects.toThrow(/^score: .*`score: "error"`/);
  });

  it('is kept for no pictures and no windows of a series', async () => {
    const picture = specification({ corruption, input: { shape: [2, 3], scaling } });
    const data = arrayDataset(new Float32Array(60).map(Math.sin), { name: 'pictures', shape: [2, 3] });
    expect((await calibrated(picture, data)).calibration?.references).toBeUndefined();
    const windows = specification({ corruption, input: { shape: [3, 2], sequence: true, scaling } });
    const series = arrayDataset(new Float32Array(60).map(Math.sin), { name: 'series', shape: [2] });
    const ofSeries = await calibrated(windows, series);
    expect(ofSeries.calibration?.references).toBeUndefined();
    expect(detectionThreshold(ofSeries, series).score).not.toBe('combined');
    await expect(all(ofSeries, series, { score: 'combined' })).rejects.toThrow(/^score: .* rows of a series/);
  });

  it('is the sum of what the columns add to it, none of it negative', async () => {
    const autoencoder = await calibrated(detecting(), table(200));
    for (const { scores, contributions } of await all(autoencoder, table(50, 6, 2))) {
      for (const [i, score] of scores.entries()) {
        const own = contributions.subarray(i * 6, (i + 1) * 6);
        expect(own.reduce((sum, value) => sum + value, 0)).toBeCloseTo(score, 9);
        expect(Math.min(...own)).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it('has its threshold among rows held out, as their scores say', async () => {
    const [data, aside] = [table(200), sliceDataset(table(300), 200, 300, 'aside')];
    const autoencoder = await calibrated(detecting(), data, { heldOut: aside });
    const sorted = scoresOf(await all(autoencoder, aside)).sort((a, b) => a - b);
    expect(detectionThreshold(autoencoder, aside, { quantile: 0.9 }).threshold).toBeCloseTo(sorted[89]!, 9);
  });

  it('without rows held out has it among training rows that are each compared with the others', async () => {
    const autoencoder = await calibrated(detecting(), table(400));
    const { threshold } = detectionThreshold(autoencoder, table(1), { quantile: 0.9 });
    const others = sliceDataset(table(1400), 400, 1400, 'others');
    const above = scoresOf(await all(autoencoder, others)).filter((score) => score > threshold).length / 1000;
    expect(above).toBeGreaterThan(0.05);
    expect(above).toBeLessThan(0.2);
  });

  it('names the column that was changed, where one was', async () => {
    const autoencoder = await calibrated(detecting(), table(300));
    const rows = table(20, 6, 1);
    const values = Float32Array.from(await rows.block(0, 20));
    for (let n = 0; n < 20; n++) values[n * 6 + (n % 6)] = 60;
    const changed = arrayDataset(values, { name: 'changed', shape: [6] });
    const [block] = await all(autoencoder, changed);
    for (let n = 0; n < 20; n++) {
      const own = [...block!.contributions.subarray(n * 6, (n + 1) * 6)];
      expect(own.indexOf(Math.max(...own))).toBe(n % 6);
    }
  });

  it('is never lower for a value beyond all that were seen than for the one that was there', async () => {
    const data = table(300);
    const autoencoder = await calibrated(detecting(), data);
    const usual = scoresOf(await all(autoencoder, sliceDataset(data, 0, 60)));
    for (const far of [-1e30, -1000, 1000, 1e6, 3e38]) {
      const values = Float32Array.from(await data.block(0, 60));
      for (let n = 0; n < 60; n++) values[n * 6 + (n % 6)] = far;
      const scores = scoresOf(await all(autoencoder, arrayDataset(values, { name: 'far', shape: [6] })));
      for (const [n, score] of scores.entries()) {
        expect(Number.isNaN(score)).toBe(false);
        expect(score).toBeGreaterThan(usual[n]!);
      }
    }
  });

  it('is higher for a value that a constant column never had', async () => {
    const random = createRandom(1, 'constant');
    const rows = Array.from({ length: 100 }, () => [random.normal(), random.normal(), 3]);
    const autoencoder = await calibrated(detecting(3), rowsOf(rows));
    const [usual, odd] = scoresOf(
      await all(
        autoencoder,
        rowsOf([
          [0, 0, 3],
          [0, 0, 30],
        ]),
      ),
    );
    expect(odd!).toBeGreaterThan(usual!);
  });

  it('finds what lies apart from a dense place, though others lie as far from each other', async () => {
    const random = createRandom(1, 'density');
    const dense = () => [0.01 * random.normal(), 0.01 * random.normal()];
    const sparse = () => [10 + random.normal(), 10 + random.normal()];
    const rows = Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? dense() : sparse()));
    const autoencoder = await calibrated(detecting(2), rowsOf(rows));
    const apart = Array.from({ length: 40 }, (_, i) => [0.15 * Math.cos(i), 0.15 * Math.sin(i)]);
    const others = Array.from({ length: 40 }, sparse);
    const truth = Uint8Array.from({ length: 80 }, (_, i) => (i < 40 ? 1 : 0));
    const blocks = await all(autoencoder, rowsOf([...apart, ...others]));
    expect(rocAuc(Float64Array.from(scoresOf(blocks)), truth).area).toBeGreaterThan(0.75);
  });

  it('is there for two rows, and for rows that are all the same', async () => {
    for (const rows of [
      [
        [0, 1],
        [1, 0],
      ],
      Array.from({ length: 20 }, () => [1, 2]),
    ]) {
      const autoencoder = await calibrated(detecting(2), rowsOf(rows));
      const [same, other] = scoresOf(await all(autoencoder, rowsOf([rows[0]!, [50, 50]])));
      expect(Number.isFinite(same!)).toBe(true);
      expect(other!).toBeGreaterThan(same!);
    }
  });

  it('keeps a bounded number of rows, and is the same from a saved model', async () => {
    const data = table(1500, 300);
    const autoencoder = await calibrated(detecting(300), data);
    const { references } = autoencoder.calibration!;
    expect(references!.count * 300).toBeLessThanOrEqual(2 ** 18);
    await inFolder(async (folder) => {
      const path = `${folder}/model.onnx`;
      await saveModel(path, autoencoder);
      const loaded = openAutoencoder(await loadModel(path));
      opened.push(loaded);
      const tested = sliceDataset(data, 0, 20);
      expect(await all(loaded, tested)).toEqual(await all(autoencoder, tested));
    });
  });

  it('is refused where what a file holds for it is damaged', async () => {
    const { calibration } = await calibrated(detecting(), table(30));
    const { references } = calibration!;
    expect(() => checkCalibration(calibration!, 6)).not.toThrow();
    const { references: _, ...without } = calibration!;
    const error = { ...references!.parts.error, excess: 0 };
    const { marginal: _marginal, ...three } = references!.parts;
    for (const damaged of [
      without,
      { ...calibration!, references: { ...references!, count: 29 } },
      { ...calibration!, references: { ...references!, rows: references!.rows.slice(4) } },
      { ...calibration!, references: { ...references!, spacings: '!' } },
      { ...calibration!, references: { ...references!, parts: { ...references!.parts, error } } },
      { ...calibration!, references: { ...references!, parts: three } },
      { ...calibration!, references: { ...references!, weights: { ...references!.weights!, error: -1 } } },
      { ...calibration!, references: { ...references!, passes: 0 } },
    ]) {
      expect(() => checkCalibration(damaged, 6)).toThrow(/^calibration\S*: expected/);
    }
  });

  it('is the sum of three surprises after one pass in models of before', async () => {
    const data = table(100);
    const { calibration, ...autoencoder } = await calibrated(detecting(), data);
    const { weights: _weights, passes: _passes, parts, ...kept } = calibration!.references!;
    const { marginal: _marginal, ...three } = parts;
    const before = { ...calibration!, references: { ...kept, parts: three } };
    expect(() => checkCalibration(before, 6)).not.toThrow();
    const { count, rows, spacings } = kept;
    const search = await openReferences({ count, rows, spacings }, 6);
    const values = Float32Array.from(await data.block(0, 10));
    const { found } = await search.compare(scaledBy(autoencoder.specification)(values));
    await search.close();
    const rebuilt = await autoencoder.reconstruct(values);
    const errors = await errorsAfterPasses(autoencoder, values, rebuilt, 1);
    const scores = scoresOf(await all(autoencoder, sliceDataset(data, 0, 10), { calibration: before }));
    for (const [n, score] of scores.entries()) {
      const surprises = [
        surprise(three.error, errors[n]!),
        surprise(three.distance, found.distance[n]!),
        surprise(three.relative, found.relative[n]!),
      ];
      expect(score).toBeCloseTo(surprises[0]! + surprises[1]! + surprises[2]!, 9);
    }
  });

  it('weighs its parts by how well they tell rows whose values do not go together', async () => {
    const random = createRandom(1, 'weights');
    const together = Array.from({ length: 300 }, () => {
      const one = random.normal();
      return [one, one + 0.05 * random.normal()];
    });
    const { weights } = (await calibrated(detecting(2), rowsOf(together))).calibration!.references!;
    expect(weights!.error + weights!.distance + weights!.relative + weights!.marginal).toBeCloseTo(1, 6);
    expect(weights!.distance).toBeGreaterThan(2 * weights!.marginal);
    const single = await calibrated(detecting(1), rowsOf(together.map(([one]) => [one!])));
    expect(Object.values(single.calibration!.references!.weights!)).toEqual([0.25, 0.25, 0.25, 0.25]);
  });
});
