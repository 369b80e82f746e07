import { randomBytes } from 'node:crypto';
import { rmdirSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { badInput, systemCode } from '../../core/errors.js';
import { hasEnded, ownProcess } from './process.js';

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
      ? badInput(path || '""', 'expected a file, got nothing of that name', 'check the path', error)
      : badInput(path, `expected the folder ${dirname(path)}, got nothing of that name`, 'create it first', error);
  }
  const known = problems[code];
  if (known) return badInput(path, `cannot ${doing}: ${known[0]}`, known[1], error);
  return 'syscall' in error ? badInput(path, `cannot ${doing}: ${error.message}`, undefined, error) : error;
}

/** A temporary of another machine or container that nobody has written to for so long is left over. */
const LEFT_OVER_MILLISECONDS = 24 * 60 * 60 * 1000;

/** `.<name>.<place>-<process>-<its start>-<random>.tmp` */
const temporaryName = /^\..*\.([0-9a-f]{8})-(\d+)-(\d*)-[0-9a-f]{12}\.tmp$/;

/** A name in a folder for a file in the making, which no other process of any machine chooses. */
export function temporaryIn(folder: string, name: string): string {
  const { place, pid, start } = ownProcess;
  // A part of the name is enough for people, and keeps long names possible.
  return join(folder, `.${name.slice(0, 40)}.${place}-${pid}-${start}-${randomBytes(6).toString('hex')}.tmp`);
}

/** Folders that were looked through by this process. */
const cleaned = new Set<string>();

/** Removes the temporaries that killed processes left in a folder, once. */
async function removeLeftOvers(folder: string): Promise<void> {
  const path = resolve(folder);
  if (cleaned.has(path)) return;
  cleaned.add(path);
  for (const name of await readdir(path).catch(() => [])) {
    const [, place, pid, start] = temporaryName.exec(name) ?? [];
    if (place === undefined || pid === undefined || start === undefined) continue;
    const temporary = join(path, name);
    const ended = hasEnded({ place, pid: Number(pid), start });
    const changed = ended === undefined ? (await stat(temporary).catch(() => undefined))?.mtimeMs : undefined;
    const isLeft = ended ?? (changed !== undefined && Date.now() - changed > LEFT_OVER_MILLISECONDS);
    if (isLeft) await rm(temporary, { force: true }).catch(() => undefined);
  }
}

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
  const temporary = temporaryIn(dirname(path), basename(path));
  const begin = async (): Promise<FileHandle> => {
    const there = await stat(path).catch(() => undefined);
    if (there?.isDirectory()) throw badInput(path, 'expected a file to write, got a folder', 'name a file in it');
    // renaming over /dev/null would remove the device
    if (there && !there.isFile()) throw badInput(path, 'expected a file to write, got a device or pipe', 'name a file');
    await removeLeftOvers(dirname(path));
    // a file or link that somebody put there is no file of ours
    return open(temporary, 'wx+');
  };
  const file = await begin().catch((error: unknown) => {
    throw fileProblem(path, error, 'write');
  });
  let ended = false;
  const discard = async (): Promise<void> => {
    if (ended) return;
    ended = true;
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined);
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

/** The folders that a command has made, the last one last; none are kept where nobody asked for it. */
let made: string[] | undefined;

/** Remembers the folders that are made from here on, so that work that comes to nothing can take them away again. */
export function rememberFolders(): void {
  made = [];
}

/** Takes away what was made since {@link rememberFolders} and is empty. */
export function removeEmptyFolders(): void {
  for (const folder of made?.reverse() ?? []) {
    try {
      rmdirSync(folder);
    } catch {
      // something lies in it, or it is gone
    }
  }
  made = undefined;
}

/** Makes a folder that is not there, with those on the way to it; a number is added to its name where something lies there already. */
export async function createNewFolder(wanted: string): Promise<string> {
  for (let n = 1; ; n++) {
    const path = n === 1 ? wanted : `${wanted}-${n}`;
    try {
      await createFolders(dirname(path));
      await mkdir(path);
      made?.push(resolve(path));
      return path;
    } catch (error) {
      // by itself: of two that look at once one makes it
      if (systemCode(error) !== 'EEXIST') throw fileProblem(path, error, 'write');
    }
  }
}

/** Creates a folder and those on the way to it. One by one: mkdir of Node with `recursive` never ends below /proc. */
async function createFolders(folder: string): Promise<void> {
  try {
    await mkdir(folder);
    made?.push(resolve(folder));
  } catch (error) {
    const code = systemCode(error);
    const above = dirname(folder);
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return;
    if (code !== 'ENOENT' || above === folder) throw error;
    if (await stat(above).catch(() => undefined)) {
      throw badInput(folder, 'cannot write: no folder can be made there', 'choose another place', error);
    }
    await createFolders(above);
    await createFolders(folder);
  }
}

/**
 * Creates a folder, with those on the way to it, and proves that a file can be written there: to be called before hours of work.
 *
 * @throws GargaloError `bad-input` with the mend
 */
export async function checkWritable(folder: string): Promise<void> {
  try {
    await createFolders(folder);
    await removeLeftOvers(folder);
    const probe = temporaryIn(folder, 'gargalo');
    const file = await open(probe, 'wx');
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
