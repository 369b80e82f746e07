import { createRandom, permutation, type Random } from '../core/random.js';
import { stopWhereAborted, type WorkOptions } from '../core/work.js';
import { arrayDataset, type Dataset, exampleSize, formOf } from './dataset.js';
import { type ExampleSource, type ExampleStream, isDataset } from './stream.js';

/** Examples anywhere in a data set, each read by itself; of windows that overlap none that share a step. */
async function drawn(dataset: Dataset, most: number, random: Random, signal: WorkOptions['signal']): Promise<Dataset> {
  const apart = 1 + (dataset.overlap ?? 0);
  const places = permutation(Math.ceil(dataset.length / apart), random)
    .subarray(0, most)
    .sort();
  const size = exampleSize(dataset);
  const values = new Float32Array(places.length * size);
  for (const [i, place] of places.entries()) {
    stopWhereAborted(signal, dataset.name);
    values.set(await dataset.block(place * apart, place * apart + 1), i * size);
  }
  return arrayDataset(dataset.type === 'uint8' ? Uint8Array.from(values) : values, formOf(dataset));
}

/** Examples of a stream, each of all that came as likely as any other (Vitter 1985, algorithm R). */
async function reservoir(stream: ExampleStream, most: number, random: Random, signal: WorkOptions['signal']) {
  const size = exampleSize(stream);
  const kept = new Float32Array(most * size);
  let seen = 0;
  for await (const { start, end, values } of stream.blocks({ signal })) {
    for (let i = 0; i < end - start; i++, seen++) {
      const place = seen < most ? seen : random.integer(seen + 1);
      if (place < most) kept.set(values.subarray(i * size, (i + 1) * size), place * size);
    }
  }
  const values = kept.subarray(0, Math.min(seen, most) * size);
  return arrayDataset(stream.type === 'uint8' ? Uint8Array.from(values) : values, formOf(stream));
}

/**
 * At most so many examples, drawn at random and kept in memory, for figures that need no more. Streams are read to their end. Classes,
 * times and names are left out.
 */
export async function randomSample(
  source: ExampleSource,
  most: number,
  { seed = 0, signal }: { readonly seed?: number } & Pick<WorkOptions, 'signal'> = {},
): Promise<Dataset> {
  const random = createRandom(seed, 'random-sample');
  return isDataset(source) ? drawn(source, most, random, signal) : reservoir(source, most, random, signal);
}
