import { arrayDataset, type Dataset, formOf, type Labels } from './dataset.js';
import type { ExampleStream } from './stream.js';
import type { WorkOptions } from './work.js';

/** Classes in the order of their names (of their values, where all are numbers), instead of that of their appearance. */
function sortedNames(found: readonly string[]): string[] {
  const isNumber = (name: string) => name.trim() !== '' && Number.isFinite(Number(name));
  return found.every(isNumber) ? found.toSorted((a, b) => Number(a) - Number(b)) : found.toSorted();
}

function labelsOf(texts: readonly (string | undefined)[]): Labels {
  const names = sortedNames([...new Set(texts.filter((text) => text !== undefined))]);
  const place = new Map(names.map((name, i) => [name, i]));
  return { names, values: Int32Array.from(texts, (text) => (text === undefined ? -1 : place.get(text)!)) };
}

/**
 * Reads a stream to its end and keeps the examples, so that they can be read in any order.
 *
 * @throws GargaloError as the stream does
 */
export async function collect(stream: ExampleStream, { signal, onProgress }: WorkOptions = {}): Promise<Dataset> {
  const parts: (Uint8Array | Float32Array)[] = [];
  const labels: (string | undefined)[] = [];
  const times: number[] = [];
  const names: string[] = [];
  let size = 0;
  for await (const block of stream.blocks({ signal })) {
    parts.push(block.values.slice());
    size += block.values.length;
    if (block.labels) for (const label of block.labels) labels.push(label);
    if (block.times) for (const time of block.times) times.push(time);
    if (block.names) for (const name of block.names) names.push(name);
    onProgress?.({ done: block.end, ...(stream.length !== undefined && { total: stream.length }) });
  }
  const values = stream.type === 'uint8' ? new Uint8Array(size) : new Float32Array(size);
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return arrayDataset(values, {
    ...formOf(stream),
    ...(stream.labelled && { labels: labelsOf(labels) }),
    ...(stream.time && { times: { ...stream.time, values: Float64Array.from(times) } }),
    ...(stream.named && { names }),
    ...(stream.overlap !== undefined && { overlap: stream.overlap }),
  });
}
