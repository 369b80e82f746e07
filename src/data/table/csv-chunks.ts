import { badInput } from '../../core/errors.js';
import { isMissingNumber } from './cells.js';
import { type ByteForm, refuseBinary, refuseForeign } from './csv-bytes.js';
import type { CsvForm } from './csv-dialect.js';
import {
  type ChunkSink,
  type ColumnSink,
  createPlainReader,
  MARKED,
  NUMBER,
  putNumber,
  putText,
  TEXT,
} from './csv-plain.js';
import { readRow } from './csv-rows.js';
import { isShare, type NumberFormat, numberIn } from './number-format.js';

/** What a walk over a file of text needs to know; plain data, which a worker takes too. */
export interface CsvWalk {
  readonly form: CsvForm;
  readonly bytes: ByteForm;
  /** Of each wanted column, in their order, its position in the file and what it is read as. */
  readonly wanted: readonly {
    readonly column: number;
    readonly as: 'number' | 'text';
    readonly format: NumberFormat | undefined;
  }[];
  /** The byte of UTF-8 that the rows begin at, and its line. */
  readonly offset: number;
  readonly line: number;
  /** Bytes read at once, at least. */
  readonly blockBytes: number;
  /** Rows of a chunk, at most. */
  readonly chunkRows: number;
}

/** A column of a chunk as it comes out of a worker: what can be handed over is in arrays. */
export type CsvColumn =
  | { readonly as: 'number'; readonly values: Float64Array; readonly words?: ReadonlyMap<number, string> }
  | { readonly as: 'text'; readonly codes: Int32Array; readonly levels: readonly string[] };

/** Some rows. */
export interface CsvChunk {
  readonly start: number;
  readonly rows: number;
  readonly columns: readonly CsvColumn[];
  /** The line that the first row ends in, and those of all rows where they are not one after the other. */
  readonly firstLine: number;
  readonly lines?: Uint32Array;
}

/** Where the bytes come from: fills a piece of memory, and says how many bytes it got; 0 at the end. */
export type ReadBytes = (into: Uint8Array) => number;

/** A row may not be longer. */
const LONGEST_ROW = 2 ** 26;
const NO_VALUES = new Float64Array(0);
const NO_CODES = new Int32Array(0);
const LF = 0x0a;
const QUOTE = 0x22;

/** A chunk with room for its rows. A column that is wanted both ways is read as text. */
function openSink({ form, wanted, chunkRows }: CsvWalk): ChunkSink {
  const columns: (ColumnSink | undefined)[] = Array.from({ length: form.width }, () => undefined);
  const texts = new Set(wanted.flatMap(({ column, as }) => (as === 'text' ? [column] : [])));
  // one piece of memory for all columns: handing over many takes the square of their number
  const all = new Set(wanted.map(({ column }) => column)).size;
  const numbers = new Float64Array(chunkRows * (all - texts.size));
  const words = new Int32Array(chunkRows * texts.size);
  let [ofNumbers, ofWords] = [0, 0];
  const nextOf = <T extends Float64Array | Int32Array>(array: T, at: number) =>
    array.subarray(at * chunkRows, (at + 1) * chunkRows) as T;
  for (const { column, format } of wanted) {
    const mark = format?.decimal === ',' ? 0x2c : 0x2e;
    const asNumber = !texts.has(column);
    columns[column] ??= {
      // where the decimal mark is what separates cells, a number with one stands in quotes: no plain row has it
      kind: !asNumber ? TEXT : isShare(format?.unit) || mark === form.delimiter ? MARKED : NUMBER,
      format,
      mark,
      values: asNumber ? nextOf(numbers, ofNumbers++) : NO_VALUES,
      words: undefined,
      codes: asNumber ? NO_CODES : nextOf(words, ofWords++),
      levels: asNumber ? undefined : new Map(),
    };
  }
  return { capacity: chunkRows, columns, lines: new Uint32Array(chunkRows), rows: 0 };
}

/** A column of texts as numbers. */
function numbersOf(codes: Int32Array, levels: readonly string[], format: NumberFormat | undefined): CsvColumn {
  const numbers = levels.map((level) => numberIn(level, format));
  const values = new Float64Array(codes.length).fill(Number.NaN);
  const words = new Map<number, string>();
  for (const [row, code] of codes.entries()) {
    const [value = Number.NaN, level] = [numbers[code], levels[code]];
    if (level === undefined) continue;
    if (Number.isFinite(value)) values[row] = value;
    else if (!isMissingNumber(level)) words.set(row, level);
  }
  return { as: 'number', values, ...(words.size > 0 && { words }) };
}

/** What a full sink holds. */
function chunkOf(start: number, { rows, lines, columns }: ChunkSink, { wanted }: CsvWalk): CsvChunk {
  const [firstLine = 0] = lines;
  const regular = lines[rows - 1] === firstLine + rows - 1;
  const cut = <T extends Float64Array | Int32Array | Uint32Array>(array: T): T => array.subarray(0, rows) as T;
  return {
    start,
    rows,
    firstLine,
    ...(!regular && { lines: cut(lines) }),
    columns: wanted.map(({ column, as, format }): CsvColumn => {
      const { kind, values, words, codes, levels } = columns[column]!;
      const texts = [...(levels?.keys() ?? [])];
      if (as === 'text') return { as, codes: cut(codes), levels: texts };
      if (kind !== TEXT) return { as, values: cut(values), ...(words && words.size > 0 && { words }) };
      return numbersOf(codes.subarray(0, rows), texts, format);
    }),
  };
}

/** The last place behind a line end, at most `to`, and more than `from`; −1 where there is none. */
function lastLineEnd(bytes: Buffer, from: number, to: number): number {
  const lf = to < 1 ? -1 : bytes.lastIndexOf(0x0a, to - 1);
  if (lf >= from) return lf + 1;
  // Lines that end in a lone CR; the last byte may be the first half of CR LF. A place below 0 would be one from the end.
  const cr = to < 2 ? -1 : bytes.lastIndexOf(0x0d, to - 2);
  return cr >= from ? cr + 1 : -1;
}

/** Takes rows into chunks. */
function chunkFiller(walk: CsvWalk) {
  const { path, width, comment, keepNa } = walk.form;
  let start = 0;
  let sink = openSink(walk);
  return {
    get sink() {
      return sink;
    },
    get isEmpty() {
      return start + sink.rows === 0;
    },
    /** The chunk that was filled. */
    take(): CsvChunk {
      const chunk = chunkOf(start, sink, walk);
      start += chunk.rows;
      sink = openSink(walk);
      return chunk;
    },
    add(cells: readonly string[], line: number): void {
      if (cells.length !== width) {
        const [first = ''] = cells;
        const mend =
          comment === undefined && /^[#%;]/.test(first)
            ? `lines that begin so are left out with \`comment\` '${first[0]}'`
            : 'give every row as many cells as the first; `delimiter` says what separates them, `skip` leaves out the first lines';
        throw badInput(`${path}, row ${line}`, `expected ${width} columns, got ${cells.length}`, mend);
      }
      for (const [i, cell] of cells.entries()) {
        const target = sink.columns[i];
        if (target?.kind === TEXT) putText(target, sink.rows, cell, keepNa);
        else if (target) putNumber(target, sink.rows, cell);
      }
      sink.lines[sink.rows++] = line;
    },
  };
}

/** The rows of a file of text: plain ones by their bytes, all others with care. */
function* filledChunks(
  read: ReadBytes,
  walk: CsvWalk,
  filler: ReturnType<typeof chunkFiller>,
): Generator<CsvChunk, void> {
  const { form } = walk;
  const readPlain = createPlainReader(form);
  let { line } = walk;
  /** One byte more than is read into: for a line end behind the last line. */
  let buffer = Buffer.alloc(walk.blockBytes + 1);
  let [filled, offset, last] = [0, walk.bytes.begin + walk.offset, false];
  while (!last || filled > 0) {
    while (!last && filled < buffer.length - 1) {
      const got = read(buffer.subarray(filled, buffer.length - 1));
      last = got === 0;
      refuseBinary(buffer.subarray(filled, filled + got), offset, form.path);
      offset += got;
      filled += got;
    }
    let at = 0;
    const end = last ? filled : Math.max(0, lastLineEnd(buffer, 0, filled));
    if (last) buffer[filled] = LF;
    refuseForeign(buffer.subarray(0, end), offset - filled, form.path);
    let quote = buffer.subarray(0, end).indexOf(QUOTE);
    while (at < end) {
      // to the line of the next quote
      const plainEnd = quote < 0 ? end : Math.max(at, buffer.lastIndexOf(LF, quote) + 1);
      if (at < plainEnd) {
        const plain = readPlain(buffer, at, plainEnd, line, filler.sink);
        [at, line] = [plain.at, plain.line];
        if (plain.ended === 'full') yield filler.take();
        if (plain.ended !== 'unusual') continue;
      }
      const row = readRow(buffer, form, at, end, line, last);
      if (row.cells) {
        if (filler.sink.rows === walk.chunkRows) yield filler.take();
        filler.add(row.cells, row.line);
      } else if (row.at === at) break;
      [at, line] = [row.at, row.nextLine];
      if (quote >= 0 && quote < at) quote = buffer.subarray(0, end).indexOf(QUOTE, at);
    }
    if (last && at >= filled) return;
    if (at > 0) {
      buffer.copyWithin(0, at, filled);
      filled -= at;
    } else {
      // a row that goes on behind the buffer
      if (buffer.length > LONGEST_ROW) {
        const mend = 'close the quote that it begins with, or write a row a line';
        throw badInput(`${form.path}, row ${line}`, 'expected a row of at most 64 MiB, got a longer one', mend);
      }
      buffer = Buffer.concat([buffer.subarray(0, -1)], 2 * (buffer.length - 1) + 1);
    }
  }
}

/**
 * Reads the rows of a file of text, chunk after chunk.
 *
 * @throws GargaloError `bad-input` for rows of another length, quotes left open, binary files; the rows before come first
 */
export function* csvChunks(read: ReadBytes, walk: CsvWalk): Generator<CsvChunk, void> {
  const filler = chunkFiller(walk);
  let problem: unknown;
  try {
    yield* filledChunks(read, walk, filler);
  } catch (error) {
    problem = error;
  }
  if (filler.sink.rows > 0) yield filler.take();
  if (problem !== undefined) throw problem;
  if (filler.isEmpty) throw badInput(walk.form.path, 'expected at least one row of numbers, got only a header');
}
