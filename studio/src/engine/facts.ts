// What a page is told of a data set, and the examples that it looks at.
import type { Dataset } from 'gargalo';
import type { DataFacts, Form, Sample } from './protocol.js';

/** Examples that are looked at while a network learns. */
const LOOKED_AT = 1000;

function formOf({ shape, columns, sequence }: Dataset): Form {
  const [first = 1, second = 1, third = 1] = shape;
  if (sequence) return { type: 'series', steps: first, values: second };
  if (shape.length === 2) return { type: 'picture', height: first, width: second, channels: 1 };
  if (shape.length === 3) return { type: 'picture', height: first, width: second, channels: third === 3 ? 3 : 1 };
  if (first === 2 || first === 3) return { type: 'point', axes: first };
  return { type: 'row', columns: columns ?? Array.from({ length: first }, (_, i) => `${i + 1}`) };
}

/** Examples from all over the data, in order. */
export async function sampleOf(data: Dataset): Promise<Sample> {
  const count = Math.min(LOOKED_AT, data.length);
  const size = data.shape.reduce((product, side) => product * side, 1);
  const values = new Float32Array(count * size);
  const labels = new Int32Array(data.labels ? count : 0);
  for (let i = 0; i < count; i++) {
    const at = Math.floor((i * data.length) / count);
    values.set(await data.block(at, at + 1), i * size);
    if (data.labels) labels[i] = data.labels.values[at] ?? -1;
  }
  return { count, values, labels };
}

export async function factsOf(data: Dataset, sample: Sample): Promise<DataFacts> {
  const form = formOf(data);
  const features = form.type === 'row' || form.type === 'point' ? (data.shape[0] ?? 1) : 1;
  const low = new Array<number>(features).fill(Number.POSITIVE_INFINITY);
  const high = new Array<number>(features).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < sample.values.length; i++) {
    const [value, k] = [sample.values[i] ?? 0, i % features];
    low[k] = Math.min(low[k] ?? value, value);
    high[k] = Math.max(high[k] ?? value, value);
  }
  const isBytes = data.type === 'uint8';
  return {
    name: data.name,
    examples: data.length,
    shape: data.shape,
    form,
    classes: data.labels?.names ?? [],
    low: isBytes ? [0] : low,
    high: isBytes ? [255] : high,
  };
}
