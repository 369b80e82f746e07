import type { LiveData } from '../pages/latent/live-data.js';

/** Up to so many values are bars; more are a line. */
const MOST_BARS = 32;
/** Values at a time step that are drawn, each as a line of its own. */
const MOST_LINES = 4;
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

const svgSpace = 'http://www.w3.org/2000/svg';
function svg(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS(svgSpace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** The values of an example as lines from left to right, one for each value of a time step. */
export function linesOf(values: ArrayLike<number>, steps: number): number[][] {
  const features = values.length / steps;
  return Array.from({ length: Math.min(features, MOST_LINES) }, (_, feature) =>
    Array.from({ length: steps }, (_, step) => values[step * features + feature]!),
  );
}

function profile(values: Float32Array, { range, size, steps }: LiveData): SVGElement {
  const drawing = svg('svg', { viewBox: `0 0 ${WIDE} ${HIGH}`, class: 'live-profile', preserveAspectRatio: 'none' });
  const [low, high] = range;
  const y = (value: number): number =>
    HIGH - 4 - ((Math.max(low, Math.min(high, value)) - low) / (high - low || 1)) * (HIGH - 8);
  if (steps === undefined && size <= MOST_BARS) {
    const step = WIDE / size;
    const zero = y(Math.max(low, Math.min(high, 0)));
    for (const [i, value] of values.entries()) {
      const top = Math.min(y(value), zero);
      drawing.append(
        svg('rect', {
          x: i * step + step * 0.15,
          y: top,
          width: step * 0.7,
          height: Math.max(1, Math.abs(y(value) - zero)),
        }),
      );
    }
    drawing.append(svg('line', { x1: 0, x2: WIDE, y1: zero, y2: zero }));
    return drawing;
  }
  for (const [i, line] of linesOf(values, steps ?? size).entries()) {
    const step = WIDE / Math.max(1, line.length - 1);
    const points = line.map((value, x) => `${(x * step).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
    drawing.append(svg('polyline', { points, 'data-line': i }));
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
  const element = document.createElement('div');
  element.className = `live-example ${data.look.kind} ${className}`;
  element.setAttribute('role', 'img');
  element.setAttribute('aria-label', 'nothing shown yet');
  let canvas: HTMLCanvasElement | undefined;
  if (data.look.kind === 'picture') {
    canvas = document.createElement('canvas');
    canvas.width = data.look.width;
    canvas.height = data.look.height;
    element.append(canvas);
    element.style.setProperty('--ratio', String(data.look.width / data.look.height));
  }
  return {
    element,
    show(values, words) {
      element.setAttribute('aria-label', words);
      element.classList.toggle('empty', !values);
      if (!canvas) {
        element.replaceChildren(...(values ? [profile(values, data)] : []));
        return;
      }
      const context = canvas.getContext('2d')!;
      const image = context.createImageData(canvas.width, canvas.height);
      if (values) paint(image.data, values, data);
      context.putImageData(image, 0, 0);
    },
  };
}
