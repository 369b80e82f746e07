// What a training is told of its data before the network is settled.
import { itemAt } from '../core/collections.js';
import { several } from '../core/format.js';
import { type Dataset, exampleSize } from '../data/dataset.js';
import { sampleDataset } from '../data/runs.js';
import { applyScaling, fitScaling, type Scaling, type ScalingMethod } from '../data/scaling.js';
import type { InputDescription, Kind, SocketValues } from '../models/kind.js';
import { fitPca } from '../models/pca.js';
import type { Specification } from '../models/specification.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import { type DataDescription, wantsUnexplained } from './recipe.js';

/** The form of examples with their scaling, by a method, and whether that brings them to 0 … 1. */
export async function describeInput(dataset: Dataset, method: ScalingMethod, seed: number): Promise<InputDescription> {
  const scaling = await fitScaling(method, dataset, seed);
  const { shape, sequence, table } = dataset;
  const form = { shape, ...(sequence && { sequence }), ...(table && { table }) };
  if (method === 'bytes' || method === 'min-max') return { ...form, scaling, bounded: true };
  if (method === 'standard' || method === 'robust') return { ...form, scaling, bounded: false };
  const { offset, scale } = await fitScaling('min-max', dataset);
  const bounded = offset.every((low, i) => low >= 0 && low + 1 / scale[i]! <= 1 + 1e-6);
  return { ...form, scaling, bounded };
}

/** Half of what a byte holds. */
export const HALF_A_BYTE = 128;

/** Whether rows of bytes are small numbers, such as counts and levels, and no brightness: all below 128. */
export async function holdsSmallNumbers(data: Dataset): Promise<boolean> {
  if (data.shape.length > 1) return false;
  const { offset, scale } = await fitScaling('min-max', data);
  return offset.every((low, i) => low + 1 / scale[i]! < HALF_A_BYTE);
}

/** Examples that the variance beyond a code's width is measured on. */
const PCA_SAMPLE = 5000;

/** What a recipe wants to know of the data. */
export async function describeData(
  train: Dataset,
  input: InputDescription,
  kind: Kind,
  values: SocketValues,
  { runtime, signal }: { readonly runtime?: () => Promise<RuntimeOptions>; readonly signal?: AbortSignal | undefined },
): Promise<DataDescription> {
  const { length, overlap } = train;
  const data = { ...input, examples: length, ...(overlap && { overlap }) };
  if (!wantsUnexplained(input, kind, { ...values })) return data;
  const size = exampleSize(train);
  const { width } = kind.specify(input, { code: values.code }).code;
  if (width >= size) return data;
  const sample = length > PCA_SAMPLE ? sampleDataset(train, PCA_SAMPLE) : train;
  const { variances, totalVariance } = await fitPca(sample, {
    width,
    ...{ scaling: input.scaling, signal },
    ...(runtime && { runtime: await runtime() }),
  });
  const explained = variances.slice(0, width).reduce((sum, variance) => sum + variance, 0);
  return { ...data, unexplained: Math.max(0, totalVariance - explained) / (size - width) };
}

/** Lets a model know how its examples came about: windows, pictures; the columns where they have names and not just positions. */
export function withNames(specification: Specification, data: Dataset): Specification {
  const { columns, sequence, picture, roles } = data;
  const named = columns?.some((name, i) => name !== String(i + 1));
  const input = {
    ...specification.input,
    ...(sequence && { sequence }),
    ...(named && { columns }),
    ...(picture && { picture }),
    ...(roles && { roles }),
  };
  return { ...specification, input };
}

/** Beyond 0 … 1 by less than this is rounding. */
const RANGE_SLACK = 1e-4;

/** How many values of an example go beyond 0 … 1 somewhere, in words; undefined where none does. */
export async function beyondRange(data: Dataset, scaling: Scaling): Promise<string | undefined> {
  const { offset: low, scale } = (await describeInput(data, 'min-max', 0)).scaling;
  const ends = [low, low.map((value, i) => value + 1 / itemAt(scale, i))].map((values) =>
    applyScaling(Float32Array.from(values), scaling),
  );
  const [lowest, highest] = [itemAt(ends, 0), itemAt(ends, 1)];
  const beyond = lowest.filter((value, i) => value < -RANGE_SLACK || (highest[i] ?? 0) > 1 + RANGE_SLACK).length;
  return beyond === 0 ? undefined : several(beyond, 'value');
}
