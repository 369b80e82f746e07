import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { badInput } from '../../core/errors.js';

/** What the operating system says about a path, in words: [what was wrong, the mend]. */
const problems: Readonly<Record<string, readonly [string, string]>> = {
  EACCES: ['permission denied', 'change its permissions or choose another place'],
  EPERM: ['permission denied', 'change its permissions or choose another place'],
  ENOSPC: ['the disk is full', 'free some space or choose another disk'],
  EDQUOT: ['your share of the disk is used up', 'free some space or choose another disk'],
  EROFS: ['the disk is read-only', 'choose another place'],
  EISDIR: ['expected a file, got a folder', 'name a file'],
  ENOTDIR: ['expected a folder on the way to it, got a file', 'check the path'],
  EEXIST: ['expected a folder, got a file', 'choose another name'],
  ENAMETOOLONG: ['the name is too long', 'choose a shorter one'],
  ERR_FS_FILE_TOO_LARGE: ['the file is larger than 2 GiB', 'split it'],
};

/**
 * Turns an error of the file system into a `bad-input` that names the path and the mend; any other error comes back as it is.
 *
 * @example await readFile(path).catch((error) => { throw fileProblem(path, error, 'read'); });
 */
export function fileProblem(path: string, error: unknown, doing: 'read' | 'write'): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  if (code === 'ENOENT') {
    return doing === 'read'
      ? badInput(path, 'expected a file, got nothing of that name', 'check the path', error)
      : badInput(path, `expected the folder ${dirname(path)}, got nothing of that name`, 'create it first', error);
  }
  const known = problems[code];
  if (known) return badInput(path, `cannot ${doing}: ${known[0]}`, known[1], error);
  return 'syscall' in error ? badInput(path, `cannot ${doing}: ${error.message}`, undefined, error) : error;
}

/** Temporary files being written now, so that two writers of one path in one process keep out of each other's way. */
const temporaries = new Set<string>();

/** A file in the making, which takes the place of another one when it is finished. */
export interface Replacement {
  /** The temporary file, open for writing and reading back. */
  readonly file: FileHandle;
  /** Flushes it to the disk and gives it its name. */
  commit(): Promise<void>;
  /** Removes it: what was there before stays. Does nothing after either of both. */
  discard(): Promise<void>;
}

/**
 * Begins a file that replaces another at once: it is written as a temporary file of the same folder, flushed to the disk and renamed
 * over `path`. Whoever reads `path` sees the old file or the new one, never half of it.
 *
 * @throws GargaloError `bad-input` where the folder is missing, full or closed, or `path` is a folder or a device
 */
export async function openReplacement(path: string): Promise<Replacement> {
  const wanted = join(dirname(path), `.${basename(path)}.${process.pid}`);
  let temporary = `${wanted}.tmp`;
  for (let n = 2; temporaries.has(temporary); n++) temporary = `${wanted}-${n}.tmp`;
  temporaries.add(temporary);
  const begin = async (): Promise<FileHandle> => {
    const there = await stat(path).catch(() => undefined);
    if (there?.isDirectory()) throw badInput(path, 'expected a file to write, got a folder', 'name a file in it');
    // renaming over /dev/null would remove the device
    if (there && !there.isFile()) throw badInput(path, 'expected a file to write, got a device or pipe', 'name a file');
    return open(temporary, 'w+');
  };
  const file = await begin().catch((error: unknown) => {
    temporaries.delete(temporary);
    throw fileProblem(path, error, 'write');
  });
  let ended = false;
  const discard = async (): Promise<void> => {
    if (ended) return;
    ended = true;
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined);
    temporaries.delete(temporary);
  };
  return {
    file,
    discard,
    async commit() {
      try {
        await file.sync();
        await file.close();
        await rename(temporary, path);
        ended = true;
        temporaries.delete(temporary);
      } catch (error) {
        await discard();
        throw fileProblem(path, error, 'write');
      }
    },
  };
}

/**
 * Replaces a file at once: `fill` writes it, and a failure leaves the old one; see {@link openReplacement}.
 *
 * @throws GargaloError as that does
 */
export async function replaceFile<T>(path: string, fill: (file: FileHandle) => Promise<T>): Promise<T> {
  const replacement = await openReplacement(path);
  let filled: T;
  try {
    filled = await fill(replacement.file);
  } catch (error) {
    await replacement.discard();
    throw fileProblem(path, error, 'write');
  }
  await replacement.commit();
  return filled;
}

/** Writes a whole file at once; see {@link replaceFile} for what "at once" promises and for the errors. */
export async function writeFileAtomic(path: string, data: Uint8Array | string): Promise<void> {
  await replaceFile(path, (file) => file.writeFile(data));
}

/**
 * Creates a folder, with those on the way to it, and proves that a file can be written there: to be called before hours of work.
 *
 * @throws GargaloError `bad-input` with the mend
 */
export async function checkWritable(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    const probe = join(folder, `.gargalo.${process.pid}.tmp`);
    const file = await open(probe, 'w');
    try {
      await file.writeFile('probe');
    } finally {
      await file.close();
      await rm(probe, { force: true });
    }
  } catch (error) {
    throw fileProblem(folder, error, 'write');
  }
}
