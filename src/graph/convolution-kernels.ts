import { sidesOf } from './shape.js';
import { numberAt, type Value, zeros } from './value.js';
import type { Pair, Window } from './window.js';

/**
 * Calls `visit` for each pair of a pixel of the smaller image and one of the larger that the same place of a window links;
 * places outside of the larger image are left out. All flat within one channel.
 */
function walkWindows(
  small: Pair,
  large: Pair,
  kernel: Pair,
  { strides, pads }: Window,
  visit: (small: number, large: number, place: number) => void,
): void {
  for (let i = 0; i < small[0] * small[1]; i++) {
    const top = Math.floor(i / small[1]) * strides[0] - pads[0];
    const left = (i % small[1]) * strides[1] - pads[1];
    for (let place = 0; place < kernel[0] * kernel[1]; place++) {
      const row = top + Math.floor(place / kernel[1]);
      const column = left + (place % kernel[1]);
      if (row < 0 || row >= large[0] || column < 0 || column >= large[1]) continue;
      visit(i, row * large[1] + column, place);
    }
  }
}

const area = (sides: Pair): number => sides[0] * sides[1];
const imageOf = (shape: readonly number[]): Pair => {
  const [, , rows, columns] = sidesOf(shape, 4);
  return [rows, columns];
};

/** Images with their bias in every pixel. */
function biased(shape: readonly number[], bias: Value | undefined): Value {
  const images = zeros(shape);
  if (!bias) return images;
  const [, channels, rows, columns] = sidesOf(shape, 4);
  const biasAt = (i: number): number => numberAt(bias.data, Math.floor(i / (rows * columns)) % channels);
  return { shape, data: images.data.map((_, i) => biasAt(i)) };
}

/** The two ways through a kernel: `weight` is [channels of the small image, channels of the large one, …]. */
function correlate(
  small: readonly number[],
  large: readonly number[],
  weight: Value,
  window: Window,
  visit: (small: number, large: number, weight: number) => void,
): void {
  const [examples, smallChannels] = sidesOf(small, 4);
  const [, largeChannels] = sidesOf(large, 4);
  const [smallSides, largeSides, kernel] = [imageOf(small), imageOf(large), imageOf(weight.shape)];
  for (let n = 0; n < examples; n++) {
    for (let k = 0; k < smallChannels; k++) {
      for (let c = 0; c < largeChannels; c++) {
        const from = (n * smallChannels + k) * area(smallSides);
        const to = (n * largeChannels + c) * area(largeSides);
        const kernelAt = (k * largeChannels + c) * area(kernel);
        walkWindows(smallSides, largeSides, kernel, window, (i, j, place) => visit(from + i, to + j, kernelAt + place));
      }
    }
  }
}

/** Conv in double precision; `shape` is the output's. */
export function convolve(
  [x, weight, bias]: readonly [x: Value, weight: Value, bias?: Value],
  shape: readonly number[],
  window: Window,
): Value {
  const y = biased(shape, bias);
  correlate(shape, x.shape, weight, window, (i, j, at) => {
    y.data[i] = numberAt(y.data, i) + numberAt(x.data, j) * numberAt(weight.data, at);
  });
  return y;
}

/** ConvTranspose in double precision. */
export function convolveTransposed(
  [x, weight, bias]: readonly [x: Value, weight: Value, bias?: Value],
  shape: readonly number[],
  window: Window,
): Value {
  const y = biased(shape, bias);
  correlate(x.shape, shape, weight, window, (i, j, at) => {
    y.data[j] = numberAt(y.data, j) + numberAt(x.data, i) * numberAt(weight.data, at);
  });
  return y;
}

function pool(
  x: Value,
  shape: readonly number[],
  window: Window & { readonly kernel: Pair },
  reduce: (values: number[]) => number,
): Value {
  const [n, channels] = sidesOf(shape, 4);
  const [small, large] = [imageOf(shape), imageOf(x.shape)];
  const y = zeros(shape);
  for (let channel = 0; channel < n * channels; channel++) {
    const windows = Array.from({ length: area(small) }, (): number[] => []);
    walkWindows(small, large, window.kernel, window, (i, j) => {
      windows[i]?.push(numberAt(x.data, channel * area(large) + j));
    });
    y.data.set(windows.map(reduce), channel * area(small));
  }
  return y;
}

/** MaxPool in double precision. */
export function maxPool(x: Value, shape: readonly number[], window: Window & { readonly kernel: Pair }): Value {
  return pool(x, shape, window, (values) => Math.max(...values));
}

/** AveragePool in double precision. */
export function averagePool(x: Value, shape: readonly number[], window: Window & { readonly kernel: Pair }): Value {
  return pool(x, shape, window, (values) => values.reduce((sum, value) => sum + value, 0) / values.length);
}

/** Resize in double precision. */
export function upsample(x: Value, shape: readonly number[], factors: Pair): Value {
  const [rows, columns] = imageOf(shape);
  const [height, width] = imageOf(x.shape);
  const data = zeros(shape).data.map((_, i) => {
    const column = Math.floor((i % columns) / factors[1]);
    const row = Math.floor((Math.floor(i / columns) % rows) / factors[0]);
    const channel = Math.floor(i / (rows * columns));
    return numberAt(x.data, (channel * height + row) * width + column);
  });
  return { shape, data };
}
