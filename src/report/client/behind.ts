// What lies behind the points: the decoded plane as one picture, and how deep gaps are.

import { rowAt } from '../../core/vectors.js';
import { linesOf } from '../kit/example-lines.js';
import type { LiveData, LiveMap } from '../pages/latent/live-data.js';
import { MOST_LINES, sheetOf } from './drawing.js';
import { canvasOf, writePixels } from './elements.js';
import type { Space } from './space.js';
import { colorOf } from './theme.js';

/** Pixels of a cell that shows a profile. */
const [WIDE, HIGH] = [44, 32];
/** Values of a line in a cell. */
const MOST_VALUES = 44;

function profiles(data: LiveData, values: Uint8Array, columns: number, rows: number): HTMLCanvasElement {
  const [canvas, context] = canvasOf(columns * WIDE, rows * HIGH);
  context.strokeStyle = `rgb(${colorOf('ink').join(' ')})`;
  for (let cell = 0; cell < columns * rows; cell++) {
    const [left, top] = [(cell % columns) * WIDE, Math.floor(cell / columns) * HIGH];
    for (const line of linesOf(rowAt(values, data.size, cell), data.steps ?? data.size, MOST_LINES)) {
      const every = Math.ceil(line.length / MOST_VALUES);
      const shown = line.filter((_, i) => i % every === 0);
      context.beginPath();
      for (const [i, value] of shown.entries()) {
        const x = left + 3 + (i / Math.max(1, shown.length - 1)) * (WIDE - 6);
        context.lineTo(x, top + HIGH - 4 - (value / 255) * (HIGH - 8));
      }
      context.stroke();
    }
  }
  return canvas;
}

/** The outputs at the cells of a decoded plane as one picture. */
export async function planePicture(space: Space, { method, decoded }: LiveMap): Promise<HTMLCanvasElement | undefined> {
  if (!decoded) return undefined;
  const { columns, rows } = decoded.cells;
  const { data } = space;
  const values = await space.plane(method);
  return data.look.kind === 'picture'
    ? sheetOf(values, data.size, data.look, columns, rows)
    : profiles(data, values, columns, rows);
}

/** How deep the cells of a map lie in gaps, as how opaque the shading is there. */
export async function shadingMask(space: Space, { method, decoded }: LiveMap): Promise<HTMLCanvasElement | undefined> {
  if (!decoded) return undefined;
  const { columns, rows } = decoded.shading;
  const depth = await space.shading(method);
  const [canvas, context] = canvasOf(columns, rows);
  writePixels(context, (pixels) => {
    // Any gap is seen; twice the limit, which is a depth of 128, is nearly as dark as it gets.
    for (const [i, value] of depth.entries()) pixels[4 * i + 3] = value === 0 ? 0 : Math.min(255, 70 + 1.4 * value);
  });
  return canvas;
}
