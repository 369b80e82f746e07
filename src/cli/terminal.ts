// The one door to the terminal: every line that a command prints for people goes through it.
import { oneLine } from '../core/errors.js';

/**
 * Prints lines. What stands in them of names, cells and messages of files cannot end a line or reach the terminal as a control
 * sequence: see {@link oneLine}.
 */
export function printLines(stream: 'stdout' | 'stderr', lines: string | readonly string[]): void {
  const all = typeof lines === 'string' ? [lines] : lines;
  process[stream].write(all.map((line) => `${oneLine(line)}\n`).join(''));
}

/** Writes a line of stderr, on a terminal, over the one before. */
export function overwriteLine(line: string): void {
  process.stderr.write(`\r\x1b[K${oneLine(line)}`);
}
