// What a model made of a request, as JSON, as the table or picture that the command line would write, and what was done to the data.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { oneLine } from '../core/errors.js';
import { several } from '../core/format.js';
import type { CarriedCells } from '../data/dataset.js';
import { inPieces } from '../data/pieces.js';
import { type ExampleBlock, type ExampleSource, type ExampleStream, isDataset } from '../data/stream.js';
import { cellState } from '../data/table/encode.js';
import { columnsOf } from '../data/table/schema.js';
import type { Specification } from '../models/specification.js';

/** The forms that answers have. */
export type AnswerForm = 'application/json' | 'text/csv' | 'image/png';

/** What was done to the data of a request: nothing is left out, filled in or guessed without being said. */
export interface Reading {
  /** The rows, from 1, that were left out because cells are missing. */
  readonly rowsDropped: readonly number[];
  readonly cellsFilled: number;
  /** Cells with a word that the model has not seen. */
  readonly cellsUnknown: number;
  readonly columnsIgnored: readonly string[];
  /** The same in sentences, and how the data were understood. */
  readonly notes: readonly string[];
}

/** The cells of a column that examples carry beside their values, in JSON. */
const carriedList = (cells: CarriedCells): (string | number | null)[] =>
  cells instanceof Int32Array ? [...cells] : Array.from(cells, (cell) => cell ?? null);

/** Watches what a walk over the examples of a request brings to light. */
export function watchReading(source: ExampleSource, stream: ExampleStream, ignored: readonly string[]) {
  let [filled, unknown, examples] = [0, 0, 0];
  const carried = (stream.carried ?? []).map(({ name }) => ({ name, cells: [] as (string | number | null)[] }));
  const extra: string[] = [];
  return {
    /** Something to be said beside. */
    note: (text: string): void => void extra.push(text),
    add(block: Pick<ExampleBlock, 'start' | 'end' | 'cells' | 'carried'>): void {
      examples += block.end - block.start;
      for (const state of block.cells ?? []) {
        if (state === cellState.filled) filled++;
        else if (state === cellState.unseen) unknown++;
      }
      for (const [i, cells] of (block.carried ?? []).entries()) {
        for (const cell of carriedList(cells)) carried[i]?.cells.push(cell);
      }
    },
    get examples() {
      return examples;
    },
    /** What names the examples: ids, groups, times, numbers of rows. */
    origin: () =>
      carried.length === 0 ? {} : { origin: Object.fromEntries(carried.map(({ name, cells }) => [name, cells])) },
    result(): Reading {
      const { counts } = stream;
      const clock = isDataset(source) && !source.sequence ? inPieces(source).notes : [];
      const notes = [
        ...(stream.notes ?? []),
        ...clock,
        ...(ignored.length > 0
          ? [
              `${several(ignored.length, 'column')} that the model does not know left out: ${ignored.slice(0, 20).join(', ')}`,
            ]
          : []),
        ...extra,
      ];
      return {
        rowsDropped: [...(counts?.droppedRows ?? [])],
        cellsFilled: filled + (counts?.filledCells ?? 0),
        cellsUnknown: unknown,
        columnsIgnored: ignored,
        notes: notes.map((note) => oneLine(note.replace(/^! /, ''))),
      };
    },
  };
}

/** Letters of the notes in a header, at most. */
const MOST_HEADER = 4000;

/** What was done to the data, for answers that have no place for it: a header of JSON in ASCII. */
export function readingHeader({ rowsDropped, notes, ...others }: Reading, beside: object): string {
  let room = MOST_HEADER;
  const told = notes.filter((note) => {
    room -= note.length;
    return room > 0;
  });
  const left = notes.length - told.length;
  const header = {
    ...beside,
    rowsDropped: rowsDropped.length,
    ...others,
    columnsIgnored: others.columnsIgnored.slice(0, 20),
    notes: [...told, ...(left > 0 ? [`${left} more`] : [])],
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all that is not ASCII
  return JSON.stringify(header).replaceAll(/[^\x00-\x7f]/g, (letter) => {
    return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Values in lists of the shape of an example. */
export function nested(values: ArrayLike<number>, shape: readonly number[], start = 0): unknown {
  const [side, ...rest] = shape;
  if (side === undefined) return values[start];
  const step = rest.reduce((product, other) => product * other, 1);
  return Array.from({ length: side }, (_, i) => nested(values, rest, start + i * step));
}

/** Examples as requests have them: rows by the model's columns where it has some, else lists of numbers. */
export function examplesAsJson(values: Float32Array, rows: number, { input }: Pick<Specification, 'input'>): unknown[] {
  const { shape, table, columns, sequence } = input;
  const size = rows === 0 ? 0 : values.length / rows;
  if (!sequence && table) {
    const made = columnsOf(table, values);
    const cells = table.columns.map(({ type, name }, i) => ({ name, type, values: made[i]!.values }));
    return Array.from({ length: rows }, (_, row) =>
      Object.fromEntries(cells.map((column) => [column.name, column.values[row]])),
    );
  }
  if (!sequence && columns?.length === size) {
    return Array.from({ length: rows }, (_, row) =>
      Object.fromEntries(columns.map((name, i) => [name, values[row * size + i]])),
    );
  }
  return Array.from({ length: rows }, (_, row) => nested(values, shape, row * size));
}

/** What `write` leaves in a folder of its own, which is gone afterwards: the bytes of its only file. */
export async function asFile(write: (folder: string) => Promise<void>): Promise<Uint8Array<ArrayBuffer>> {
  const folder = await mkdtemp(join(tmpdir(), 'gargalo-answer-'));
  try {
    await write(folder);
    const [name = ''] = await readdir(folder);
    return new Uint8Array(await readFile(join(folder, name)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The form that a client asks for, of those that there are; JSON where it takes anything. */
export function formFor(accept: string | undefined, forms: readonly AnswerForm[]): AnswerForm | undefined {
  const asked = (accept ?? '*/*').split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
  });
  const ordered = asked.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality);
  for (const { type } of ordered) {
    const found = forms.find((form) => {
      return type === form || type === '*/*' || (type.endsWith('/*') && form.startsWith(type.slice(0, -1)));
    });
    if (found) return found;
  }
  return undefined;
}
