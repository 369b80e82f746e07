import { badInput } from '../../core/errors.js';
import { stopWhereAborted, type WorkOptions } from '../../core/work.js';
import type { Runtime } from '../../runtime/runtime.js';
import { type Estimate, meanEstimate } from '../statistics/estimate.js';
import { squaredRowDistances } from '../statistics/rows.js';
import type { CodeSpace } from './code-space.js';
import { discretenessFigures } from './discreteness.js';
import type { LatentFigures } from './figures.js';
import { type GapReference, gapReference } from './gap-reference.js';
import { gapFigures } from './gaps.js';
import { preservation } from './preservation.js';
import { separabilityFigures } from './separability.js';
import { shapeFigures } from './shape.js';

export interface LatentFiguresOptions extends Pick<WorkOptions, 'signal'> {
  /** The caller closes it. */
  readonly runtime: Runtime;
  /** [n] the class of each example, below 0 where unknown. */
  readonly labels?: Int32Array;
  readonly seed?: number;
}

/** Squared error of each example, summed over its values. */
async function squaredError(
  space: CodeSpace,
  examples: Float32Array,
  codes: Float32Array,
  seed: number,
): Promise<Estimate> {
  const errors = squaredRowDistances(await space.decode(codes), examples, space.size);
  return meanEstimate(errors, { seed, stream: 'bootstrap/error' });
}

/** All figures, and what places are held against to tell gaps. */
export interface MeasuredSpace {
  readonly figures: LatentFigures;
  readonly reference: GapReference;
}

/**
 * Every figure of a latent space at once: gaps, separability, discreteness, the shape of the codes and how neighbourhoods
 * of examples live on among them. Each figure says how many codes it comes from.
 *
 * @param examples [n, size] in the units of the space
 * @param codes [n, width] of the same examples
 * @throws GargaloError `bad-input` where there are no two examples, or codes are not theirs; `cancelled`
 */
export async function latentFigures(
  space: CodeSpace,
  examples: Float32Array,
  codes: Float32Array,
  { runtime, labels, seed = 0, signal }: LatentFiguresOptions,
): Promise<MeasuredSpace> {
  const { width, size } = space;
  const n = examples.length / size;
  if (codes.length !== n * width) {
    throw badInput('codes', `expected one of ${width} values for each of ${n} examples, got ${codes.length} values`);
  }
  const next = (): void => stopWhereAborted(signal, 'codes');
  const about = { runtime, seed };
  const reference = await gapReference(space, codes, about);
  next();
  const gaps = await gapFigures(space, codes, { ...about, reference });
  next();
  const separability = await separabilityFigures(codes, width, {
    ...about,
    ...(labels && { labels: { values: labels } }),
  });
  next();
  const discreteness = await discretenessFigures(space, codes, about);
  next();
  const shape = await shapeFigures(codes, width, about);
  next();
  const figures: LatentFigures = {
    width,
    examples: n,
    squaredError: await squaredError(space, examples, codes, seed),
    gaps,
    separability,
    discreteness,
    shape,
    preservation: await preservation(examples, size, codes, width, about),
  };
  return { figures, reference };
}
