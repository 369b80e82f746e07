import type { PictureLook } from './look.js';
import { type Picture, pictureSheet } from './write/picture-sheet.js';

/** Sides of the part of an image that is shown, at most: enough to see its grain. */
const WIDTH = 384;
const HEIGHT = 256;

/** The middle of a picture on a canvas of some size, in gray or in colours. */
function middle({ width, height, channels, data }: Picture, look: PictureLook): Uint8Array {
  const canvas = new Uint8Array(look.width * look.height * look.channels).fill(128);
  const [left, top] = [Math.floor((look.width - width) / 2), Math.floor((look.height - height) / 2)];
  for (let y = Math.max(0, top); y < Math.min(look.height, top + height); y++) {
    for (let x = Math.max(0, left); x < Math.min(look.width, left + width); x++) {
      const from = ((y - top) * width + x - left) * channels;
      const to = (y * look.width + x) * look.channels;
      for (let channel = 0; channel < look.channels; channel++) {
        canvas[to + channel] = data[from + Math.min(channel, channels - 1)]!;
      }
    }
  }
  return canvas;
}

/** The middle of a picture, as much as a sheet shows of it: what is to be kept of a large one. */
export function middleOf(picture: Picture): Picture {
  const [width, height] = [Math.min(WIDTH, picture.width), Math.min(HEIGHT, picture.height)];
  const { channels } = picture;
  return { width, height, channels, data: middle(picture, { kind: 'picture', width, height, channels }) };
}

/**
 * A sheet that sets versions of images side by side: a row for each image, its middle (384 × 256 pixels at most) as large as it is.
 *
 * @param rows versions of one image each, as many in every row; at least one
 */
export function versionsSheet(rows: readonly (readonly Picture[])[]): Picture {
  const pictures = rows.flat();
  const most = (side: (picture: Picture) => number) => Math.max(...pictures.map(side));
  const look: PictureLook = {
    kind: 'picture',
    width: Math.min(
      WIDTH,
      most(({ width }) => width),
    ),
    height: Math.min(
      HEIGHT,
      most(({ height }) => height),
    ),
    channels: pictures.some(({ channels }) => channels === 3) ? 3 : 1,
  };
  const bytes = new Uint8Array(pictures.length * look.width * look.height * look.channels);
  const size = bytes.length / pictures.length;
  for (const [n, picture] of pictures.entries()) bytes.set(middle(picture, look), n * size);
  return pictureSheet({ look, count: pictures.length, bytes }, rows[0]?.length);
}
