// How long the windows of a series should be, by the series itself.

import { chooseWindowOf, type WindowChoice } from './period.js';
import { type OpenOptions, openData } from './read/open.js';
import type { TableSuggestion } from './suggest.js';
import { windowsOf } from './windows.js';

/** Rows that are read for it, at most. */
const MOST_ROWS = 2 ** 17;

/**
 * The window of a table that is a series, read as suggested where nothing else was asked for, and what is said of windows of that length;
 * undefined of another.
 */
export async function windowFor(
  source: string,
  { columns, label, time, group, id, limit, missing: _, ...others }: OpenOptions,
  reading: TableSuggestion,
): Promise<(WindowChoice & { readonly notes: readonly string[] }) | undefined> {
  if (!reading.series || reading.features === 0) return undefined;
  const { train } = await openData(source, {
    ...others,
    columns: columns ?? reading.columns,
    label: label ?? reading.label,
    time: time ?? reading.time,
    group: group ?? reading.group,
    id: id ?? reading.id,
    ...(reading.missing && { missing: 'mean' }),
    limit: Math.min(limit ?? MOST_ROWS, MOST_ROWS),
  });
  const choice = await chooseWindowOf(train);
  const { notes = [] } = windowsOf(train, { window: choice.window, stride: others.stride });
  return { ...choice, notes: notes.slice(train.notes?.length ?? 0) };
}
