import { createRuntime } from '#runtime';
import { modelSpace } from '../../analysis/latent/code-space.js';
import { type CodeUse, codebookUse, roundedUse } from '../../analysis/latent/codes.js';
import { gapDepths } from '../../analysis/latent/gap-reference.js';
import { latentFigures } from '../../analysis/latent/latent-figures.js';
import { isLinear, linearComponents } from '../../analysis/latent/linear.js';
import { latentMaps } from '../../analysis/latent/map.js';
import { stopWhereAborted, type WorkOptions } from '../../core/work.js';
import type { Dataset } from '../../data/dataset.js';
import { sliceDataset } from '../../data/slice.js';
import { checkInput, type Model, runtimeFor } from '../../models/autoencoder.js';
import type { Pca } from '../../models/pca.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import { countParameters } from '../../train/train.js';
import type { InspectedRun } from './inspection.js';
import type { DepthOf } from './pictures/depth.js';
import { kinOf, specimensOf } from './pictures/kin.js';
import { decodedPlane } from './pictures/plane.js';
import { pairsOf, stripsBetween } from './pictures/strips.js';
import { traverse } from './pictures/traversals.js';
import { codesOf, type Subject } from './subject.js';
import { travellingDecoder } from './traveller.js';
import { verdictsOf } from './verdict.js';

export interface InspectOptions extends WorkOptions {
  /** Of all samples, draws and maps. Default 0. */
  readonly seed?: number | undefined;
  readonly runtime?: RuntimeOptions | undefined;
  /** Names on the page; default: the kind, and the kind with the width. */
  readonly name?: string | undefined;
  readonly id?: string | undefined;
}

/** Strips and rows of neighbours on a page. */
const [STRIPS, KIN] = [6, 10];
/** What is counted as progress. */
const STAGES = 6;

/** The components that a linear model has learned beside those of PCA; of other models nothing. */
async function filtersOf(
  model: Model,
  { points, size }: Subject,
  pca: Pca,
  runtime: RuntimeOptions | undefined,
): Promise<InspectedRun['filters']> {
  if (!isLinear(model.specification)) return undefined;
  const { components } = await linearComponents(model, points, runtime);
  const count = Math.min(pca.width, components.length / size, 32);
  return { count, learned: components.slice(0, count * size), components: pca.components.slice(0, count * size) };
}

/** How much of what a discrete code can say is said; undefined where it is none. */
async function codeUseOf(
  model: Model,
  data: Dataset,
  codes: Float32Array,
  runtime: RuntimeOptions | undefined,
): Promise<CodeUse | undefined> {
  const { type, width } = model.specification.code;
  if (type === 'quantized') return roundedUse(codes, width);
  if (type !== 'vector-quantized') return undefined;
  const { counts: _, ...use } = await codebookUse(model, data, runtime);
  return use;
}

/**
 * Looks at a model's latent space: figures with intervals beside those of PCA, maps, and what the decoder makes of places
 * that no example was encoded to.
 *
 * @param subject examples that the model was not trained on, in the units of any model of the same input
 * @throws GargaloError `bad-input` where data and model do not fit each other; `cancelled`
 */
export async function inspect(model: Model, subject: Subject, options: InspectOptions = {}): Promise<InspectedRun> {
  const { seed = 0, signal, onProgress } = options;
  const { specification } = model;
  const { kind, code } = specification;
  checkInput(specification, subject.points);
  let stage = 0;
  const advance = (): void => {
    stopWhereAborted(signal, subject.points.name);
    onProgress?.({ done: ++stage, total: STAGES });
  };
  const runtimeOptions = await runtimeFor(model, options.runtime);
  const runtime = await createRuntime(runtimeOptions);
  try {
    const { examples, measured, classes, size } = subject;
    const space = modelSpace(model, runtime, subject.scaling);
    const codes = await codesOf(subject, space, signal);
    advance();
    // The maps take a core of their own while the figures take another.
    const mapping = latentMaps(codes, code.width, { runtime, seed, signal });
    mapping.catch(() => undefined);
    const about = { runtime, seed, signal, ...(classes && { labels: classes }) };
    const part = codes.subarray(0, measured * code.width);
    const { figures: measures, reference } = await latentFigures(space, examples, part, about);
    const codebook = await codeUseOf(model, sliceDataset(subject.points, 0, measured), part, runtimeOptions);
    const figures = { ...measures, ...(codebook && { codebook }) };
    const depthOf: DepthOf = async (places) =>
      Float32Array.from((await gapDepths(space, reference, places, { runtime })).depth);
    advance();
    const pca = await subject.pca(code.width, { ...runtimeOptions, opened: runtime });
    const linear = await subject.pcaFigures(code.width, { runtime, seed, signal });
    advance();
    const pairs = pairsOf(subject.shown, classes, STRIPS, seed);
    const isGaussian = code.type === 'gaussian';
    const strips = [
      ...(await stripsBetween(pairs, codes, space, depthOf, 'straight')),
      ...(isGaussian ? await stripsBetween(pairs, codes, space, depthOf, 'spherical') : []),
    ];
    const traversals = await traverse(part, space);
    const kin = await kinOf(
      specimensOf(subject.shown, classes, KIN),
      {
        codes: codes.subarray(0, subject.shown * code.width),
        width: code.width,
        examples: examples.subarray(0, subject.shown * size),
        size,
      },
      runtime,
    );
    advance();
    const maps = await mapping;
    advance();
    const planes = [];
    for (const map of maps) planes.push(await decodedPlane(map, codes, space, depthOf));
    const decoder = travellingDecoder(model, subject.scaling);
    const filters = await filtersOf(model, subject, pca, { ...runtimeOptions, opened: runtime });
    advance();
    return {
      id: options.id ?? `${kind}-${code.width}`,
      name: options.name ?? kind,
      kind,
      gaussian: isGaussian,
      parameters: countParameters(specification),
      figures,
      pca: linear,
      verdicts: verdictsOf(figures, linear, specification),
      codes,
      maps,
      planes,
      strips,
      traversals,
      kin,
      limits: { ...reference.limits, codes: reference.positions.length },
      ...(filters && { filters }),
      ...(decoder && { decoder }),
    };
  } finally {
    await runtime.close();
  }
}
