import { lookOf } from '../../../data/look.js';
import { drawPoints, stampOf } from '../../client/raster.js';
import { dataUri } from '../../kit/picture.js';
import type { InspectedRun, LatentReportInput } from './input.js';
import { bytesOf } from './pack.js';
import { boundsOf, viewOf } from './view.js';

/** Pixels of a map that does not move. */
const [WIDE, HIGH] = [600, 480];
const MARGIN = 8;

const pixel = (red: number, green: number, blue: number, alpha = 255): number =>
  ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/**
 * A map as a picture, for readers without scripts: the decoded plane, gaps and points, as the page's script draws them.
 *
 * @param colors of the classes as #rrggbb, and what those without one have
 * @returns a PNG data URI
 */
export function stillMap(
  { shape, sequence, examples, labels }: LatentReportInput,
  run: InspectedRun,
  colors: { readonly classes: readonly string[]; readonly other: string },
): string {
  const map = run.maps[0]!;
  const behind = run.planes.find(({ method }) => method === map.method);
  const { left, right, bottom, top } = viewOf(behind?.extent ?? boundsOf(map.points));
  const look = lookOf(shape, sequence);
  const width = WIDE + 2 * MARGIN;
  const pixels = new Uint32Array(width * (HIGH + 2 * MARGIN));
  if (behind) {
    const { extent, columns, rows, gaps } = behind;
    const size = behind.outputs.length / (columns * rows);
    const values = bytesOf(behind.outputs, examples.range);
    for (let y = 0; y < HIGH; y++) {
      const up = (extent.top - (top - ((y + 0.5) / HIGH) * (top - bottom))) / (extent.top - extent.bottom);
      if (up < 0 || up >= 1) continue;
      for (let x = 0; x < WIDE; x++) {
        const across = (left + ((x + 0.5) / WIDE) * (right - left) - extent.left) / (extent.right - extent.left);
        if (across < 0 || across >= 1) continue;
        const at = (y + MARGIN) * width + x + MARGIN;
        if (look.kind === 'picture') {
          const [column, row] = [across * columns, up * rows];
          const cell = Math.floor(row) * columns + Math.floor(column);
          const inCell = Math.floor((row % 1) * look.height) * look.width + Math.floor((column % 1) * look.width);
          const from = cell * size + inCell * look.channels;
          const channel = (c: number): number => values[from + (look.channels === 3 ? c : 0)]!;
          pixels[at] = pixel(channel(0), channel(1), channel(2), 100);
        }
        const depth = gaps.depth[Math.floor(up * gaps.rows) * gaps.columns + Math.floor(across * gaps.columns)]!;
        if (depth > 0 && (x + y) % 7 === 0) pixels[at] = pixel(178, 60, 23, Math.min(255, 70 + 1.4 * depth));
      }
    }
  }
  const count = map.points.length / 2;
  const palette = [colors.other, ...colors.classes].map((color) => {
    const value = Number.parseInt(color.slice(1), 16);
    return pixel(value >> 16, (value >> 8) & 255, value & 255);
  });
  const classes = Uint8Array.from({ length: count }, (_, i) => {
    const label = labels?.values[i] ?? -1;
    return label < 0 ? 0 : 1 + (label % colors.classes.length);
  });
  const [scaleX, scaleY] = [WIDE / (right - left), -HIGH / (top - bottom)];
  drawPoints(
    pixels,
    width,
    MARGIN,
    { points: map.points, classes, colors: Uint32Array.from(palette) },
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
