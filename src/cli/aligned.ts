import { oneLine } from '../core/errors.js';

/** Rows of text as lines of columns, as wide as they need to be; controls in cells are escaped, which changes their width. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const plain = rows.map((row) => row.map(oneLine));
  const widths: number[] = [];
  for (const row of plain) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  const padded = (cell: string, i: number): string => cell.padEnd(widths[i] ?? 0);
  return plain.map((row) => row.map(padded).join('  ').trimEnd());
}
