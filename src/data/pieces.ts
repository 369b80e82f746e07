import { several } from '../core/format.js';
import { beginnings, type ClockFaults, clockNotes, markPieces } from './clock.js';
import type { Dataset } from './dataset.js';
import { type Groups, groupOrder, groupsOf, inOrderOf } from './groups.js';

/** The rows of a series in pieces that no window reaches across. */
export interface SeriesPieces {
  /** Those of a group one after the other, in their old order; with `begins` where there is more than one piece. */
  readonly rows: Dataset;
  /** The row of the data that each is, where they have another order. */
  readonly order?: Int32Array;
  readonly groups?: Groups;
  readonly faults: ClockFaults;
  /** What a person should know, a sentence each. */
  readonly notes: readonly string[];
}

/** The number that a row of a data set has in its file, from 1. */
export function rowNumbersOf({ carried }: Pick<Dataset, 'carried'>): (row: number) => number {
  const numbers = carried?.find(({ role }) => role === 'row')?.values;
  return numbers instanceof Int32Array ? (row) => numbers[row] ?? row + 1 : (row) => row + 1;
}

/**
 * Takes the rows of a series apart where a group ends, where the clock goes back, where a step in time is longer than usual (or than
 * the data's gap) and where rows were left out.
 */
export function inPieces(dataset: Dataset): SeriesPieces {
  const groups = groupsOf(dataset.carried);
  const { times, begins: marked, roles } = dataset;
  if (!groups && !times) return { rows: dataset, faults: {}, notes: [] };
  const order = groups && groupOrder(groups);
  const rows = order ? inOrderOf(dataset, order) : dataset;
  const begins = rows.begins?.slice() ?? new Uint8Array(dataset.length);
  const ofRows = order && groups ? order.map((i) => groups.values[i]!) : groups?.values;
  const faults = markPieces(begins, { times: rows.times, groups: ofRows, gap: roles?.gap });
  const numberOf = rowNumbersOf(dataset);
  const texts = rows.carried?.find(({ role }) => role === 'time')?.values;
  const notes = [
    ...(groups
      ? [
          `${several(groups.names.length, 'group')} by ${groups.columns.join(', ')}: no window reaches from one to another`,
        ]
      : []),
    ...(rows.times
      ? clockNotes(faults, { times: rows.times, texts, number: (row) => numberOf(order ? order[row]! : row) })
      : []),
  ];
  const isOne = !marked && begins.every((mark) => mark === beginnings.none);
  return {
    rows: isOne ? rows : { ...rows, begins },
    ...(order && { order }),
    ...(groups && { groups }),
    faults,
    notes,
  };
}

/** The pieces of a series, as rows from … to (without). */
export function piecesIn({ begins, length }: Pick<Dataset, 'begins' | 'length'>, most: number = beginnings.gap) {
  const starts = [0];
  for (let row = 1; begins && row < length; row++) {
    const mark = begins[row]!;
    if (mark !== beginnings.none && mark <= most) starts.push(row);
  }
  return starts.map((from, i) => [from, starts[i + 1] ?? length] as const);
}
