import type { WorkOptions } from '../core/work.js';
import { arrayDataset, type Dataset, formOf, type Labels } from './dataset.js';
import type { ExampleStream } from './stream.js';

/** Classes in the order of their names (of their values, where all are numbers), instead of that of their appearance. */
function sortedNames(found: readonly string[]): string[] {
  const isNumber = (name: string) => name.trim() !== '' && Number.isFinite(Number(name));
  return found.every(isNumber) ? found.toSorted((a, b) => Number(a) - Number(b)) : found.toSorted();
}

/** Numbers, kept close together, of which more come. */
function growing<T extends Int32Array | Float64Array>(make: (length: number) => T) {
  let values = make(1024);
  let length = 0;
  return {
    add(value: number): void {
      if (length === values.length) {
        const wider = make(2 * length);
        wider.set(values);
        values = wider;
      }
      values[length++] = value;
    },
    take: () => values.slice(0, length) as T,
  };
}

/** Classes by their names as they come: a number is kept of each example, not its word. */
function collectLabels() {
  const found = new Map<string, number>();
  const values = growing((length) => new Int32Array(length));
  return {
    add(name: string | undefined): void {
      let place = name === undefined ? -1 : found.get(name);
      if (place === undefined) {
        place = found.size;
        found.set(name!, place);
      }
      values.add(place);
    },
    take(): Labels {
      const names = sortedNames([...found.keys()]);
      const places = new Int32Array(names.length);
      for (const [place, name] of names.entries()) places[found.get(name)!] = place;
      return { names, values: values.take().map((value) => (value < 0 ? value : places[value]!)) };
    },
  };
}

/** What examples have beside their values. */
export type GatheredFacts = Pick<Dataset, 'labels' | 'times' | 'names' | 'overlap'>;

/**
 * Walks over a stream, gives away the values of each block, and keeps labels, times and names.
 *
 * @param put takes the values of a block, which may be a view
 * @throws GargaloError as the stream does
 */
export async function gatherFacts(
  stream: ExampleStream,
  put: (values: Uint8Array | Float32Array) => void | Promise<void>,
  { signal, onProgress }: WorkOptions = {},
): Promise<GatheredFacts> {
  const labels = collectLabels();
  const times = growing((length) => new Float64Array(length));
  const names: string[] = [];
  for await (const block of stream.blocks({ signal })) {
    await put(block.values);
    if (block.labels) for (const label of block.labels) labels.add(label);
    if (block.times) for (const time of block.times) times.add(time);
    if (block.names) for (const name of block.names) names.push(name);
    onProgress?.({ done: block.end, ...(stream.length !== undefined && { total: stream.length }) });
  }
  return {
    ...(stream.labelled && { labels: labels.take() }),
    ...(stream.time && { times: { ...stream.time, values: times.take() } }),
    ...(stream.named && { names }),
    ...(stream.overlap !== undefined && { overlap: stream.overlap }),
  };
}

/** Values of blocks one after the other, as a data set of the form of a stream. */
export function datasetOfParts(
  parts: readonly (Uint8Array | Float32Array)[],
  stream: ExampleStream,
  facts: GatheredFacts,
): Dataset {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const values = stream.type === 'uint8' ? new Uint8Array(size) : new Float32Array(size);
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return arrayDataset(values, { ...formOf(stream), ...facts });
}

/** Reads a stream to its end into memory. */
export async function collectInMemory(stream: ExampleStream, work: WorkOptions = {}): Promise<Dataset> {
  const parts: (Uint8Array | Float32Array)[] = [];
  const facts = await gatherFacts(stream, (values) => void parts.push(values.slice()), work);
  return datasetOfParts(parts, stream, facts);
}
