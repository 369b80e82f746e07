import { randomBytes } from 'node:crypto';
import { close, open, read, rmSync, write } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { badInput, GargaloError } from '../../core/errors.js';
import { fileProblem } from '../write/write.js';
import type { ByteSource } from './positional.js';

/** A temporary file that bytes are put into and read back from, at any place. */
export interface Spool extends ByteSource {
  /** Open as long as the spool can be reached. */
  readonly descriptor: number;
  append(bytes: Uint8Array): Promise<void>;
  /** Closes it before its time; else that is done once nobody can reach it any more. */
  close(): Promise<void>;
}

const descriptors = { open: promisify(open), read: promisify(read), write: promisify(write), close: promisify(close) };

/** Descriptors of spools that nobody can reach any more. A `FileHandle` would do the same, and complain. */
const lost = new FinalizationRegistry<number>((descriptor) => close(descriptor, () => undefined));

/** Most bytes of one call of the system. */
const CALL_BYTES = 2 ** 30;

/**
 * Takes the name of a temporary file away, so that it is gone with the process however that ends. Windows does not let go of an
 * open file's name: there it is removed at the end of the process, where that has one.
 */
async function forget(path: string): Promise<void> {
  try {
    if (process.platform !== 'win32') return await rm(path);
  } catch {}
  process.once('exit', () => rmSync(path, { force: true }));
}

/**
 * Opens a temporary file, without a name where the system allows that.
 *
 * @param folder where; that of temporary files by default, which the variable TMPDIR names
 * @throws GargaloError `bad-input` where the folder is missing, closed or full; then `append` says how much was wanted
 */
export async function openSpool(folder: string = tmpdir()): Promise<Spool> {
  const place = `temporary file in ${folder}`;
  const problem = (error: unknown, bytes: number): unknown => {
    const told = fileProblem(place, error, 'write');
    if (!(told instanceof GargaloError)) return told;
    const needed =
      bytes > 0 ? `, after ${Math.ceil(bytes / 2 ** 20)} MiB of examples that are more than memory should hold` : '';
    const mend = 'free some space, or name another folder in the variable TMPDIR';
    return badInput(place, `${told.problem}${needed}`, mend, error);
  };
  let descriptor: number;
  try {
    const path = join(folder, `gargalo-${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
    descriptor = await descriptors.open(path, 'wx+', 0o600);
    await forget(path);
  } catch (error) {
    throw problem(error, 0);
  }
  let size = 0;
  const spool: Spool = {
    path: place,
    descriptor,
    get size() {
      return size;
    },
    async append(bytes) {
      for (let done = 0; done < bytes.length; ) {
        const length = Math.min(bytes.length - done, CALL_BYTES);
        try {
          const { bytesWritten } = await descriptors.write(descriptor, bytes, done, length, size);
          done += bytesWritten;
          size += bytesWritten;
        } catch (error) {
          throw problem(error, size);
        }
      }
    },
    async read(at, length) {
      const bytes = new Uint8Array(length);
      await spool.readInto(at, bytes);
      return bytes;
    },
    async readInto(at, bytes) {
      const { length } = bytes;
      for (let done = 0; done < length; ) {
        const wanted = Math.min(length - done, CALL_BYTES);
        const { bytesRead } = await descriptors.read(descriptor, bytes, done, wanted, at + done);
        if (bytesRead === 0)
          throw new GargaloError('internal', place, `expected ${length} bytes at ${at}, got ${done}`);
        done += bytesRead;
      }
    },
    async close() {
      lost.unregister(spool);
      await descriptors.close(descriptor);
    },
  };
  lost.register(spool, descriptor, spool);
  return spool;
}
