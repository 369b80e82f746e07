import type { Picture } from '../write/picture-sheet.js';

/** Types of fields: 16 and 32 bits. */
const SHORT = 3;
const LONG = 4;

/**
 * A picture of floats as a TIFF file (TIFF 6.0: one strip, not packed, samples of format 3), which the image library cannot write.
 */
export function floatTiff({ width, height, channels, data }: Picture<Float32Array>): Uint8Array {
  const fields: readonly (readonly [tag: number, type: number, values: readonly number[]])[] = [
    [256, LONG, [width]],
    [257, LONG, [height]],
    [258, SHORT, new Array<number>(channels).fill(32)],
    [259, SHORT, [1]],
    [262, SHORT, [channels === 3 ? 2 : 1]],
    [273, LONG, [0]],
    [277, SHORT, [channels]],
    [278, LONG, [height]],
    [279, LONG, [data.byteLength]],
    [339, SHORT, new Array<number>(channels).fill(3)],
  ];
  let free = 8 + 2 + 12 * fields.length + 4;
  const start = free + 2 * 2 * 4;
  const file = new Uint8Array(start + data.byteLength);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0x49492a00);
  view.setUint32(4, 8, true);
  view.setUint16(8, fields.length, true);
  for (const [i, [tag, type, values]] of fields.entries()) {
    const at = 10 + 12 * i;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, values.length, true);
    let place = at + 8;
    // values of more than four bytes lie behind the fields
    if (values.length > 2) {
      view.setUint32(place, free, true);
      place = free;
      free += 2 * 4;
    }
    for (const [n, value] of values.entries()) {
      if (type === SHORT) view.setUint16(place + 2 * n, value, true);
      else view.setUint32(place, tag === 273 ? start : value, true);
    }
  }
  for (const [n, value] of data.entries()) view.setFloat32(start + 4 * n, value, true);
  return file;
}
