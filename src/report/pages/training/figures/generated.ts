import { applyScaling } from '../../../../data/scaling.js';
import type { Autoencoder } from '../../../../models/autoencoder.js';
import { priorOf, priorWords, sample } from '../../../../tasks/sample.js';
import type { Generated } from '../input.js';

/** Drawn with this seed, so that a report comes out the same again. */
const SEED = 0;

/** Examples drawn from the model; undefined where nothing can be drawn. */
export async function generatedOf(autoencoder: Autoencoder, count: number): Promise<Generated | undefined> {
  const { specification } = autoencoder;
  const prior = priorOf(specification);
  if (!prior) return undefined;
  const { values } = await sample(autoencoder, { count, seed: SEED });
  return { count, values: applyScaling(values, specification.input.scaling, values), prior: priorWords[prior] };
}
