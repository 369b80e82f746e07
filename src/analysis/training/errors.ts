import { type Pause, pauses } from '../../core/work.js';
import type { Dataset } from '../../data/dataset.js';
import { lookOf } from '../../data/look.js';
import { applyScaling } from '../../data/scaling.js';
import type { Autoencoder } from '../../models/autoencoder.js';
import { type Pca, throughPca } from '../../models/pca.js';
import { inputSize } from '../../models/specification.js';
import { crossEntropy, isUnit } from '../latent/fidelity.js';
import { squaredRowDistances } from '../statistics/rows.js';
import { sumByValue, type ValueErrors } from './value-errors.js';

const MAP_POINTS = 5000;
const THUMBNAILS = 2000;
/** Codes kept for the map hold at most so many values, however wide they are. */
const MAP_VALUES = 4_000_000;
/** Mean errors of network and PCA over the test data, and each example's. */
export interface TestErrors {
  readonly network: Float64Array;
  readonly pca: Float64Array;
  /** Per value; null where the data leave 0 … 1. */
  readonly networkBce: number | null;
  readonly pcaBce: number | null;
  readonly bceFloor: number | null;
  readonly perValue: ValueErrors;
  /** [n, code width] of the first test examples. */
  readonly codes: Float32Array;
  /** [n, size], 0 … 255, of the first test examples; empty where they are no pictures. */
  readonly thumbnails: Uint8Array;
}

/** Products at a stretch: some milliseconds. */
const STRETCH = 1e7;

/** What PCA makes of examples, some at a stretch. */
async function throughPcaSlowly(pca: Pca, x: Float32Array, width: number, pause: Pause): Promise<Float32Array> {
  const size = pca.mean.length;
  const step = size * Math.max(1, Math.floor(STRETCH / (2 * size * width)));
  const out = new Float32Array(x.length);
  for (let at = 0; at < x.length; at += step) {
    out.set(throughPca(pca, x.subarray(at, at + step), width), at);
    await pause();
  }
  return out;
}

/** Measures network and PCA in one pass over the test data, block by block. */
export async function testErrors(autoencoder: Autoencoder, test: Dataset, pca: Pca): Promise<TestErrors> {
  const { specification } = autoencoder;
  const { width } = specification.code;
  const { scaling } = specification.input;
  const size = inputSize(specification);
  const network = new Float64Array(test.length);
  const linear = new Float64Array(test.length);
  const points = Math.min(test.length, MAP_POINTS, Math.max(100, Math.floor(MAP_VALUES / width)));
  const codes = new Float32Array(points * width);
  const { shape, sequence } = specification.input;
  const pictured = lookOf(shape, sequence).kind === 'picture';
  const thumbnails = new Uint8ClampedArray(pictured ? Math.min(points, THUMBNAILS) * size : 0);
  const sums = sumByValue(pca.mean);
  const pause = pauses(undefined, test.name);
  let bounded = true;
  let floor = 0;
  let networkBce = 0;
  let pcaBce = 0;
  for await (const { start, end, code, reconstruction } of autoencoder.blocks(test)) {
    const x = applyScaling(await test.block(start, end), scaling);
    const rebuilt = applyScaling(reconstruction, scaling, reconstruction);
    network.set(squaredRowDistances(x, rebuilt, size), start);
    const output = await throughPcaSlowly(pca, x, width, pause);
    linear.set(squaredRowDistances(x, output, size), start);
    sums.add({ input: x, network: rebuilt, pca: output });
    bounded &&= isUnit(x);
    if (bounded) {
      floor += crossEntropy(x, x, 0);
      networkBce += crossEntropy(x, rebuilt);
      pcaBce += crossEntropy(x, output);
    }
    if (start < points) codes.set(code.subarray(0, (points - start) * width), start * width);
    for (let i = start * size; i < Math.min(end * size, thumbnails.length); i++) {
      thumbnails[i] = (x[i - start * size] ?? Number.NaN) * 255;
    }
  }
  const perValue = (sum: number): number | null => (bounded ? sum / (test.length * size) : null);
  return {
    network,
    pca: linear,
    networkBce: perValue(networkBce),
    pcaBce: perValue(pcaBce),
    bceFloor: perValue(floor),
    perValue: sums.means(),
    codes,
    thumbnails: new Uint8Array(thumbnails.buffer),
  };
}
