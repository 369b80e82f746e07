import { type Dataset, exampleSize } from './dataset.js';

/** Examples start … end−1 into memory that is there already, as many values as they are. */
export type Fill = (start: number, end: number, into: Uint8Array | Float32Array) => Promise<void>;

/** By the function that reads blocks, as with {@link import('./series.js')}: another one may give other values. */
const known = new WeakMap<Dataset['block'], Fill>();

/** Notes that the values of `block` can be read without new memory for them. */
export function rememberFill(block: Dataset['block'], fill: Fill): void {
  known.set(block, fill);
}

/** The way to read a data set into memory that is there, where it has one of its own. */
export function fillOf({ block }: Pick<Dataset, 'block'>): Fill | undefined {
  return known.get(block);
}

/**
 * Reads examples start … end−1 into memory that is there already. Where a lot is read again and again, most of the time would
 * go into asking for memory, which the system hands out page by page.
 *
 * @param into (end − start) × the product of `shape` values, of the data's type
 */
export async function readInto(
  dataset: Dataset,
  start: number,
  end: number,
  into: Uint8Array | Float32Array,
): Promise<void> {
  const fill = fillOf(dataset);
  if (fill && into.length === (end - start) * exampleSize(dataset)) await fill(start, end, into);
  else into.set(await dataset.block(start, end));
}
