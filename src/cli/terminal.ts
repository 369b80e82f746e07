import type { Speech } from './shared-flags.js';

/** Where results and messages go: results to stdout, everything else to stderr. */
export interface Terminal {
  /** A message; silent when quiet. */
  note(text: string): void;
  /** A warning; always said. */
  warn(text: string): void;
  /** The result: as one JSON object, or in words for a person. */
  result(json: object, words: string): void;
}

export function openTerminal({ quiet, json }: Speech): Terminal {
  return {
    note: (text) => void (quiet || process.stderr.write(`${text}\n`)),
    warn: (text) => void process.stderr.write(`gargalo: warning: ${text}\n`),
    result: (object, words) => void process.stdout.write(json ? `${JSON.stringify(object)}\n` : `${words}\n`),
  };
}

/** Rows of text as columns, as wide as they need to be. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
