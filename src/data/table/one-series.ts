import { badInput } from '../../core/errors.js';
import { count, listed, several } from '../../core/format.js';
import type { Dataset } from '../dataset.js';
import { inPieces, rowNumbersOf } from '../pieces.js';
import { MANY_REPEATED } from '../windows.js';
import { numberOf, shown } from './cells.js';
import { type DateOrder, isDateLike, toTime } from './dates.js';
import { columnAt, type RawChunk, type RawTable } from './raw.js';
import type { TableOptions } from './read.js';

/** Different cells that tell groups apart, at most. */
const MOST_GROUPS = 1000;
/** Columns that are tried in pairs. */
const MOST_PAIRED = 6;
/** Rows whose time goes back or repeats within a group, as a part of all. */
const MOST_FAULTS = 0.01;

/** Columns that could tell series apart, and how often the time does not rise from one row of a group to its next. */
interface Candidate {
  readonly columns: readonly string[];
  /** Where they are among those that are read. */
  readonly places: readonly number[];
  /** The last time of each group. */
  readonly last: Map<string, number>;
  faults: number;
  isOut: boolean;
}

/** The cells of a row that name its group; undefined where one is missing, or a number that is not whole. */
function groupKey(chunk: RawChunk, places: readonly number[], row: number): string | undefined | null {
  let key = '';
  for (const place of places) {
    const column = columnAt(chunk, place);
    const cell = column.as === 'text' ? column.values[row] : undefined;
    if (cell === undefined) return undefined;
    const value = numberOf(cell);
    if (!Number.isNaN(value) && !Number.isSafeInteger(value)) return null;
    key += `${cell}\u0000`;
  }
  return key;
}

/** Looks at the rows of a chunk. */
function follow(candidate: Candidate, chunk: RawChunk, moments: Float64Array): void {
  const { places, last } = candidate;
  for (let row = 0; row < chunk.rows && !candidate.isOut; row++) {
    const key = groupKey(chunk, places, row);
    if (key === null) candidate.isOut = true;
    if (key === undefined || key === null || Number.isNaN(moments[row])) continue;
    const before = last.get(key);
    if (before !== undefined && !(moments[row]! > before)) candidate.faults++;
    last.set(key, moments[row]!);
    if (last.size > MOST_GROUPS) candidate.isOut = true;
  }
}

/**
 * The column that tells the series of a table apart, in each of which the time rises, or two of them together: of those that do
 * the ones with the fewest groups.
 *
 * @param columns those that could
 */
export async function groupColumnsOf(
  table: RawTable,
  columns: readonly string[],
  { name: time, order }: { readonly name: string; readonly order?: DateOrder | undefined },
  signal?: AbortSignal,
): Promise<readonly string[] | undefined> {
  const candidate = (...places: number[]): Candidate => ({
    columns: places.map((place) => columns[place - 1]!),
    ...{ places, last: new Map(), faults: 0, isOut: false },
  });
  const single = columns.map((_, i) => candidate(i + 1));
  const few = single.slice(0, MOST_PAIRED);
  const pairs = few.flatMap(({ places: [a = 0] }) => few.slice(a).map(({ places: [b = 0] }) => candidate(a, b)));
  const wanted = [time, ...columns].map((name) => ({ name, as: 'text' as const }));
  let rows = 0;
  for await (const chunk of table.chunks(wanted, { signal })) {
    const times = columnAt(chunk, 0);
    const moments = Float64Array.from({ length: chunk.rows }, (_, row) => {
      const text = (times.as === 'text' ? times.values[row] : undefined) ?? '';
      const date = toTime(text, order);
      return Number.isNaN(date) ? numberOf(text) : date;
    });
    rows += chunk.rows;
    for (const one of [...single, ...pairs]) {
      if (one.isOut) continue;
      follow(one, chunk, moments);
      if (one.faults > Math.max(2, MOST_FAULTS * rows)) one.isOut = true;
    }
    if ([...single, ...pairs].every(({ isOut }) => isOut)) return undefined;
  }
  const isFit = ({ isOut, faults, last }: Candidate) =>
    !isOut && faults <= MOST_FAULTS * rows && last.size > 1 && last.size <= rows / 2;
  const best = (all: readonly Candidate[]) => all.filter(isFit).sort((a, b) => a.last.size - b.last.size)[0]?.columns;
  return best(single) ?? best(pairs);
}

/** A column of dates that nobody named, of the first cells of a table; undefined where there is none. */
async function unusedTimes(table: RawTable, { columns, label }: TableOptions): Promise<string | undefined> {
  const sample = await table.sample?.();
  const used = new Set(columns);
  const free = table.columns.filter((name) => name !== label && !used.has(name));
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
  const found = await groupColumnsOf(table, others, { name: times.column, order: roles?.dateOrder });
  const words = found?.length === 1 ? shown(found[0]!) : JSON.stringify(found);
  const many = (repeated?.count ?? 0) > MANY_REPEATED * rows.length;
  if (!many) {
    return found === undefined
      ? rows
      : say(
          `${listed(found.map(shown))} ${found.length === 1 ? 'tells' : 'tell'} several series apart, in each of which the time rises: \`group: ${words}\``,
        );
  }
  const number = rowNumbersOf(rows)(repeated?.first ?? 0);
  const problem = `expected the rows of one series, got ${several(repeated?.count ?? 0, 'row')} that repeat the time before, the first of them row ${count(number)}`;
  const mend =
    found === undefined
      ? 'name the column that tells several series apart with `group`; `gap: "none"` takes all for one'
      : `keep the series apart with \`group: ${words}\`; \`gap: "none"\` takes all for one`;
  throw badInput(`${rows.name}, column ${shown(times.column)}`, problem, mend);
}
