import { linesOf } from '../kit/example-lines.js';
import type { LiveData } from '../pages/latent/live-data.js';
import { canvasOf, contextOf, element, svgElement } from './elements.js';

/** Up to so many values are bars; more are a line. */
const MOST_BARS = 32;
/** Values at a time step that are drawn, each as a line of its own. */
export const MOST_LINES = 4;
const [WIDE, HIGH] = [150, 96];

/** Writes an example that is a picture into pixels, red, green, blue and alpha, at a place of a sheet `stride` pixels wide. */
export function paint(
  into: Uint8ClampedArray,
  values: ArrayLike<number>,
  { look, range }: Pick<LiveData, 'look' | 'range'>,
  at = 0,
  stride = look.width,
): void {
  if (look.kind !== 'picture') return;
  const { width, height, channels } = look;
  const [low, high] = range;
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
  const drawing = svgElement('svg', {
    viewBox: `0 0 ${WIDE} ${HIGH}`,
    class: 'live-profile',
    preserveAspectRatio: 'none',
  });
  const [low, high] = range;
  const y = (value: number): number =>
    HIGH - 4 - ((Math.max(low, Math.min(high, value)) - low) / (high - low || 1)) * (HIGH - 8);
  if (steps === undefined && size <= MOST_BARS) {
    const step = WIDE / size;
    const zero = y(Math.max(low, Math.min(high, 0)));
    for (const [i, value] of values.entries()) {
      const top = Math.min(y(value), zero);
      drawing.append(
        svgElement('rect', {
          x: i * step + step * 0.15,
          y: top,
          width: step * 0.7,
          height: Math.max(1, Math.abs(y(value) - zero)),
        }),
      );
    }
    drawing.append(svgElement('line', { x1: 0, x2: WIDE, y1: zero, y2: zero }));
    return drawing;
  }
  for (const [i, line] of linesOf(values, steps ?? size, MOST_LINES).entries()) {
    const step = WIDE / Math.max(1, line.length - 1);
    const points = line.map((value, x) => `${(x * step).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
    drawing.append(svgElement('polyline', { points, 'data-line': i }));
  }
  return drawing;
}

/** A place that shows one example after another, as a picture or a profile. */
export interface ExampleView {
  readonly element: HTMLElement;
  /** @param words what is to be seen, for those who cannot; nothing shown without values */
  show(values: Float32Array | undefined, words: string): void;
}

/** Makes a place for an example; its size is the style sheet's, the same before and after. */
export function exampleView(data: LiveData, className = ''): ExampleView {
  const { look } = data;
  const kind = `live-example ${look.kind} ${className}`;
  const host = element('div', { class: kind, role: 'img', 'aria-label': 'nothing shown yet' });
  const canvas = look.kind === 'picture' ? canvasOf(look.width, look.height) : undefined;
  if (canvas) {
    host.append(canvas);
    host.style.setProperty('--ratio', String(canvas.width / canvas.height));
  }
  return {
    element: host,
    show(values, words) {
      host.setAttribute('aria-label', words);
      host.classList.toggle('empty', !values);
      if (!canvas) {
        host.replaceChildren(...(values ? [profile(values, data)] : []));
        return;
      }
      const context = contextOf(canvas);
      const image = context.createImageData(canvas.width, canvas.height);
      if (values) paint(image.data, values, data);
      context.putImageData(image, 0, 0);
    },
  };
}
