// Binary MNIST: each pixel is drawn black or white with its gray value as the probability, always the same.
import { createRandom, exampleSizeOf, loadMnist } from './library.mjs';

/**
 * @param {import('../dist/index.js').Dataset} dataset  bytes
 * @param {number} draws  of each image; draw after draw, each of all images
 * @returns {import('../dist/index.js').Dataset}  of 0 and 255
 */
function drawn(dataset, draws, seed) {
  const size = exampleSizeOf(dataset);
  const { labels: _labels, ...rest } = dataset;
  return {
    ...rest,
    name: `binary ${dataset.name} (${draws} ${draws === 1 ? 'draw' : 'draws'})`,
    length: dataset.length * draws,
    async block(start, end) {
      const values = new Uint8Array((end - start) * size);
      for (let n = start; n < end; n++) {
        const image = n % dataset.length;
        const random = createRandom(seed, `results/binary/${dataset.name}/${n}`);
        const bytes = await dataset.block(image, image + 1);
        const at = (n - start) * size;
        for (let i = 0; i < size; i++) values[at + i] = random.uniform() * 255 < bytes[i] ? 255 : 0;
      }
      return values;
    },
  };
}

/** 60,000 images drawn so often to train on, and 10,000 drawn once to test on. */
export async function loadBinaryMnist(draws) {
  const { train, test } = await loadMnist();
  return { train: drawn(train, draws, 1), test: drawn(test, 1, 2) };
}
