import { type Dataset, exampleSize } from './dataset.js';

/**
 * Data up to this size are treated as memory holds them: read whole, copied when split, hashed to the last byte. Beyond it
 * they stay where they are and come in blocks; what would take a second look at everything looks at a sample.
 */
export const LARGE_BYTES = 256 * 2 ** 20;

/** The bytes that examples take, as they are read. */
export function bytesOf({ shape, type, length }: Pick<Dataset, 'shape' | 'type' | 'length'>): number {
  return length * exampleSize({ shape }) * (type === 'uint8' ? 1 : 4);
}

/** Whether data are beyond {@link LARGE_BYTES}. */
export function isLarge(dataset: Pick<Dataset, 'shape' | 'type' | 'length'>): boolean {
  return bytesOf(dataset) > LARGE_BYTES;
}
