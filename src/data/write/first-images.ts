import { badInput } from '../../core/errors.js';
import type { ExamplesDescription } from '../describe.js';
import { lookOf } from '../look.js';
import { type ExampleSource, streamOf } from '../stream.js';
import { pictureSheet } from './picture-sheet.js';
import { writePicture } from './pictures.js';

/** Images on a sheet. */
const SHEET = 64;

/**
 * Draws the first images on a sheet.
 *
 * @returns how many they are
 */
export async function writeFirstImages(
  output: string,
  source: ExampleSource,
  { values }: ExamplesDescription,
): Promise<number> {
  const look = lookOf(source.shape, source.sequence);
  if (look.kind !== 'picture') throw badInput(output, 'expected images to draw, got other data', 'leave out -o');
  const size = source.shape.reduce((product, side) => product * side, 1);
  const bytes = new Uint8ClampedArray(SHEET * size);
  let filled = 0;
  const [low, high] = source.type === 'uint8' || !values ? [0, 255] : [values.minimum, values.maximum];
  for await (const block of streamOf(source).blocks()) {
    const part = block.values.subarray(0, (SHEET - filled) * size);
    for (let i = 0; i < part.length; i++) bytes[filled * size + i] = ((part[i]! - low) * 255) / (high - low || 1);
    filled += part.length / size;
    if (filled >= SHEET) break;
  }
  await writePicture(output, pictureSheet({ look, count: filled, bytes: new Uint8Array(bytes.buffer) }));
  return filled;
}
