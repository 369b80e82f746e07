// A folder that one process writes to at a time.
import { rmSync } from 'node:fs';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { badInput, systemCode } from '../core/errors.js';
import { hasEnded, ownProcess, type ProcessIdentity } from '../data/write/process.js';
import { fileProblem, temporaryIn } from '../data/write/write.js';

const NAME = '.lock';
/** How often the time of a lock is set anew. */
const BEAT_MILLISECONDS = 30_000;
/** Tries to take a lock that comes and goes. */
const MOST_TRIES = 20;
/** A lock from another machine or container whose time is older than this is left over: its process cannot be asked. */
const LEFT_OVER_MILLISECONDS = 10 * 60_000;

/** What a lock says of the process that holds it. */
interface Holder extends ProcessIdentity {
  readonly host: string;
  /** When it took the lock. */
  readonly since: string;
}

/** What gives the locks of this process back. */
const held = new Set<() => void>();

/** Gives all locks of this process back, for an end at once. */
export function releaseLocks(): void {
  for (const release of held) release();
}
process.on('exit', releaseLocks);

function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'pid' in value ? (value as Holder) : undefined;
  } catch {
    return undefined; // cut off, or still being written
  }
}

/** A name beside a lock; what a killed process leaves there is removed as other temporaries are. */
const asideOf = (lock: string): string => temporaryIn(dirname(lock), 'lock');

/** Takes away a lock whose process is gone. Two may try at once: one of them finds that another lock lies there already. */
async function takeAway(lock: string, text: string): Promise<void> {
  const aside = asideOf(lock);
  try {
    await rename(lock, aside);
  } catch {
    return; // somebody else has
  }
  if ((await readFile(aside, 'utf8').catch(() => text)) !== text) await link(aside, lock).catch(() => undefined);
  await rm(aside, { force: true });
}

/** Puts a lock in its place, whole from the first moment; false where one is there. */
async function place(lock: string, text: string): Promise<boolean> {
  const aside = asideOf(lock);
  try {
    await writeFile(aside, text, { flag: 'wx' });
    await link(aside, lock);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    // no links on this file system
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'].includes(String(systemCode(error))))
      throw fileProblem(lock, error, 'write');
  } finally {
    await rm(aside, { force: true }).catch(() => undefined);
  }
  try {
    await writeFile(lock, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw fileProblem(lock, error, 'write');
  }
}

/** A lock that lies there, and when it was last touched; undefined where it has gone. */
async function lying(lock: string): Promise<{ readonly text: string; readonly touched: number } | undefined> {
  try {
    return { text: await readFile(lock, 'utf8'), touched: (await stat(lock)).mtimeMs };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw fileProblem(lock, error, 'read');
  }
}

/** Whether the process that a lock names has ended, as far as can be told. */
function isLeftOver({ text, touched }: NonNullable<Awaited<ReturnType<typeof lying>>>): boolean {
  const holder = parseHolder(text);
  const since = Date.now() - touched;
  return holder ? (hasEnded(holder) ?? since > LEFT_OVER_MILLISECONDS) : since > BEAT_MILLISECONDS;
}

/**
 * Takes a folder for this process; a lock that a killed process left is taken over.
 *
 * @returns gives it back
 * @throws GargaloError `bad-input` where another process has it, with its machine, number and start, or nothing can be written or read
 *   there
 */
export async function lockFolder(folder: string): Promise<() => void> {
  const lock = join(folder, NAME);
  const holder: Holder = { ...ownProcess, host: hostname(), since: new Date().toISOString() };
  for (let tries = 0; !(await place(lock, JSON.stringify(holder))); tries++) {
    const found = await lying(lock);
    // a link to nothing is there and is not
    if (!found && tries === MOST_TRIES) throw heldByAnother(folder, undefined);
    if (!found) continue;
    if (!isLeftOver(found)) throw heldByAnother(folder, parseHolder(found.text));
    await takeAway(lock, found.text);
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(lock, now, now).catch(() => undefined);
  }, BEAT_MILLISECONDS).unref();
  const release = (): void => {
    clearInterval(beat);
    if (!held.delete(release)) return;
    try {
      rmSync(lock, { force: true });
    } catch {
      // the disk is gone
    }
  };
  held.add(release);
  return release;
}

/** Whether a process holds a folder. */
export async function isHeld(folder: string): Promise<boolean> {
  const found = await lying(join(folder, NAME)).catch(() => undefined);
  return found !== undefined && !isLeftOver(found);
}

function heldByAnother(folder: string, holder: Holder | undefined): Error {
  const who = holder ? `process ${holder.pid} on ${holder.host} since ${holder.since}` : 'another process';
  return badInput(
    folder,
    `expected a folder that nobody else writes to, got one that is held by ${who}`,
    'wait for its end, or choose another folder with --out',
  );
}
