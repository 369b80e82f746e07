import { zip } from '../../core/collections.js';
import { badInput, type GargaloError } from '../../core/errors.js';
import { isMissingNumber, numberOf, refuseTwice, shown } from './cells.js';
import { plainBytes } from './csv-bytes.js';
import { parseRows } from './csv-rows.js';
import { isDateLike } from './dates.js';
import { isNumberLike } from './number-format.js';
import type { TextForm, TextOptions } from './text-options.js';
import { isInfinite } from './words.js';

/** How a file of text is cut into cells; plain data, which a worker takes too. */
export interface CsvForm {
  /** The file, for messages. */
  readonly path: string;
  /** The byte between two cells. */
  readonly delimiter: number;
  /** The byte that lines to leave out begin with. */
  readonly comment?: number | undefined;
  /** Whether NA is a word in a column of words. */
  readonly keepNa?: boolean | undefined;
  /** Cells of a row, and how many it may have. */
  readonly width: number;
  readonly mostColumns?: number | undefined;
}

/** What a file of text was found to be. */
export interface Dialect {
  readonly form: CsvForm;
  /** What separates cells: " " for runs of blanks. */
  readonly delimiter: string;
  readonly names: readonly string[];
  /** Where the rows of values begin, in bytes of UTF-8, and the line there. */
  readonly offset: number;
  readonly line: number;
  /** The first rows of values. */
  readonly rows: readonly (readonly string[])[];
  /** The line of the first row, where that was taken for values by guess and has words. */
  readonly guessedValues?: number;
  readonly notes: readonly string[];
}

/** What is known before a file is looked at. */
export interface DialectContext {
  readonly path: string;
  /** The first bytes, as UTF-8 without a mark; whole rows, unless it is all there is. */
  readonly head: Uint8Array;
  readonly whole: boolean;
  readonly options: TextOptions;
  /** Cells that a row may have. */
  readonly mostColumns?: number | undefined;
  /** What a model remembers of other files. */
  readonly remembered?: TextForm | undefined;
  /** The columns that a model looks for. */
  readonly known?: readonly string[] | undefined;
}

const code = (text: string) => text.charCodeAt(0);

/** Separators that are looked for, the one that a file's name promises first. */
function separators(path: string): readonly [string, ...string[]] {
  const usual = [',', ';', '\t', '|'] as const;
  return /\.tsv(\.gz)?$/i.test(path) ? ['\t', ...usual.filter((mark) => mark !== '\t')] : usual;
}

/** The lines before a table, as far as they can be told without knowing its cells. */
interface Opening {
  readonly offset: number;
  readonly line: number;
  /** What a line "sep=;" says. */
  readonly delimiter?: string;
  readonly notes: readonly string[];
}

/** The end of the line that begins at a place. */
function lineEnd(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === 0x0a) return at + 1;
    if (bytes[at] === 0x0d) return bytes[at + 1] === 0x0a ? at + 2 : at + 1;
  }
  return bytes.length;
}

const decoder = new TextDecoder();
const textAt = (bytes: Uint8Array, from: number, to: number) => decoder.decode(bytes.subarray(from, to)).trim();

/** Leaves out lines as told, a line "sep=;", and comments at the start. */
function openingOf(head: Uint8Array, { skip }: TextOptions): Opening {
  let [offset, line] = [0, 1];
  const next = () => {
    offset = lineEnd(head, offset);
    line++;
  };
  for (let count = 0; count < (skip ?? 0) && offset < head.length; count++) next();
  const separator = /^"?sep=(.|\\t)"?[\r\n]*$/i.exec(decoder.decode(head.subarray(offset, lineEnd(head, offset))))?.[1];
  if (separator === undefined) return { offset, line, notes: [] };
  next();
  const delimiter = separator === '\\t' ? '\t' : separator;
  return { offset, line, delimiter, notes: [`the line sep=${separator} is left out: it names the separator`] };
}

/** A table as it is with some separator. */
interface Trial {
  readonly delimiter: string;
  /** The first bytes as they are read with it. */
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly line: number;
  readonly rows: readonly { readonly cells: readonly string[]; readonly line: number }[];
  readonly error?: GargaloError | undefined;
  readonly comment: number | undefined;
  /** Comments before the table. */
  readonly comments: number;
  /** Cells of most rows, and the first row that has so many. */
  readonly width: number;
  readonly first: number;
  readonly score: number;
  readonly notes: readonly string[];
}

/** Rows by which separators are compared, and rows that all else is decided by. */
const COMPARED = 60;
const LOOKED = 300;

/** The width that most rows have; that of the first where there are several. */
function commonWidth(widths: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), [0, 0])[0];
}

const isValue = (cell: string) => isNumberLike(cell) || isInfinite(cell) || isDateLike(cell) || isMissingNumber(cell);

/** How well a separator cuts a file up: all rows agree, and cells are numbers. */
function scoreOf(rows: Trial['rows'], width: number, first: number): number {
  const agreeing = rows.filter(({ cells }) => cells.length === width);
  const body = agreeing.length > 1 ? agreeing.slice(rows[first] === agreeing[0] ? 1 : 0) : agreeing;
  const cells = body.flatMap((row) => row.cells).slice(0, 1000);
  const values = cells.filter(isValue).length / Math.max(1, cells.length);
  return (agreeing.length / Math.max(1, rows.length)) * (1 + values);
}

/** The place behind the mark of a comment and the blanks there; the same place where none follow. */
function behindMark(bytes: Uint8Array, at: number, blanks: boolean): number {
  let end = at + 1;
  while (bytes[end] === 0x20 || (blanks && bytes[end] === 0x09)) end++;
  return end > at + 1 ? end : at;
}

/** Cuts the first rows up with a separator. */
function tryDelimiter(delimiter: string, context: DialectContext, most = LOOKED): Trial {
  const { path, head, whole, options, remembered } = context;
  const blanks = delimiter === ' ';
  const bytes = blanks ? plainBytes(head, { begin: 0, blanks }) : head;
  const opening = openingOf(bytes, options);
  const given = options.comment ?? remembered?.comment;
  const comment = given === undefined ? undefined : code(given);
  const form = { path, delimiter: code(blanks ? '\t' : delimiter), comment, mostColumns: context.mostColumns };
  const parse = (offset: number, line: number) => parseRows(bytes.subarray(offset), form, line, whole, most);
  let { offset, line } = opening;
  const starts: { offset: number; line: number }[] = [];
  const mark = comment ?? code('#');
  while (offset < bytes.length) {
    const end = lineEnd(bytes, offset);
    const text = textAt(bytes, offset, end);
    if (text !== '' && code(text) !== mark) break;
    if (text !== '') starts.push({ offset, line });
    offset = end;
    line++;
  }
  let parsed = parse(offset, line);
  const widthOf = () => commonWidth(parsed.rows.map(({ cells }) => cells.length));
  const last = comment === undefined ? starts.at(-1) : undefined;
  // "# temp,press" above two columns holds their names; "#N/A,5" is a row
  const behind = last ? behindMark(bytes, last.offset, blanks) : 0;
  const [top, ...others] = parsed.rows.map(({ cells }) => cells);
  const isHeaded = top !== undefined && judgeHeader(top, others).sure;
  const isOpen = last && !isHeaded && (parsed.rows.length === 0 || widthOf() > 1);
  const places = isOpen ? [{ ...last, offset: behind }, ...(blanks && behind > last.offset ? [] : [last])] : [];
  for (const place of places) {
    const again = parse(place.offset, place.line);
    const [row] = again.rows;
    if (!row || (parsed.rows.length > 0 && row.cells.length !== widthOf())) continue;
    // behind the mark of a comment stand names
    if (place.offset !== last?.offset && row.cells.some(isValue)) continue;
    ({ offset, line } = place);
    starts.pop();
    parsed = again;
    break;
  }
  const width = widthOf();
  const { rows, error } = parsed;
  const first = Math.max(
    0,
    rows.findIndex(({ cells }) => cells.length === width),
  );
  const score = width < 2 ? 0 : scoreOf(rows, width, first) * (error ? 0.5 : 1);
  return {
    delimiter,
    bytes,
    offset,
    line,
    rows,
    error,
    comment,
    comments: starts.length,
    width,
    first,
    score,
    notes: opening.notes,
  };
}

/** Lines of other widths before a table, at most. */
const MOST_BEFORE = 20;
/** With so much of a score all rows agree. */
const AGREED = 0.9;

/** Chooses what separates cells: what makes all rows agree, and cells numbers. */
function chooseTrial(context: DialectContext): Trial {
  const { path, head, options, remembered } = context;
  const said = options.delimiter ?? openingOf(head, options).delimiter;
  if (said !== undefined) return tryDelimiter(said, context);
  if (remembered?.delimiter !== undefined) {
    const trial = tryDelimiter(remembered.delimiter, context);
    if (trial.score >= AGREED) return trial;
  }
  const [own, ...others] = separators(path);
  const marks = [own, ...others.filter((mark) => head.includes(code(mark)))];
  const trials = marks.map((mark) => tryDelimiter(mark, context, marks.length > 1 ? COMPARED : LOOKED));
  const found = trials.reduce((one, other) => (other.score > one.score + 1e-9 ? other : one));
  const best = trials.length > 1 ? tryDelimiter(found.delimiter, context) : found;
  const isOdd = best.rows.some(({ cells }) => cells.length !== 1);
  if (best.delimiter === ',' && isOdd && best.rows[0]?.cells.length === 1) {
    // a column of numbers such as 1,200 or 1.234,5, each a line
    const lines = tryDelimiter(';', context);
    const body = lines.rows.slice(1);
    const numbers = body.filter(({ cells }) => cells.length === 1 && cells.every(isNumberLike));
    if (body.length > 0 && numbers.length >= AGREED * body.length) return lines;
  }
  if (best.score >= AGREED) return best;
  const blanks = tryDelimiter(' ', context);
  // words with blanks between them are no table: half of the cells must be values
  return blanks.score >= 1.5 ? blanks : best;
}

/** The row that the table begins with: rows of fewer cells before it are no part of it. */
function refuseOrSkip(trial: Trial, { path, options }: DialectContext): number {
  const { rows, width, first } = trial;
  if (first === 0 || options.skip !== undefined) return 0;
  const before = rows.slice(0, first);
  const after = rows.slice(first);
  const [begin, ...body] = after;
  // where few rows agree, the first one says how many cells there should be
  const agreeing = after.filter(({ cells }) => cells.length === width).length;
  if (!begin || first > MOST_BEFORE || first >= after.length || agreeing < AGREED * after.length) return 0;
  const wrong = before.find(({ cells }) => cells.length > width);
  const names = before.find(({ cells }) => first === 1 && cells.length === width - 1 && !cells.some(isValue));
  const isHeaded = judgeHeader(
    begin.cells,
    body.map(({ cells }) => cells),
  ).header;
  const one = wrong ?? (isHeaded ? undefined : names);
  if (!one) return first;
  throw badInput(
    `${path}, row ${one.line}`,
    `expected ${width} columns, as in most rows, got ${one.cells.length}`,
    `give every row as many cells, or leave out the lines before the table with \`skip: ${begin.line - 1}\``,
  );
}

/** Kinds of cells that a name and what stands below it are told apart by. */
function kindOf(cell: string): 'value' | 'word' | 'missing' {
  if (isMissingNumber(cell)) return 'missing';
  return isNumberLike(cell) || isInfinite(cell) || isDateLike(cell) || !Number.isNaN(numberOf(cell)) ? 'value' : 'word';
}

interface HeaderVerdict {
  readonly header: boolean;
  /** Whether it stands above values. */
  readonly sure?: boolean;
  /** Whether it could be a row of values as well. */
  readonly open?: boolean;
  readonly because?: string;
}

/** Whether a row has the names of the columns, and where that is no matter of course, why not. */
function judgeHeader(row: readonly string[], body: readonly (readonly string[])[]): HeaderVerdict {
  // pandas heads an unnamed table with its index by an empty cell and 0, 1, 2, …
  if (row.length > 1 && row.every((cell, i) => cell === (i === 0 ? '' : String(i - 1)))) return { header: true };
  // so do programs that number their columns: 1, 2, 3, … above numbers of which some are not whole
  const isCounting = [0, 1].some((first) => row.every((cell, i) => cell === String(i + first)));
  const isPlausible = row.length >= 10 || body.some((cells) => cells.some((cell) => /\d[.,eE]\d/.test(cell)));
  if (row.length >= 3 && body.length > 0 && isCounting && isPlausible) return { header: true, open: true };
  const columns = row.map((cell, i) => {
    const below = body.map((cells) => cells[i] ?? '').filter((other) => kindOf(other) !== 'missing');
    const values = below.filter((other) => kindOf(other) === 'value').length;
    return { cell, kind: kindOf(cell), below, ofValues: below.length > 0 && values >= below.length / 2 };
  });
  const words = columns.filter(({ kind }) => kind === 'word');
  if (words.length === 0) return { header: false };
  const again = words.find(({ cell, below }) => below.includes(cell));
  // files with a header each, one after the other, have it again as a whole
  const isRepeated = again && body.some((cells) => cells.every((cell, i) => cell === row[i]));
  const among = columns.filter(({ kind, ofValues }) => kind === 'value' && ofValues).map(({ cell }) => cell);
  const isRising = (step: (before: number, after: number) => boolean) =>
    among.length > 1 &&
    among.every((cell) => /^\d/.test(cell)) &&
    zip(among.slice(0, -1), among.slice(1)).every(([before, after]) => step(numberOf(before), numberOf(after)));
  const isNamed = words.some(({ ofValues }) => ofValues) && (!again || isRepeated);
  // 2019, 2021, 2025 are names, and so may be 7; 20.38 is none
  if (isNamed && (among.every((cell) => /^\d{1,4}$/.test(cell)) || isRising((before, after) => before < after))) {
    return { header: true, sure: true };
  }
  if (again) return { header: false, because: `${shown(again.cell)} comes again in its column` };
  const names = words.map(({ cell }) => cell);
  const seen = new Set<string>();
  const twice = isNamed ? undefined : names.find((cell) => seen.size === seen.add(cell).size);
  if (twice !== undefined && body.length > 0) return { header: false, because: `${shown(twice)} stands in it twice` };
  const [first] = among;
  if (first === undefined || isRising((before, after) => after === before + 1)) {
    return { header: true, open: body.length > 0 };
  }
  return { header: false, because: `${shown(first)} is one of the values in its column` };
}

/** The names of the columns, and whether the first row has them. */
function namesOf(
  trial: Trial,
  row: Trial['rows'][number],
  body: readonly (readonly string[])[],
  { path, options, remembered, known }: DialectContext,
): { readonly header: boolean; readonly names: readonly string[]; readonly note?: string; readonly isGuess?: boolean } {
  const { cells } = row;
  const there = new Set(cells);
  const isKnown = known?.some((name) => !/^\d+$/.test(name)) && known.every((name) => there.has(name));
  const told = options.header ?? (isKnown ? true : remembered?.header);
  const { header, because, open } = told === undefined ? judgeHeader(cells, body) : { header: told };
  const names = cells.map((cell, i) => (header ? cell || `column ${i + 1}` : String(i + 1)));
  refuseTwice(names, `${path}, row ${row.line}`);
  if (open)
    return {
      header,
      names,
      note: 'the first row is taken for names, though it could be one of values; `header: false` takes it for values',
    };
  if (because === undefined) return { header, names };
  const called = trial.width === 1 ? 'the column is called 1' : `the columns are called 1 … ${trial.width}`;
  return {
    header,
    names,
    isGuess: true,
    note: `the first row is taken for values, since ${because}: ${called}; \`header: true\` takes it for names`,
  };
}

/**
 * Finds out how a file of text is cut into cells, by its first rows: what separates cells, which lines are no part of the table, and
 * whether the first row has names.
 *
 * @throws GargaloError `bad-input` naming row and mend: no rows, bad quotes, a name twice
 */
export function dialectOf(context: DialectContext): Dialect {
  const { path, options, remembered } = context;
  const trial = chooseTrial(context);
  const { rows, error, delimiter, bytes, comment, comments } = trial;
  const first = refuseOrSkip(trial, context);
  const row = rows[first];
  if (!row) throw error ?? badInput(path, 'expected at least one row of numbers, got an empty file');
  const body = rows.slice(first + 1).map(({ cells }) => cells);
  const { header, names, note, isGuess } = namesOf(
    trial,
    row,
    body.filter((cells) => cells.length === row.cells.length),
    context,
  );
  const own = code(delimiter === ' ' ? '\t' : delimiter);
  const before = first + (header ? 1 : 0);
  const cut =
    before === 0
      ? undefined
      : parseRows(bytes.subarray(trial.offset), { path, delimiter: own, comment }, trial.line, true, before);
  const mark = comment === undefined ? '#' : String.fromCharCode(comment);
  return {
    form: { path, delimiter: own, comment, keepNa: options.keepNa ?? remembered?.keepNa, width: names.length },
    delimiter,
    names,
    offset: trial.offset + (cut?.consumed ?? 0),
    line: cut?.nextLine ?? trial.line,
    rows: header ? body : [row.cells, ...body],
    ...(isGuess && { guessedValues: row.line }),
    notes: [
      ...trial.notes,
      ...(comments > 0 ? [`lines before the table that begin with ${mark} are left out: ${comments}`] : []),
      ...(first > 0
        ? [`lines before the table of fewer cells than ${names.length} are left out: ${first}; \`skip: 0\` keeps them`]
        : []),
      ...(note ? [note] : []),
    ],
  };
}
