// What a trained network is used for: anomalies, new examples, cleaning, small files. The library does the work; what is here picks
// what is worth showing.
import {
  type Autoencoder,
  attribution,
  type Dataset,
  denoise,
  detectionThreshold,
  detector,
  type Model,
  openAutoencoder,
  sample,
  sliceDataset,
} from 'gargalo';
import { compress } from 'gargalo/codec';
import type { Runtime } from 'gargalo/graph';
import { fitMixture } from 'gargalo/latent';
import type { Job, Used } from './protocol.js';

/** Rows, drawn examples and cleaned examples that are shown. */
const [TOP, DRAWN, CLEANED] = [12, 30, 10];
/** Causes of an anomaly that are named. */
const CAUSES = 3;
/** Examples that are compressed: enough for a figure, few enough to wait for. */
const PACKED = 2000;

type Case = Extract<Used, { job: 'detect' }>['cases'][number];

async function findAnomalies(model: Autoencoder, training: Dataset, data: Dataset): Promise<Used> {
  const found = await detector(model, training);
  const { threshold, score, quantile } = detectionThreshold(found, data);
  let top: Case[] = [];
  const scores = new Float64Array(data.length);
  let anomalies = 0;
  for await (const block of found.detect(data)) {
    scores.set(block.scores, block.start);
    for (const [row, value] of block.scores.entries()) {
      const isAnomaly = block.anomalies[row] === 1;
      if (isAnomaly) anomalies++;
      if (top.length === TOP && value <= (top.at(-1)?.score ?? 0)) continue;
      const entry = { index: block.start + row, score: value, isAnomaly, causes: attribution(block, row, CAUSES) };
      top = [...top, entry].sort((a, b) => b.score - a.score).slice(0, TOP);
    }
  }
  const rows = await Promise.all(top.map(async ({ index }) => Float32Array.from(await data.block(index, index + 1))));
  const labels = top.map(({ index }) => data.labels?.values[index] ?? -1);
  const file = new TextEncoder().encode(
    ['row,score', ...Array.from(scores, (value, i) => `${i + 1},${value}`)].join('\n'),
  );
  return {
    job: 'detect',
    threshold,
    score,
    quantile,
    anomalies,
    examples: data.length,
    cases: top,
    rows,
    labels,
    file,
  };
}

async function draw(model: Autoencoder, data: Dataset, seed: number): Promise<Used> {
  const width = model.specification.code.width;
  let source: Autoencoder = model;
  try {
    const { values, prior } = await sample(source, { count: DRAWN, seed });
    return { job: 'sample', prior, values };
  } catch {
    // no prior was trained: a density is fitted to the codes of the data
    const { mixture } = await fitMixture(await model.encode(sliceDataset(data, 0, Math.min(data.length, 4000))), width);
    source = { ...model, mixture };
    const { values, prior } = await sample(source, { count: DRAWN, seed });
    return { job: 'sample', prior, values };
  }
}

async function clean(model: Autoencoder, data: Dataset): Promise<Used> {
  const some = sliceDataset(data, Math.max(0, data.length - CLEANED), data.length);
  const trainedOn = model.specification.corruption;
  const corruption = trainedOn.type === 'none' ? ({ type: 'masking', probability: 0.3 } as const) : trainedOn;
  const { values, corrupted } = await denoise(model, some, { corruption, seed: 1 });
  const original = Float32Array.from(await some.block(0, some.length));
  const { before = Number.NaN, after = Number.NaN } = corrupted ?? {};
  return { job: 'denoise', original, corrupted: corrupted?.values ?? original, cleaned: values, before, after };
}

async function pack(model: Autoencoder, data: Dataset): Promise<Used> {
  const some = sliceDataset(data, 0, Math.min(PACKED, data.length));
  const { file, bytesPerExample, bytesPerExampleWithDecoder, psnr, mse } = await compress(model, some);
  const element = data.type === 'uint8' ? 1 : 4;
  const raw = element * data.shape.reduce((product, side) => product * side, 1);
  return {
    job: 'compress',
    examples: some.length,
    raw,
    bytes: bytesPerExample,
    withDecoder: bytesPerExampleWithDecoder,
    mse,
    ...(psnr !== undefined && { psnr }),
    file,
  };
}

/**
 * @param training the examples that it was trained on
 * @param data all examples
 */
export async function use(job: Job, model: Model, opened: Runtime, training: Dataset, data: Dataset): Promise<Used> {
  const autoencoder = openAutoencoder(model, { opened });
  try {
    switch (job.name) {
      case 'detect':
        return await findAnomalies(autoencoder, training, data);
      case 'sample':
        return await draw(autoencoder, data, job.seed);
      case 'denoise':
        return await clean(autoencoder, data);
      case 'compress':
        return await pack(autoencoder, data);
    }
  } finally {
    await autoencoder.close();
  }
}
