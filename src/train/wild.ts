import { badInput } from '../core/errors.js';
import { several } from '../core/format.js';
import { type Dataset, exampleSize } from '../data/dataset.js';
import { isLarge } from '../data/large.js';
import type { Scaling } from '../data/scaling.js';
import { selectExamples } from '../data/split.js';
import { readBlocks } from '../data/stream.js';

/** Ranges of the middle half beyond which a value is no measurement: the squares of its gradients are no 32-bit floats. */
const WILDEST = 1e8;

/** The examples of a data set without those that are left out, and what is said of them. */
export interface Tamed {
  readonly dataset: Dataset;
  readonly warning?: string;
}

/**
 * Leaves out examples that have a value farther from the median than 100,000,000 ranges of the middle half, where that is how
 * values are scaled: one such value would make all of the loss.
 *
 * @throws GargaloError `bad-input` with the place of the first in windows of a series and in data beyond 256 MiB, which are not copied
 */
export async function withoutWild(dataset: Dataset, { method, offset, scale }: Scaling): Promise<Tamed> {
  if (method !== 'robust') return { dataset };
  const size = exampleSize(dataset);
  const chosen = new Uint8Array(dataset.length).fill(1);
  let first = '';
  let left = 0;
  for await (const { start, values } of readBlocks(dataset)) {
    for (let i = 0; i < values.length; i++) {
      const j = i % offset.length;
      if (Math.abs((values[i]! - offset[j]!) * scale[j]!) <= WILDEST) continue;
      const row = start + Math.floor(i / size);
      if (chosen[row] === 0) continue;
      chosen[row] = 0;
      left++;
      first ||= `${Number(values[i]!.toPrecision(3))} in column ${dataset.columns?.[j] ?? j + 1}`;
    }
  }
  if (left === 0) return { dataset };
  const far = `farther than ${several(WILDEST, 'range')} of the middle half from the median`;
  if (dataset.sequence || isLarge(dataset) || left === dataset.length) {
    throw badInput(
      dataset.name,
      `expected values near the others, got ${first}, ${far}`,
      'mend it, or leave the row out',
    );
  }
  return {
    dataset: await selectExamples(dataset, chosen, dataset.name),
    warning: `${dataset.name}: ${several(left, 'example')} left out, with a value ${far} (${first})`,
  };
}
