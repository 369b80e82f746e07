import { sampleOfLarge } from '../../data/runs.js';
import { seriesOf } from '../../data/series.js';
import { openAutoencoder } from '../../models/autoencoder.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import type { TrainedModel } from '../../train/events.js';
import type { Preparation } from '../../train/train.js';
import { calibrate } from './calibrate.js';

/** A trained model with what its errors on its training data are like: of large data, on a sample. */
export async function calibrateTrained(
  model: TrainedModel,
  { train: data, test, options }: Preparation,
  runtime: RuntimeOptions,
): Promise<TrainedModel> {
  const autoencoder = openAutoencoder(model, runtime);
  try {
    const isOverlapping = data.sequence && seriesOf(data);
    const calibration = isOverlapping
      ? await calibrate(autoencoder, data)
      : await calibrate(autoencoder, sampleOfLarge(data, options.seed), {
          heldOut: options.validation === 0 ? undefined : sampleOfLarge(test, options.seed),
        });
    // Errors beyond all bounds are no measure of anything: detect will say that there is none.
    const isSound = Object.values(calibration.scores).every(({ mean }) => Number.isFinite(mean));
    return isSound ? { ...model, calibration } : model;
  } finally {
    await autoencoder.close();
  }
}
