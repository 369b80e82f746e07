import { crossEntropy, isUnit } from '../analysis/latent/fidelity.js';
import { GargaloError } from '../core/errors.js';
import type { Dataset } from '../data/dataset.js';
import { lookOf } from '../data/look.js';
import { applyScaling } from '../data/scaling.js';
import { openAutoencoder } from '../models/autoencoder.js';
import { inputSize } from '../models/specification.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import type { TrainedModel } from '../train/events.js';
import { keptFigures } from '../train/kept.js';
import { countParameters } from '../train/train.js';

/** What a trained cell reaches; errors of what the model gives after training, without noise. */
export interface CellFigures {
  readonly parameters: number;
  readonly epochs: number;
  /** null where the start is kept. */
  readonly trainLoss: number | null;
  readonly testLoss: number;
  /** Summed over one test example in scaled units, mean over the examples. */
  readonly testSquaredError: number;
  /** bce per value, in nats; null where the data leave 0 … 1. */
  readonly testBce: number | null;
  /**
   * Of pictures: the contrast between neighbouring pixels that is left, as the part of the sum of its squares over the test
   * data; below 1 they are blurred. Null where examples are no pictures.
   */
  readonly contrast: number | null;
  /** Of training and its tests. */
  readonly seconds: number;
}

/** The squared differences of neighbouring pixels, summed. */
function contrastOf(values: Float32Array, width: number, height: number, channels: number): number {
  const line = width * channels;
  let sum = 0;
  for (let image = 0; image < values.length; image += line * height) {
    for (let y = 0; y < height; y++) {
      for (let i = image + y * line; i < image + (y + 1) * line; i++) {
        if (i + channels < image + (y + 1) * line) sum += (values[i + channels]! - values[i]!) ** 2;
        if (y + 1 < height) sum += (values[i + line]! - values[i]!) ** 2;
      }
    }
  }
  return sum;
}

/** Measures a trained model on the test data, in one pass. */
export async function measureCell(model: TrainedModel, test: Dataset, runtime: RuntimeOptions): Promise<CellFigures> {
  const { specification, training } = model;
  if (!training) throw new GargaloError('internal', 'sweep', 'expected a trained model, got one without its training');
  const { history } = training;
  const { trainLoss, testLoss, testSquaredError } = keptFigures(training);
  const { shape, sequence, scaling } = specification.input;
  const look = lookOf(shape, sequence);
  let [entropy, before, after, bounded] = [0, 0, 0, true];
  const autoencoder = openAutoencoder(model, runtime);
  try {
    for await (const { values, reconstruction } of autoencoder.blocks(test)) {
      const x = applyScaling(values, scaling);
      const rebuilt = applyScaling(reconstruction, scaling, reconstruction);
      bounded &&= isUnit(x);
      if (bounded) entropy += crossEntropy(x, rebuilt);
      if (look.kind !== 'picture') continue;
      before += contrastOf(x, look.width, look.height, look.channels);
      after += contrastOf(rebuilt, look.width, look.height, look.channels);
    }
  } finally {
    await autoencoder.close();
  }
  return {
    parameters: countParameters(specification),
    epochs: history.length,
    trainLoss,
    testLoss,
    testSquaredError,
    testBce: bounded ? entropy / (test.length * inputSize(specification)) : null,
    contrast: look.kind === 'picture' && before > 0 ? after / before : null,
    seconds: history.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}
