import type { WorkOptions } from '../core/work.js';
import { type Dataset, exampleSize, formOf, type Values } from './dataset.js';
import { elementsOf } from './elements.js';
import { datasetOfParts, type GatheredFacts, gatherFacts } from './gather.js';
import { LARGE_BYTES } from './large.js';
import { positionalDataset } from './read/positional.js';
import { openSpool, type Spool } from './read/spool.js';
import type { ExampleStream } from './stream.js';
import { isOpen } from './table/schema.js';

/** What {@link collect} may be told. */
export interface CollectOptions extends WorkOptions {
  /** Examples of more bytes than this are kept in a temporary file; 256 MiB by default. */
  readonly memoryBytes?: number;
  /** Where that is; the folder of temporary files by default, which the variable TMPDIR names. */
  readonly folder?: string;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Values) => new Uint8Array(buffer, byteOffset, byteLength);

/**
 * Reads a stream to its end and keeps the examples, so that they can be read in any order: in memory, and beyond a limit in a
 * temporary file, as the numbers that they are. The file has no name and is gone with the process, however that ends. Labels and
 * times stay in memory.
 *
 * @throws GargaloError as the stream does; `bad-input` where the disk is full
 */
export async function collect(stream: ExampleStream, options: CollectOptions = {}): Promise<Dataset> {
  const { memoryBytes = LARGE_BYTES, folder, ...work } = options;
  let parts: Values[] = [];
  let spool: Spool | undefined;
  let size = 0;
  const put = async (values: Values): Promise<void> => {
    size += values.length;
    if (!spool && size * values.BYTES_PER_ELEMENT > memoryBytes) {
      spool = await openSpool(folder);
      for (const part of parts) await spool.append(bytesOf(part));
      parts = [];
    }
    if (spool) await spool.append(bytesOf(values));
    else parts.push(values.slice());
  };
  let facts: GatheredFacts;
  try {
    // training data, of which NaN says as much: their cells would fill the memory that the file saves
    const isTraining = stream.table !== undefined && isOpen(stream.table);
    facts = await gatherFacts(stream, put, { ...work, keepsCells: () => !(spool && isTraining) });
  } catch (error) {
    await spool?.close();
    throw error;
  }
  if (!spool) return datasetOfParts(parts, stream, facts);
  const elements = elementsOf(stream.type === 'uint8' ? 'u1' : 'f4')!;
  const length = size / exampleSize(stream);
  // what the stream gave was looked over; cells may be missing
  const place = { source: spool, offset: 0, length, elements, isChecked: true };
  return { ...positionalDataset({ ...formOf(stream), ...place }), ...facts };
}
