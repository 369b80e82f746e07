import { type FileHandle, open } from 'node:fs/promises';
import { badInput } from '../../core/errors.js';
import { type Dataset, type ExampleForm, exampleSize, type Values } from '../dataset.js';
import type { Elements } from '../elements.js';
import { refuseNotFinite } from '../scaling.js';
import { fileProblem } from '../write/write.js';

/** Bytes that can be read at any place. */
export interface ByteSource {
  /** What a person calls them, in errors. */
  readonly path: string;
  readonly size: number;
  /** Exactly so many bytes, in memory of their own. */
  read(at: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** As many bytes as there is room for. */
  readInto(at: number, into: Uint8Array): Promise<void>;
}

/** Fills memory from a place in a file; a call of the system reads at most 2 GiB. */
async function fill(file: FileHandle, at: number, bytes: Uint8Array): Promise<number> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, Math.min(bytes.length - done, 2 ** 30), at + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

/**
 * A file to read at any place. It is opened for each reading: so nothing has to be closed in the end, and a file that was changed
 * meanwhile is found out.
 *
 * @throws GargaloError `bad-input` where it is missing or closed; in a reading, where it changed or ends before
 */
export async function openBytes(path: string): Promise<ByteSource> {
  const withFile = async <T>(work: (file: FileHandle) => Promise<T>): Promise<T> => {
    try {
      const file = await open(path);
      try {
        return await work(file);
      } finally {
        await file.close();
      }
    } catch (error) {
      throw fileProblem(path, error, 'read');
    }
  };
  const { size, mtimeMs } = await withFile((file) => file.stat());
  const readInto = (at: number, into: Uint8Array): Promise<void> =>
    withFile(async (file) => {
      const now = await file.stat();
      if (now.size !== size || now.mtimeMs !== mtimeMs || (await fill(file, at, into)) < into.length) {
        throw badInput(path, 'expected the file as it was opened, got it changed meanwhile', 'start again');
      }
    });
  return {
    path,
    size,
    readInto,
    async read(at, length) {
      const bytes = new Uint8Array(length);
      await readInto(at, bytes);
      return bytes;
    },
  };
}

/** What {@link positionalDataset} needs to know of the bytes. */
export interface ValuesPlace extends Omit<ExampleForm, 'type'> {
  readonly source: ByteSource;
  /** Where the values of the first example begin. */
  readonly offset: number;
  readonly length: number;
  readonly elements: Elements;
  /** Values are not looked at once more: NaN and infinity come as they are. */
  readonly isChecked?: boolean;
}

/** Examples that lie one after another in a file and are read where they lie, block by block. */
export function positionalDataset({ source, offset, length, elements, isChecked, ...form }: ValuesPlace): Dataset {
  const size = exampleSize(form);
  const bytes = size * elements.bytes;
  const block: Dataset['block'] = async (start, end, into) => {
    const at = offset + start * bytes;
    const read = async (): Promise<Values> => {
      if (!into || !elements.asTheyAre) return elements.read(await source.read(at, Math.max(0, end - start) * bytes));
      await source.readInto(at, new Uint8Array(into.buffer, into.byteOffset, into.byteLength));
      return into;
    };
    const values = await read();
    if (values instanceof Float32Array && !isChecked) refuseNotFinite(values, source.path, size, start, form.columns);
    return values;
  };
  return { ...form, type: elements.type, length, block };
}
