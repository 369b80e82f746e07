// MNIST as the JavaScript peers want it: the raw IDX file read once into float32 between 0 and 1.
import { readFileSync } from 'node:fs';

/**
 * @param {string} path  an IDX file of images
 * @returns {{ values: Float32Array, length: number, width: number }}
 */
export function loadImages(path) {
  const bytes = readFileSync(path);
  const magic = bytes.readUInt32BE(0);
  if (magic !== 0x803) throw new Error(`${path}: expected an IDX file of images (magic number 2051), got ${magic}`);
  const length = bytes.readUInt32BE(4);
  const width = bytes.readUInt32BE(8) * bytes.readUInt32BE(12);
  const values = new Float32Array(length * width);
  for (let index = 0; index < values.length; index += 1) values[index] = bytes[16 + index] / 255;
  return { values, length, width };
}
