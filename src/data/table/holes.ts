import { badInput } from '../../core/errors.js';
import { several } from '../../core/format.js';
import { beginnings, gapLimits } from '../clock.js';
import { arrayDataset, concatenated, type Dataset, exampleSize, formOf } from '../dataset.js';
import { collectInMemory } from '../gather.js';
import { groupsOf } from '../groups.js';
import { inPieces, piecesIn, rowNumbersOf } from '../pieces.js';
import { factsIn, type Run } from '../slice.js';
import { type ExampleStream, streamOf } from '../stream.js';
import { featurePlaces, numericFeatures, type TableSchema } from './schema.js';

/** What filling is told of a series: its pieces, and where each of their rows lies. */
interface Filling {
  readonly width: number;
  /** [rows, width] in the order of the file. */
  readonly values: Float32Array;
  readonly pieces: readonly (readonly [number, number])[];
  /** The row of the file at a place of the series. */
  readonly at: (place: number) => number;
  readonly times: Float64Array | undefined;
  /** The longest distance in time between two values that a hole between them is filled over, at a place of the series. */
  readonly limitAt: (place: number) => number;
}

/** Fills the holes of a feature, within each piece: on the line between two values, or with the value before. */
function fillFeature({ width, values, pieces, at, times, limitAt }: Filling, feature: number, isLine: boolean): void {
  const cell = (place: number) => at(place) * width + feature;
  const timeOf = (place: number) => times?.[at(place)] ?? place;
  for (const [from, to] of pieces) {
    let known = -1;
    const limit = limitAt(from);
    for (let place = from; place < to; place++) {
      const isHole = Number.isNaN(values[cell(place)]);
      if (!isHole) {
        if (isLine && known >= 0 && place - known > 1 && !(timeOf(place) - timeOf(known) > limit)) {
          const [first, last] = [values[cell(known)]!, values[cell(place)]!];
          const isTimed = timeOf(place) > timeOf(known);
          const part = (i: number) =>
            isTimed ? (timeOf(i) - timeOf(known)) / (timeOf(place) - timeOf(known)) : (i - known) / (place - known);
          for (let i = known + 1; i < place; i++) values[cell(i)] = first + (last - first) * part(i);
        }
        known = place;
      } else if (!isLine && known >= 0 && !(timeOf(place) - timeOf(known) > limit)) {
        values[cell(place)] = values[cell(known)]!;
      }
    }
  }
}

/** The rows without holes, as runs. */
function wholeRuns(isWhole: (row: number) => boolean, rows: number): Run[] {
  const runs: Run[] = [];
  for (let row = 0; row < rows; row++) {
    const last = runs.at(-1);
    if (!isWhole(row)) continue;
    if (last?.[1] === row) runs[runs.length - 1] = [last[0], row + 1];
    else runs.push([row, row + 1]);
  }
  return runs;
}

/** The cells of a table that are holes. */
function holesIn(values: Float32Array, schema: TableSchema, width: number): number {
  const starts = featurePlaces(schema).map(({ start }) => start);
  let holes = 0;
  for (let row = 0; row < values.length; row += width)
    for (const start of starts) if (Number.isNaN(values[row + start])) holes++;
  return holes;
}

/** Fills the holes of rows; what stays open is left out. */
async function filledRows(all: Dataset, schema: TableSchema, stream: ExampleStream): Promise<Dataset> {
  const width = exampleSize(all);
  const values = Float32Array.from(await all.block(0, all.length));
  const { rows, order } = inPieces(all);
  const at = (place: number) => (order ? order[place]! : place);
  const groups = groupsOf(rows.carried)?.values;
  const limitAt = gapLimits({ times: rows.times, groups, gap: all.roles?.gap });
  const filling = { width, values, pieces: piecesIn(rows), at, times: all.times?.values, limitAt };
  const before = holesIn(values, schema, width);
  for (const [feature, isNumber] of numericFeatures(schema).entries()) {
    fillFeature(filling, feature, isNumber && schema.missing === 'interpolate');
  }
  const isWhole = (row: number) => !values.subarray(row * width, (row + 1) * width).some(Number.isNaN);
  const runs = wholeRuns(isWhole, all.length);
  if (runs.length === 0) throw badInput(all.name, 'expected rows with values, got none that could be filled in');
  const begins = all.begins?.slice() ?? new Uint8Array(all.length);
  const numberOf = rowNumbersOf(all);
  for (const [from, to] of piecesIn(rows)) {
    let isBroken = false;
    for (let place = from; place < to; place++) {
      if (!isWhole(at(place))) isBroken = true;
      else if (isBroken) {
        begins[at(place)] = beginnings.break;
        isBroken = false;
      }
    }
  }
  const { counts } = stream;
  for (let row = 0; row < all.length; row++) if (!isWhole(row)) counts?.droppedRows.push(numberOf(row));
  const kept = concatenated(runs.map(([from, to]) => values.subarray(from * width, to * width))) ?? values;
  if (counts) counts.filledCells = before - holesIn(values, schema, width);
  const isBroken = begins.some((mark) => mark !== beginnings.none);
  const facts = factsIn({ ...all, ...(isBroken && { begins }) }, runs);
  return arrayDataset(kept, { ...formOf(all), ...facts });
}

/**
 * A stream of the rows of a table whose missing cells, NaN, are filled in from the rows before and behind: within a group, and across
 * no gap in time. It reads all rows first. What stays open is left out, as rows that are dropped.
 *
 * @param schema of the table; its `missing` is 'interpolate' or 'forward'
 */
export function filledFromRows(stream: ExampleStream, schema: TableSchema): ExampleStream {
  const notes = stream.notes as string[];
  return {
    ...stream,
    async *blocks(options = {}) {
      const all = await collectInMemory(stream, options);
      const filled = await filledRows(all, schema, stream);
      const { filledCells = 0, droppedRows = [] } = stream.counts ?? {};
      const how =
        schema.missing === 'forward' ? 'as in the row before' : 'on the line between the rows before and behind';
      if (filledCells > 0) {
        notes.push(`${several(filledCells, 'missing cell')} ${filledCells === 1 ? 'is' : 'are'} filled in, ${how}`);
      }
      if (droppedRows.length > 0) notes.push(droppedNote(droppedRows, all.length));
      yield* streamOf(filled).blocks(options);
    },
  };
}

/** Rows that are named in a note. */
const NAMED_ROWS = 5;

/** What is said of rows that were left out. */
export function droppedNote(rows: readonly number[], all: number): string {
  const first = rows.slice(0, NAMED_ROWS).join(', ');
  const more = rows.length > NAMED_ROWS ? ', …' : '';
  const isOne = rows.length === 1;
  return `${rows.length} of ${several(all, 'row')} ${isOne ? 'was' : 'were'} left out, because cells are missing: ${isOne ? 'row' : 'rows'} ${first}${more}`;
}
