import { lookOf } from '../../../data/look.js';
import { colorIndex, drawPoints, pixel, rgbOf, stampOf } from '../../client/raster.js';
import { boundsOf } from '../../kit/bounds.js';
import { classColors, lightColor } from '../../kit/palette.js';
import { dataUri } from '../../kit/picture.js';
import type { InspectedRun, LatentReportInput } from './input.js';
import { bytesOf } from './live.js';
import { viewOf } from './view.js';

/** Pixels of a map that does not move. */
const [WIDE, HIGH] = [600, 480];
const MARGIN = 8;

/** Colours of points: of unknown classes, of classes, and where there are none. */
const palette = Uint32Array.from([lightColor('faint'), ...classColors, lightColor('network')], (color) =>
  pixel(rgbOf(color)),
);
const gap = rgbOf(lightColor('gap'));

/**
 * A map as a picture, for readers without scripts: the decoded plane, gaps and points, as the page's script draws them.
 *
 * @returns a PNG data URI
 */
export function stillMap(
  { shape, sequence, examples, labels }: LatentReportInput,
  { planes }: InspectedRun,
  { method, points }: InspectedRun['maps'][number],
): string {
  const behind = planes.find((plane) => plane.method === method);
  const { left, right, bottom, top } = viewOf(behind?.extent ?? boundsOf(points));
  const width = WIDE + 2 * MARGIN;
  const pixels = new Uint32Array(width * (HIGH + 2 * MARGIN));
  const [scaleX, scaleY] = [WIDE / (right - left), -HIGH / (top - bottom)];
  if (behind) {
    const look = lookOf(shape, sequence);
    const { extent, columns, rows, gaps } = behind;
    const size = behind.outputs.length / (columns * rows);
    const values = bytesOf(behind.outputs, examples.range);
    for (let at = 0; at < WIDE * HIGH; at++) {
      const [x, y] = [at % WIDE, Math.floor(at / WIDE)];
      const across = (left + ((x + 0.5) / WIDE) * (right - left) - extent.left) / (extent.right - extent.left);
      const up = (extent.top - (top - ((y + 0.5) / HIGH) * (top - bottom))) / (extent.top - extent.bottom);
      if (across < 0 || across >= 1 || up < 0 || up >= 1) continue;
      const to = (y + MARGIN) * width + x + MARGIN;
      if (look.kind === 'picture') {
        const [column, row] = [across * columns, up * rows];
        const cell = Math.floor(row) * columns + Math.floor(column);
        const inCell = Math.floor((row % 1) * look.height) * look.width + Math.floor((column % 1) * look.width);
        const from = cell * size + inCell * look.channels;
        const channel = (c: number): number => values[from + (look.channels === 3 ? c : 0)]!;
        pixels[to] = pixel([channel(0), channel(1), channel(2)], 100);
      }
      const depth = gaps.depth[Math.floor(up * gaps.rows) * gaps.columns + Math.floor(across * gaps.columns)]!;
      if (depth > 0 && (x + y) % 7 === 0) pixels[to] = pixel(gap, Math.min(255, 70 + 1.4 * depth));
    }
  }
  const count = points.length / 2;
  drawPoints(
    pixels,
    width,
    MARGIN,
    { points, classes: colorIndex(labels?.values, count), colors: palette },
    { scaleX, moveX: -left * scaleX, scaleY, moveY: -top * scaleY },
    stampOf(count > 6000 ? 0.9 : 2, false),
  );
  const data = new Uint8Array(4 * WIDE * HIGH);
  const all = new Uint8Array(pixels.buffer);
  for (let y = 0; y < HIGH; y++) {
    const from = 4 * ((y + MARGIN) * width + MARGIN);
    data.set(all.subarray(from, from + 4 * WIDE), 4 * y * WIDE);
  }
  return dataUri({ width: WIDE, height: HIGH, channels: 4, data }, 6);
}
