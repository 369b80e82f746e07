// A file of lines that grows, as it grows. The place behind each line is its id: who comes back with one misses and repeats nothing.
import { open } from 'node:fs/promises';

/** A line, and the bytes up to its end. */
export interface FollowedLine {
  readonly line: string;
  readonly end: number;
}

/** Milliseconds between two looks at the file. */
const PAUSE = 250;
/** Bytes read at once. */
const PIECE = 2 ** 18;

/** The whole lines behind a place; none where the file is not there yet. */
async function linesFrom(path: string, from: number): Promise<readonly FollowedLine[] | 'shorter'> {
  const file = await open(path).catch(() => undefined);
  if (!file) return [];
  try {
    const { size } = await file.stat();
    if (size < from) return 'shorter';
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(PIECE, size - from)), 0, undefined, from);
    const found: FollowedLine[] = [];
    for (let start = 0; ; ) {
      const end = buffer.indexOf(0x0a, start);
      if (end < 0 || end >= bytesRead) return found;
      found.push({ line: buffer.toString('utf8', start, end), end: from + end + 1 });
      start = end + 1;
    }
  } finally {
    await file.close();
  }
}

/**
 * Follows a file until its writer is done and all lines are told.
 *
 * @param from bytes that are known
 * @param where gives the path, which may change; undefined where the file is gone
 * @param isOpen whether something still writes to it
 * @yields lines; `restart` where the file was begun anew
 */
export async function* follow(
  from: number,
  where: () => Promise<string | undefined>,
  isOpen: () => Promise<boolean>,
  signal: AbortSignal,
): AsyncGenerator<FollowedLine | 'restart', void> {
  let at = from;
  while (!signal.aborted) {
    const mayGrow = await isOpen();
    const path = await where();
    if (path === undefined) return;
    const found = await linesFrom(path, at);
    if (found === 'shorter') {
      at = 0;
      yield 'restart';
      continue;
    }
    for (const line of found) {
      at = line.end;
      yield line;
    }
    if (found.length > 0) continue;
    if (!mayGrow) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}
