// What the codes of the sample are like: the library's own figures, those that say where a latent space is weak.
import { type Autoencoder, applyScaling } from 'gargalo';
import { latentFigures, modelSpace } from 'gargalo/latent';
import type { Measured, Sample } from './protocol.js';

export async function measure(autoencoder: Autoencoder, sample: Sample): Promise<Measured> {
  const runtime = await autoencoder.runtime();
  if (!runtime) throw new Error('expected an open autoencoder');
  const { input } = autoencoder.specification;
  const codes = await autoencoder.encode({ values: sample.values, shape: [sample.count, ...input.shape] });
  const space = modelSpace(autoencoder, runtime);
  const examples = applyScaling(sample.values, input.scaling);
  const { figures } = await latentFigures(space, examples, codes, {
    runtime,
    ...(sample.labels.length > 0 && { labels: sample.labels }),
  });
  const { gaps, separability, discreteness, shape, preservation } = figures;
  const { labelled, clusters } = separability;
  return {
    examples: figures.examples,
    gapsOnLines: gaps.lines.gaps,
    gapsInRegion: gaps.region.gaps,
    jump: discreteness.jump,
    components: discreteness.components.count,
    clusters: clusters.count,
    ...(labelled && { neighbours: labelled.neighbours, chance: labelled.chance }),
    trustworthiness: preservation.trustworthiness,
    dimension: shape.intrinsicDimension,
    activeUnits: shape.activeUnits,
  };
}
