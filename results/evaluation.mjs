// Figures on test data that several rows need.
import { createRandom, exampleSizeOf, fitPca, openAutoencoder, projectPca, reconstructPca } from './library.mjs';

/** Kept from 0 and 1, where the logarithm is infinite; as Keras' epsilon. */
const epsilon = 1e-7;

/**
 * Walks over a data set and what a model makes of it, both in 0 … 1 (bytes divided by 255).
 * @param {(original: Float32Array, rebuilt: Float32Array, code: Float32Array, example: number) => void} visit  for each example
 */
export async function eachReconstruction(model, dataset, visit, seen = dataset) {
  const autoencoder = openAutoencoder(model, { threads: 1 });
  const size = exampleSizeOf(dataset);
  const { width } = model.specification.code;
  const unit = dataset.type === 'uint8' ? 1 / 255 : 1;
  try {
    for await (const { start, end, code, reconstruction } of autoencoder.blocks(seen)) {
      const originals = await dataset.block(start, end);
      for (let n = 0; n < end - start; n++) {
        const original = Float32Array.from(originals.subarray(n * size, (n + 1) * size), (value) => value * unit);
        const rebuilt = reconstruction.subarray(n * size, (n + 1) * size).map((value) => value * unit);
        visit(original, rebuilt, code.subarray(n * width, (n + 1) * width), start + n);
      }
    }
  } finally {
    await autoencoder.close();
  }
}

/** Binary cross-entropy in nats, mean over the values of an example. */
export function binaryCrossEntropy(original, rebuilt) {
  let sum = 0;
  for (let i = 0; i < original.length; i++) {
    const p = Math.min(Math.max(rebuilt[i], epsilon), 1 - epsilon);
    sum -= original[i] * Math.log(p) + (1 - original[i]) * Math.log(1 - p);
  }
  return sum / original.length;
}

/** Squared error, summed over an example. */
export function squaredError(original, rebuilt) {
  let sum = 0;
  for (let i = 0; i < original.length; i++) sum += (original[i] - rebuilt[i]) ** 2;
  return sum;
}

/** Peak signal-to-noise ratio in decibels for values in 0 … 1, from the mean squared error of one image. */
export function decibels(meanSquaredError) {
  return -10 * Math.log10(meanSquaredError);
}

/** Reconstruction of the clean test data as after training, without noise or draws: means over the examples. */
export async function reconstructionFigures(model, dataset) {
  let [bce, error, meanCode] = [0, 0, 0];
  await eachReconstruction(model, dataset, (original, rebuilt, code) => {
    meanCode += code.reduce((sum, value) => sum + value, 0) / code.length / dataset.length;
    bce += binaryCrossEntropy(original, rebuilt) / dataset.length;
    error += squaredError(original, rebuilt) / dataset.length;
  });
  return { bce, squaredError: error, meanCode };
}

/** A data set in 0 … 1 with normal noise added, clipped, always the same; float32. */
export async function noisy(dataset, deviation, seed) {
  const random = createRandom(seed, 'results/noise');
  const bytes = await dataset.block(0, dataset.length);
  const values = Float32Array.from(bytes, (byte) => Math.min(Math.max(byte / 255 + deviation * random.normal(), 0), 1));
  // In raw units, because models of images take bytes.
  return {
    ...dataset,
    name: `${dataset.name}/noisy`,
    type: 'float32',
    block: async (start, end) => {
      const size = exampleSizeOf(dataset);
      return values.subarray(start * size, end * size).map((value) => value * 255);
    },
  };
}

/** PCA of the training data at a width: squared error of an example of the test data, mean over them, in 0 … 1. */
export async function testErrorOfPca(train, test, width, threads) {
  const began = performance.now();
  const scaling = { method: 'bytes', offset: [0], scale: [1 / 255] };
  const pca = await fitPca(train, { width, scaling, runtime: { threads } });
  const seconds = (performance.now() - began) / 1000;
  const values = Float32Array.from(await test.block(0, test.length), (byte) => byte / 255);
  const rebuilt = reconstructPca(pca, projectPca(pca, values, width), width);
  return { squaredError: squaredError(values, rebuilt) / test.length, seconds };
}

/**
 * Mean over the examples of ‖∂z/∂x‖_F for a code of one sigmoid layer, x in scaled units: the closed form of Rifai et
 * al. 2011, Σ_j (z_j (1 − z_j))² Σ_i W_ij².
 */
export async function meanJacobianNorm(model, dataset) {
  const { body, code } = model.specification;
  if (body.type !== 'dense' || body.encoder.length > 0 || code.activation !== 'sigmoid') {
    throw new Error('meanJacobianNorm: expected one sigmoid layer');
  }
  const weight = model.weights.get('encoder/code/weight');
  const columns = new Float64Array(code.width);
  for (let i = 0; i < weight.length; i++) columns[i % code.width] += weight[i] ** 2;
  const autoencoder = openAutoencoder(model, { threads: 1 });
  try {
    const codes = await autoencoder.encode(dataset);
    let sum = 0;
    for (let n = 0; n < dataset.length; n++) {
      let square = 0;
      for (let j = 0; j < code.width; j++) {
        const z = codes[n * code.width + j];
        square += (z * (1 - z)) ** 2 * columns[j];
      }
      sum += Math.sqrt(square) / dataset.length;
    }
    return sum;
  } finally {
    await autoencoder.close();
  }
}
