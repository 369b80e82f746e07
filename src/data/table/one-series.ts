import { badInput } from '../../core/errors.js';
import { count, several } from '../../core/format.js';
import type { Dataset } from '../dataset.js';
import { inPieces, rowNumbersOf } from '../pieces.js';
import { numberOf, shown } from './cells.js';
import { type DateOrder, isDateLike, toTime } from './dates.js';
import { columnAt, type RawTable } from './raw.js';
import type { TableOptions } from './read.js';

/** Different cells that tell groups apart, at most. */
const MOST_GROUPS = 1000;
/** Rows whose time goes back or repeats within a group, as a part of all. */
const MOST_FAULTS = 0.01;
/** From that part of rows on, times that repeat are those of several series. */
const MANY_REPEATED = 0.05;

/**
 * The column that tells the series of a table apart, in each of which the time rises: the one with the fewest different cells.
 *
 * @param columns those that could
 */
export async function groupColumnOf(
  table: RawTable,
  columns: readonly string[],
  { name: time, order }: { readonly name: string; readonly order?: DateOrder | undefined },
  signal?: AbortSignal,
): Promise<string | undefined> {
  const candidates = columns.map((name) => ({ name, faults: 0, last: new Map<string, number>(), isOut: false }));
  const wanted = [{ name: time, as: 'text' as const }, ...columns.map((name) => ({ name, as: 'text' as const }))];
  let rows = 0;
  for await (const chunk of table.chunks(wanted, { signal })) {
    const times = columnAt(chunk, 0);
    const moments = Float64Array.from({ length: chunk.rows }, (_, row) => {
      const text = (times.as === 'text' ? times.values[row] : undefined) ?? '';
      const date = toTime(text, order);
      return Number.isNaN(date) ? numberOf(text) : date;
    });
    rows += chunk.rows;
    for (const [i, candidate] of candidates.entries()) {
      const column = columnAt(chunk, i + 1);
      if (candidate.isOut || column.as !== 'text') continue;
      for (let row = 0; row < chunk.rows; row++) {
        const cell = column.values[row];
        if (cell === undefined || Number.isNaN(moments[row])) continue;
        const value = numberOf(cell);
        if (!Number.isNaN(value) && !Number.isSafeInteger(value)) candidate.isOut = true;
        const before = candidate.last.get(cell);
        if (before !== undefined && !(moments[row]! > before)) candidate.faults++;
        candidate.last.set(cell, moments[row]!);
      }
      if (candidate.last.size > MOST_GROUPS || candidate.faults > Math.max(2, MOST_FAULTS * rows))
        candidate.isOut = true;
    }
    if (candidates.every(({ isOut }) => isOut)) return undefined;
  }
  const fit = candidates.filter(
    ({ isOut, faults, last }) => !isOut && faults <= MOST_FAULTS * rows && last.size > 1 && last.size <= rows / 2,
  );
  return fit.sort((a, b) => a.last.size - b.last.size)[0]?.name;
}

/** A column of dates that nobody named, of the first cells of a table; undefined where there is none. */
async function unusedTimes(table: RawTable, { columns, label }: TableOptions): Promise<string | undefined> {
  const sample = await table.sample?.();
  const free = table.columns.filter((name) => name !== label && !columns?.includes(name));
  return free.find((name) => {
    const cells = sample?.get(name)?.slice(0, 20) ?? [];
    return table.moments?.includes(name) || (cells.length > 0 && cells.every(isDateLike));
  });
}

/**
 * Looks whether rows that are taken for a series are one: where times repeat because there are several, that is an error that
 * names the column which tells them apart; where it could be so, or times were not named, a note says it.
 *
 * @throws GargaloError `bad-input` naming the first row that repeats a time
 */
export async function oneSeries(table: RawTable, rows: Dataset, options: TableOptions): Promise<Dataset> {
  const { roles, times } = rows;
  const say = (note: string): Dataset => ({ ...rows, notes: [...(rows.notes ?? []), note] });
  if (!times) {
    const unused = await unusedTimes(table, options);
    if (unused === undefined) return rows;
    return say(
      `no times are used, so that windows reach across whatever is missing; \`time: ${shown(unused)}\` takes those of the column`,
    );
  }
  const { faults } = inPieces(rows);
  const { backward, repeated } = faults;
  if (roles?.group || roles?.gap === 'none' || !(backward || repeated)) return rows;
  const others = table.columns.filter((name) => name !== times.column && !roles?.id?.includes(name));
  const group = await groupColumnOf(table, others, { name: times.column, order: roles?.dateOrder });
  const many = (repeated?.count ?? 0) > MANY_REPEATED * rows.length;
  if (!many) {
    return group === undefined
      ? rows
      : say(
          `the column ${shown(group)} tells several series apart, in each of which the time rises: \`group: ${shown(group)}\``,
        );
  }
  const number = rowNumbersOf(rows)(repeated?.first ?? 0);
  const problem = `expected the rows of one series, got ${several(repeated?.count ?? 0, 'row')} that repeat the time before, the first of them row ${count(number)}`;
  const mend =
    group === undefined
      ? 'name the column that tells several series apart with `group`; `gap: "none"` takes all for one'
      : `keep the series apart with \`group: ${shown(group)}\`; \`gap: "none"\` takes all for one`;
  throw badInput(`${rows.name}, column ${shown(times.column)}`, problem, mend);
}
