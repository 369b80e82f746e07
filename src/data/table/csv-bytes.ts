import { isUtf8 } from 'node:buffer';
import { badInput, type GargaloError } from '../../core/errors.js';
import type { ReadBytes } from './csv-chunks.js';

/** What is done to the bytes of a file before they are read as rows of UTF-8; plain data, which a worker takes too. */
export interface ByteForm {
  /** Bytes of a mark at the start of the file. */
  readonly begin: number;
  /** The encoding, where it is another than UTF-8. */
  readonly encoding?: string;
  /** Whether runs of blanks separate cells: each becomes a tab. */
  readonly blanks?: boolean;
}

const hexByte = (byte = 0) => byte.toString(16).padStart(2, '0');

/** Text has no control characters but tabs, line breaks and form feeds: looks for others at the start and for zeros everywhere. */
export function refuseBinary(bytes: Uint8Array, offset: number, path: string): void {
  const mend = 'is this a spreadsheet or a packed file? save it as CSV';
  let at = bytes.indexOf(0);
  if (at < 0 && offset === 0) {
    at = bytes.subarray(0, 4096).findIndex((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20));
  }
  if (at >= 0) throw badInput(path, `expected text, got the byte 0x${hexByte(bytes[at])} at byte ${offset + at}`, mend);
}

/** The place of the first byte that is no part of UTF-8; −1 where all are. */
function firstForeign(bytes: Uint8Array): number {
  if (isUtf8(bytes)) return -1;
  let [good, bad] = [0, bytes.length];
  // Of each prefix, without the letter that it may cut, it is known whether it is UTF-8.
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUtf8(bytes.subarray(0, wholeLetters(bytes, middle)))) good = middle;
    else bad = middle;
  }
  return wholeLetters(bytes, good);
}

/** The end of the last whole letter of the first so many bytes. */
function wholeLetters(bytes: Uint8Array, end: number): number {
  for (let at = end - 1; at >= Math.max(0, end - 4); at--) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) return end;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return at + length > end ? at : end;
  }
  return end;
}

/** Refuses bytes that are no UTF-8: read all the same, two words could become one. */
export function refuseForeign(bytes: Uint8Array, offset: number, path: string): void {
  if (isUtf8(bytes)) return;
  throw foreignProblem(path, bytes, offset);
}

function foreignProblem(path: string, bytes: Uint8Array, offset: number): GargaloError {
  const at = firstForeign(bytes);
  const mend = 'name the encoding, as `encoding: "windows-1252"`';
  return badInput(path, `expected UTF-8, got the byte 0x${hexByte(bytes[at])} at byte ${offset + at}`, mend);
}

/** Bytes that windows-1252 has no letter for. */
const unused = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);

/** UTF-16 without a mark, as texts of Latin letters are in it: every other byte is zero. */
function utf16Of(head: Uint8Array): string | undefined {
  const looked = head.subarray(0, 4096);
  let [even, odd] = [0, 0];
  for (let at = 0; at < looked.length; at++) if (looked[at] === 0) at % 2 === 0 ? even++ : odd++;
  const most = looked.length / 2;
  if (looked.length < 4 || Math.max(even, odd) < 0.7 * most || Math.min(even, odd) > 0.02 * most) return undefined;
  return odd > even ? 'utf-16le' : 'utf-16be';
}

/**
 * The encoding of a file, by some pieces of it.
 *
 * @param pieces the first one from the start; those after it begin and end with lines
 * @param remembered what a model knows: it holds where the file itself does not say
 * @throws GargaloError `bad-input` at the byte that fits no encoding that can be told
 */
export function encodingOf(
  path: string,
  pieces: readonly { readonly bytes: Uint8Array; readonly offset: number }[],
  given: string | undefined,
  remembered: string | undefined,
): { readonly form: ByteForm; readonly note?: string } {
  const head = pieces[0]?.bytes ?? new Uint8Array(0);
  const starts = (...mark: number[]) => mark.every((byte, i) => head[i] === byte);
  const decoded = (encoding: string, note?: string) => ({ form: { begin: 0, encoding }, ...(note && { note }) });
  if (given !== undefined && given !== 'utf-8') return decoded(given);
  if (starts(0xff, 0xfe)) return decoded('utf-16le');
  if (starts(0xfe, 0xff)) return decoded('utf-16be');
  const begin = starts(0xef, 0xbb, 0xbf) ? 3 : 0;
  const wide = begin === 0 ? utf16Of(head) : undefined;
  if (wide) return decoded(wide, `the encoding is taken for ${wide}, by its zeros`);
  refuseBinary(head, 0, path);
  // The first piece may end within a letter.
  const whole = pieces.map(({ bytes, offset }) => ({
    offset,
    bytes: bytes.subarray(0, wholeLetters(bytes, bytes.length)),
  }));
  const foreign = whole.find(({ bytes }) => !isUtf8(bytes));
  if (given !== undefined || begin > 0 || !foreign) return { form: { begin } };
  const at = firstForeign(foreign.bytes);
  const isMixed = whole.some(({ bytes }) => hasLetters(isUtf8(bytes) ? bytes : bytes.subarray(0, firstForeign(bytes))));
  const isLatin = !whole.some(({ bytes }) => bytes.some((byte) => unused.has(byte)));
  const encoding = remembered ?? (isMixed || !isLatin ? undefined : 'windows-1252');
  if (encoding === undefined || encoding === 'utf-8') throw foreignProblem(path, foreign.bytes, foreign.offset);
  const byte = `0x${hexByte(foreign.bytes[at])} at byte ${foreign.offset + at}`;
  return decoded(
    encoding,
    `the encoding is taken for ${encoding}, since ${byte} is no UTF-8; \`encoding\` names another`,
  );
}

const hasLetters = (bytes: Uint8Array): boolean => bytes.some((byte) => byte >= 0x80);

/** Makes UTF-8 of pieces of another encoding, one after the other; nothing at the end. */
function transcoder(encoding: string): (piece: Uint8Array | undefined) => Uint8Array {
  const decoder = new TextDecoder(encoding);
  const encoder = new TextEncoder();
  return (piece) => encoder.encode(piece ? decoder.decode(piece, { stream: true }) : decoder.decode());
}

/** Makes one tab of each run of blanks and tabs outside of quotes, none at the ends of lines. */
function collapser(): (piece: Uint8Array | undefined) => Uint8Array {
  let [quoted, atStart, pending] = [false, true, false];
  return (piece = new Uint8Array(0)) => {
    const out = new Uint8Array(2 * piece.length);
    let filled = 0;
    for (const byte of piece) {
      const isEnd = byte === 0x0a || byte === 0x0d;
      if (!quoted && (byte === 0x20 || byte === 0x09)) {
        pending = !atStart;
        continue;
      }
      if (pending && !isEnd) out[filled++] = 0x09;
      pending = false;
      if (byte === 0x22) quoted = !quoted;
      atStart = isEnd && !quoted;
      out[filled++] = byte;
    }
    return out.subarray(0, filled);
  };
}

function steps({ encoding, blanks }: ByteForm): ((piece: Uint8Array | undefined) => Uint8Array)[] {
  return [...(encoding === undefined ? [] : [transcoder(encoding)]), ...(blanks ? [collapser()] : [])];
}

/** Bytes as UTF-8, with tabs for blanks where they separate cells. */
export function plainBytes(bytes: Uint8Array, form: ByteForm): Uint8Array {
  return steps(form).reduce((piece, step) => step(piece), bytes.subarray(form.begin));
}

/** Bytes read at once where they are made into others. */
const PIECE = 2 ** 16;

/**
 * Reads the bytes of a file as UTF-8.
 *
 * @param readAt fills memory from a place in the file, and says how many bytes it got
 * @param skip bytes of the result that are left out
 */
export function plainReader(
  readAt: (into: Uint8Array, position: number) => number,
  form: ByteForm,
  skip: number,
): ReadBytes {
  const each = steps(form);
  if (each.length === 0) {
    let position = form.begin + skip;
    return (into) => {
      const got = readAt(into, position);
      position += got;
      return got;
    };
  }
  const piece = new Uint8Array(PIECE);
  let [position, left, ended] = [form.begin, skip, false];
  let ready = new Uint8Array(0);
  return (into) => {
    while (ready.length === 0 && !ended) {
      const got = readAt(piece, position);
      position += got;
      ended = got === 0;
      let made: Uint8Array | undefined = ended ? undefined : piece.subarray(0, got);
      for (const step of each) made = step(made);
      const cut = Math.min(left, made?.length ?? 0);
      left -= cut;
      ready = new Uint8Array(made?.subarray(cut) ?? []);
    }
    const part = ready.subarray(0, into.length);
    into.set(part);
    ready = ready.subarray(part.length);
    return part.length;
  };
}
