import { arrayDataset, type Dataset, exampleSize, formOf, type Labels } from './dataset.js';
import { elementsOf } from './elements.js';
import { LARGE_BYTES } from './large.js';
import { positionalDataset } from './positional.js';
import { openSpool, type Spool } from './spool.js';
import type { ExampleStream } from './stream.js';
import type { WorkOptions } from './work.js';

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

/** What {@link collect} may be told. */
export interface CollectOptions extends WorkOptions {
  /** Examples of more bytes than this are kept in a temporary file; 256 MiB by default. */
  readonly memoryBytes?: number;
  /** Where that is; the folder of temporary files by default, which the variable TMPDIR names. */
  readonly folder?: string;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint8Array | Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/**
 * Reads a stream to its end and keeps the examples, so that they can be read in any order: in memory, and beyond a limit in a
 * temporary file, as the numbers that they are. The file has no name and is gone with the process, however that ends. Labels and
 * times stay in memory.
 *
 * @throws GargaloError as the stream does; `bad-input` where the disk is full
 */
export async function collect(stream: ExampleStream, options: CollectOptions = {}): Promise<Dataset> {
  const { signal, onProgress, memoryBytes = LARGE_BYTES, folder } = options;
  let parts: (Uint8Array | Float32Array)[] = [];
  let spool: Spool | undefined;
  const labels = collectLabels();
  const times = growing((length) => new Float64Array(length));
  const names: string[] = [];
  let size = 0;
  try {
    for await (const block of stream.blocks({ signal })) {
      size += block.values.length;
      if (!spool && size * block.values.BYTES_PER_ELEMENT > memoryBytes) {
        spool = await openSpool(folder);
        for (const part of parts) await spool.append(bytesOf(part));
        parts = [];
      }
      if (spool) await spool.append(bytesOf(block.values));
      else parts.push(block.values.slice());
      if (block.labels) for (const label of block.labels) labels.add(label);
      if (block.times) for (const time of block.times) times.add(time);
      if (block.names) for (const name of block.names) names.push(name);
      onProgress?.({ done: block.end, ...(stream.length !== undefined && { total: stream.length }) });
    }
  } catch (error) {
    await spool?.close();
    throw error;
  }
  const kept = {
    ...(stream.labelled && { labels: labels.take() }),
    ...(stream.time && { times: { ...stream.time, values: times.take() } }),
    ...(stream.named && { names }),
    ...(stream.overlap !== undefined && { overlap: stream.overlap }),
  };
  if (spool) {
    const elements = elementsOf(stream.type === 'uint8' ? 'u1' : 'f4')!;
    const length = size / exampleSize(stream);
    // what the stream gave was looked over; cells may be missing
    const place = { source: spool, offset: 0, length, elements, isChecked: true };
    return { ...positionalDataset({ ...formOf(stream), ...place }), ...kept };
  }
  const values = stream.type === 'uint8' ? new Uint8Array(size) : new Float32Array(size);
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return arrayDataset(values, { ...formOf(stream), ...kept });
}
