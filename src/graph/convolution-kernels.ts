import type { Value } from './evaluate.js';

type Pair = readonly [number, number];
interface Window {
  readonly strides: Pair;
  readonly pads: readonly [number, number, number, number];
}

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

const sidesOf = (shape: readonly number[]): Pair => [shape[2]!, shape[3]!];
const area = (sides: Pair): number => sides[0] * sides[1];

/** An image with its bias in every pixel. */
function biased(shape: readonly number[], bias: Value | undefined): Float64Array {
  const pixels = area(sidesOf(shape));
  const channels = shape[1]!;
  const data = new Float64Array(shape[0]! * channels * pixels);
  if (bias) for (let i = 0; i < data.length; i++) data[i] = bias.data[Math.floor(i / pixels) % channels]!;
  return data;
}

/** The two ways through a kernel: `weight` is [channels of the small image, channels of the large one, …]. */
function correlate(
  small: readonly number[],
  large: readonly number[],
  weight: Value,
  window: Window,
  visit: (small: number, large: number, weight: number) => void,
): void {
  const [smallSides, largeSides, kernel] = [sidesOf(small), sidesOf(large), sidesOf(weight.shape)];
  for (let n = 0; n < small[0]!; n++) {
    for (let k = 0; k < small[1]!; k++) {
      for (let c = 0; c < large[1]!; c++) {
        const from = (n * small[1]! + k) * area(smallSides);
        const to = (n * large[1]! + c) * area(largeSides);
        const kernelAt = (k * large[1]! + c) * area(kernel);
        walkWindows(smallSides, largeSides, kernel, window, (i, j, place) => visit(from + i, to + j, kernelAt + place));
      }
    }
  }
}

/** Conv in double precision; `shape` is the output's. */
export function convolve(
  x: Value,
  weight: Value,
  bias: Value | undefined,
  shape: readonly number[],
  window: Window,
): Value {
  const data = biased(shape, bias);
  correlate(shape, x.shape, weight, window, (i, j, at) => {
    data[i]! += x.data[j]! * weight.data[at]!;
  });
  return { shape, data };
}

/** ConvTranspose in double precision. */
export function convolveTransposed(
  x: Value,
  weight: Value,
  bias: Value | undefined,
  shape: readonly number[],
  window: Window,
): Value {
  const data = biased(shape, bias);
  correlate(x.shape, shape, weight, window, (i, j, at) => {
    data[j]! += x.data[i]! * weight.data[at]!;
  });
  return { shape, data };
}

function pool(
  x: Value,
  shape: readonly number[],
  window: Window & { readonly kernel: Pair },
  reduce: (values: number[]) => number,
): Value {
  const [small, large] = [sidesOf(shape), sidesOf(x.shape)];
  const data = new Float64Array(shape[0]! * shape[1]! * area(small));
  for (let channel = 0; channel < shape[0]! * shape[1]!; channel++) {
    const windows: number[][] = Array.from({ length: area(small) }, () => []);
    walkWindows(small, large, window.kernel, window, (i, j) => {
      windows[i]!.push(x.data[channel * area(large) + j]!);
    });
    for (const [i, values] of windows.entries()) data[channel * area(small) + i] = reduce(values);
  }
  return { shape, data };
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
  const [rows, columns] = sidesOf(shape);
  const data = new Float64Array(shape[0]! * shape[1]! * rows * columns);
  for (let i = 0; i < data.length; i++) {
    const column = Math.floor((i % columns) / factors[1]);
    const row = Math.floor((Math.floor(i / columns) % rows) / factors[0]);
    const channel = Math.floor(i / (rows * columns));
    data[i] = x.data[(channel * x.shape[2]! + row) * x.shape[3]! + column]!;
  }
  return { shape, data };
}
