import { badInput } from '../core/errors.js';
import { type Dataset, exampleSize, featureCount } from './dataset.js';
import { quantiles } from './quantiles.js';
import { ahead, readBlocks } from './stream.js';
import { numericFeatures, tableWidth } from './table/schema.js';

/** The ways to bring data to the range a network works in. */
export const scalingMethods = ['none', 'bytes', 'min-max', 'standard', 'robust'] as const;

/**
 * 'bytes': 0…255 to 0…1 · 'min-max': each feature to 0…1 · 'standard': each feature to mean 0 and deviation 1 · 'robust':
 * each feature to median 0 and interquartile range 1, which a few wild values do not move. What is 0 or 1 by its nature
 * (booleans, levels of a category) stays so in all of them.
 */
export type ScalingMethod = (typeof scalingMethods)[number];

/**
 * A scaling as plain JSON: scaled = (x − offset) · scale. Both lists have one entry, the same for all features, or one entry
 * per feature (in row-major order of the example's shape); of a sequence, one per column, which holds at every time step.
 */
export interface Scaling {
  readonly method: ScalingMethod;
  readonly offset: readonly number[];
  /** Never 0 and never infinite. */
  readonly scale: readonly number[];
}

/** The position of the first value that is NaN or infinite; −1 where there is none. */
export function firstNotFinite(values: Float32Array): number {
  // An exponent of ones makes the highest bit; without a branch for each value this takes less than half the time of a comparison.
  const words = new Int32Array(values.buffer, values.byteOffset, values.length);
  const beyond = (i: number): number => (words[i]! & 0x7fffffff) + 0x800000;
  const whole = words.length & ~3;
  let any = 0;
  for (let i = 0; i < whole; i += 4) any |= beyond(i) | beyond(i + 1) | beyond(i + 2) | beyond(i + 3);
  for (let i = whole; i < words.length; i++) any |= beyond(i);
  return any < 0 ? values.findIndex((value) => !Number.isFinite(value)) : -1;
}

/**
 * Refuses NaN and infinity, naming row and column, both counted from 1.
 *
 * @param values rows of `size` numbers
 * @param firstRow the number of rows before these
 * @param columns the names to use instead of positions
 * @param given what they were before they were rounded to 32 bits
 */
export function refuseNotFinite(
  values: Float32Array,
  where: string,
  size: number,
  firstRow = 0,
  columns?: readonly string[],
  given: ArrayLike<number> = values,
): void {
  const i = firstNotFinite(values);
  if (i < 0) return;
  const column = columns ? `"${columns[i % columns.length]}"` : (i % size) + 1;
  const place = `${where}, row ${firstRow + Math.floor(i / size) + 1}, column ${column}`;
  throw badInput(place, `expected a finite 32-bit number, got ${given[i]}`, 'fill it in or drop the row');
}

/** 1/width, or 1 where the width is 0 or so small that its inverse is no 32-bit float: nothing may divide by zero later. */
function inverse(width: number): number {
  const scale = 1 / width;
  return Number.isFinite(Math.fround(scale)) && Math.fround(scale) > 0 ? scale : 1;
}

/** Values with a scale of their own: all columns, but one for all pixels of images of 16 bits and of floats, whose range is shared. */
const scaledApart = (dataset: Dataset): number => (dataset.picture?.depth ? 1 : featureCount(dataset));

async function fitMinMax(dataset: Dataset): Promise<Scaling> {
  const size = scaledApart(dataset);
  const low = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(size).fill(Number.NEGATIVE_INFINITY);
  await eachRow(dataset, (values, at) => {
    for (let j = 0; j < size; j++) {
      const value = values[at + j]!;
      if (value < low[j]!) low[j] = value;
      if (value > high[j]!) high[j] = value;
    }
  });
  const scale = Array.from(high, (top, j) => inverse(top - low[j]!));
  return { method: 'min-max', offset: [...low], scale };
}

/** Mean and deviation in one pass (Welford 1962); the deviation divides by the number of examples. */
async function fitStandard(dataset: Dataset): Promise<Scaling> {
  const size = scaledApart(dataset);
  const mean = new Float64Array(size);
  const squares = new Float64Array(size);
  let seen = 0;
  await eachRow(dataset, (values, at) => {
    seen++;
    for (let j = 0; j < size; j++) {
      const value = values[at + j]!;
      const before = value - mean[j]!;
      const now = mean[j]! + before / seen;
      mean[j] = now;
      squares[j] = squares[j]! + before * (value - now);
    }
  });
  return { method: 'standard', offset: [...mean], scale: Array.from(squares, (sum) => inverse(Math.sqrt(sum / seen))) };
}

/** Data so many times as wide as their middle half would be scaled to numbers whose squares are no 32-bit floats. */
const WIDEST = 2 ** 60;

/**
 * The median to 0, the range of the middle half to 1. Where most values are one and the same, or as good as that, what all
 * values span is taken instead.
 */
async function fitRobust(dataset: Dataset, seed: number): Promise<Scaling> {
  await eachRow(dataset, () => undefined);
  const found = await quantiles(dataset, [0, 0.25, 0.5, 0.75, 1], seed);
  const width = ([low, first, , third, high]: readonly number[]) => {
    const [all, half] = [high! - low!, third! - first!];
    return all < half * WIDEST ? half : all;
  };
  return {
    method: 'robust',
    offset: found.map(([, , middle]) => middle!),
    scale: found.map((quantiles) => inverse(width(quantiles))),
  };
}

/** Leaves alone what is 0 or 1 by its nature. */
function onlyNumbers(scaling: Scaling, { table }: Dataset): Scaling {
  if (!table) return scaling;
  const isNumber = numericFeatures(table);
  if (isNumber.every(Boolean)) return scaling;
  const { offset, scale } = scaling;
  return {
    ...scaling,
    offset: isNumber.map((scaled, j) => (scaled ? offset[j % offset.length]! : 0)),
    scale: isNumber.map((scaled, j) => (scaled ? scale[j % scale.length]! : 1)),
  };
}

/** Visits every example, or every time step of it. */
async function eachRow(dataset: Dataset, visit: (values: Uint8Array | Float32Array, at: number) => void) {
  const [size, step] = [exampleSize(dataset), scaledApart(dataset)];
  for await (const { values, start } of ahead(readBlocks(dataset))) {
    if (values instanceof Float32Array) refuseNotFinite(values, dataset.name, size, start, dataset.columns);
    for (let at = 0; at < values.length; at += step) visit(values, at);
  }
}

async function fitMethod(method: ScalingMethod, dataset: Dataset, seed: number): Promise<Scaling> {
  switch (method) {
    case 'none':
      return { method, offset: [0], scale: [1] };
    case 'bytes':
      if (dataset.picture?.depth) {
        const problem = 'expected bytes for the scaling bytes, got images of more than 8 bits a channel';
        throw badInput(dataset.name, problem, '`scaling: "min-max"`, or `depth: "8"`');
      }
      return { method, offset: [0], scale: [1 / 255] };
    case 'min-max':
      return fitMinMax(dataset);
    case 'standard':
      return fitStandard(dataset);
    case 'robust':
      return fitRobust(dataset, seed);
    default:
      throw badInput('scaling', `expected ${scalingMethods.join(', ')}, got ${JSON.stringify(method)}`);
  }
}

/**
 * Finds the scaling of a data set, walking over its blocks, in 64-bit floats. Constant features are moved to 0 and not
 * stretched; booleans and levels of categories are left as they are. Of sequences each column is scaled as a whole, all time
 * steps alike.
 *
 * @param seed of the sample that 'robust' takes of large data
 * @throws GargaloError `bad-input` for an unknown method, no examples, NaN or infinity ('none' and 'bytes' do not look at the
 *   values)
 */
export async function fitScaling(method: ScalingMethod, dataset: Dataset, seed = 0): Promise<Scaling> {
  if (dataset.length === 0) throw badInput(dataset.name, 'expected at least one example to scale by, got none');
  if (dataset.table && tableWidth(dataset.table) !== featureCount(dataset)) {
    throw badInput(
      dataset.name,
      `expected ${tableWidth(dataset.table)} features, as its table says, got ${featureCount(dataset)}`,
    );
  }
  return onlyNumbers(await fitMethod(method, dataset, seed), dataset);
}

function checkWidth(values: ArrayLike<number>, { offset, scale }: Scaling, out: Float32Array): void {
  if (offset.length !== scale.length || offset.length === 0 || values.length % offset.length !== 0) {
    const got = `${values.length} values, ${offset.length} offsets and ${scale.length} scales`;
    throw badInput('scaling', `expected whole examples of ${offset.length} features, got ${got}`);
  }
  if (out.length !== values.length) {
    throw badInput('scaling', `expected room for ${values.length} values, got ${out.length}`);
  }
}

/**
 * (x − offset) · scale for whole examples.
 *
 * @param values examples, row-major
 * @param out where the result goes, a new array by default; `values` itself to scale in place
 * @throws GargaloError `bad-input` where the values are no whole number of examples
 */
export function applyScaling(
  values: Uint8Array | Float32Array,
  scaling: Scaling,
  out: Float32Array = new Float32Array(values.length),
): Float32Array {
  checkWidth(values, scaling, out);
  const { offset, scale } = scaling;
  for (let i = 0, j = 0; i < values.length; i++) {
    out[i] = (values[i]! - offset[j]!) * scale[j]!;
    if (++j === offset.length) j = 0;
  }
  return out;
}

/** x / scale + offset: what {@link applyScaling} did, undone; the same parameters and errors. */
export function undoScaling(
  values: Float32Array,
  scaling: Scaling,
  out: Float32Array = new Float32Array(values.length),
): Float32Array {
  checkWidth(values, scaling, out);
  const { offset, scale } = scaling;
  for (let i = 0, j = 0; i < values.length; i++) {
    out[i] = values[i]! / scale[j]! + offset[j]!;
    if (++j === offset.length) j = 0;
  }
  return out;
}
