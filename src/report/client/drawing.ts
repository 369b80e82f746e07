import { rowAt } from '../../core/vectors.js';
import type { PictureLook } from '../../data/look.js';
import { linesOf } from '../kit/example-lines.js';
import type { LiveData } from '../pages/latent/live-data.js';
import { canvasOf, element, svgElement, writePixels } from './elements.js';

/** Up to so many values are bars; more are a line. */
const MOST_BARS = 32;
/** Values at a time step that are drawn, each as a line of its own. */
export const MOST_LINES = 4;
const [WIDE, HIGH] = [150, 96];

/** Writes a picture into pixels, red, green, blue and alpha, at a place of a sheet `stride` pixels wide. */
function paint(
  into: Uint8ClampedArray,
  values: ArrayLike<number>,
  { width, height, channels }: PictureLook,
  [low, high]: LiveData['range'],
  at = 0,
  stride = width,
): void {
  const scale = 255 / (high - low || 1);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = 4 * (at + y * stride + x);
      const from = (y * width + x) * channels;
      for (let c = 0; c < 3; c++) into[to + c] = (values[from + (channels === 3 ? c : 0)]! - low) * scale;
      into[to + 3] = 255;
    }
  }
}

function profile(values: Float32Array, { range, size, steps }: LiveData): SVGElement {
  const box = { viewBox: `0 0 ${WIDE} ${HIGH}`, class: 'live-profile', preserveAspectRatio: 'none' };
  const [low, high] = range;
  const y = (value: number): number =>
    HIGH - 4 - ((Math.max(low, Math.min(high, value)) - low) / (high - low || 1)) * (HIGH - 8);
  if (steps !== undefined || size > MOST_BARS) {
    const lines = linesOf(values, steps ?? size, MOST_LINES).map((line, i) => {
      const step = WIDE / Math.max(1, line.length - 1);
      const points = line.map((value, x) => `${(x * step).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
      return svgElement('polyline', { points, 'data-line': i });
    });
    return svgElement('svg', box, ...lines);
  }
  const step = WIDE / size;
  const zero = y(0);
  const bars = Array.from(values, (value, i) => {
    const [top, height] = [Math.min(y(value), zero), Math.max(1, Math.abs(y(value) - zero))];
    return svgElement('rect', { x: i * step + step * 0.15, y: top, width: step * 0.7, height });
  });
  return svgElement('svg', box, ...bars, svgElement('line', { x1: 0, x2: WIDE, y1: zero, y2: zero }));
}

/** A picture of examples side by side, so many in a row. */
export function sheetOf(values: Uint8Array, size: number, look: PictureLook, columns: number, rows: number) {
  const [canvas, context] = canvasOf(columns * look.width, rows * look.height);
  writePixels(context, (pixels) => {
    for (let cell = 0; cell < columns * rows; cell++) {
      const at = Math.floor(cell / columns) * look.height * canvas.width + (cell % columns) * look.width;
      paint(pixels, rowAt(values, size, cell), look, [0, 255], at, canvas.width);
    }
  });
  return canvas;
}

/** Makes a place that shows one example after another; its size is the style sheet's, the same before and after. */
export function exampleView(data: LiveData, className = '') {
  const { look } = data;
  const kind = `live-example ${look.kind} ${className}`;
  const host = element('div', { class: kind, role: 'img', 'aria-label': 'nothing shown yet' });
  let draw = (values?: Float32Array): void => host.replaceChildren(...(values ? [profile(values, data)] : []));
  if (look.kind === 'picture') {
    const [canvas, context] = canvasOf(look.width, look.height);
    host.append(canvas);
    host.style.setProperty('--ratio', String(look.width / look.height));
    draw = (values) => writePixels(context, (pixels) => values && paint(pixels, values, look, data.range));
  }
  return {
    element: host,
    /** @param words what is to be seen, for those who cannot; nothing shown without values */
    show(values: Float32Array | undefined, words: string): void {
      host.setAttribute('aria-label', words);
      host.classList.toggle('empty', !values);
      draw(values);
    },
  };
}
