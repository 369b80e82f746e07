/** What went wrong, as a word that programs can switch on. */
export type ErrorCode =
  /** The caller gave something unusable: an option, a file, a shape. The command line ends with exit code 2. */
  | 'bad-input'
  /** Two shapes that do not fit. A mistake in a network, also the caller's: exit code 2. */
  | 'bad-shape'
  /** The asked-for device or package is not on this machine: exit code 2. */
  | 'not-available'
  /** Training met NaN or infinity: exit code 1. The last good weights are kept. */
  | 'diverged'
  /** Stopped on request: exit code 130. */
  | 'cancelled'
  /** A mistake of the library itself: exit code 1. */
  | 'internal';

/** C0 and C1 controls, line and paragraph separators, and the marks that turn the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const controls = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Control characters but line feeds as escapes, \\u001b. Names and cells of files go through messages to terminals, where they would
 * colour text, move the cursor, set titles or turn the direction of what follows. JSON text stays that of the same value.
 */
export function escapeControls(text: string): string {
  return replaceControls(text, (letter) =>
    letter === '\n' ? letter : `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Other letters in the place of control characters. */
export const replaceControls = (text: string, by: (letter: string) => string): string => text.replace(controls, by);

/** The same with line feeds as \\n. */
export function oneLine(text: string): string {
  return escapeControls(text).replaceAll('\n', '\\n');
}

/**
 * The one error of this library. The message is one line, "where: expected …, got …", and ends with the remedy where there is
 * one.
 *
 * @example throw badInput('mnist.idx', 'expected the magic number 0x00000803, got 0x504b0304', 'is this a zip archive?')
 */
export class GargaloError extends Error {
  readonly code: ErrorCode;
  /** The place: a file with row and column, an option, a layer. */
  readonly where: string;
  readonly problem: string;
  readonly remedy: string | undefined;

  constructor(code: ErrorCode, where: string, problem: string, remedy?: string, cause?: unknown) {
    super(oneLine(`${where}: ${problem}${remedy ? ` (${remedy})` : ''}`), cause === undefined ? undefined : { cause });
    this.name = 'GargaloError';
    this.code = code;
    this.where = where;
    this.problem = problem;
    this.remedy = remedy;
  }
}

/** An error about what the caller passed in; see {@link GargaloError}. */
export function badInput(where: string, problem: string, remedy?: string, cause?: unknown): GargaloError {
  return new GargaloError('bad-input', where, problem, remedy, cause);
}

/** What the operating system calls an error: "ENOENT"; undefined of other errors. */
export const systemCode = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;
