// What a command has while it runs: where it speaks, the runtime that all of it works on, and Ctrl-C.
import { createRuntime } from '#runtime';
import { escapeControls, GargaloError } from '../core/errors.js';
import { count, several } from '../core/format.js';
import { asFlags } from '../core/option-flags.js';
import type { WorkOptions, WorkProgress } from '../core/work.js';
import type { WrittenTexts } from '../data/table/formula-cells.js';
import { removeEmptyFolders } from '../data/write/write.js';
import { usualDevice } from '../runtime/node.js';
import type { Device, Runtime, RuntimeOptions } from '../runtime/runtime.js';
import { releaseLocks } from './lock.js';
import { overwriteLine, printLines } from './terminal.js';

/** What a session is opened with. */
interface SessionContext {
  /** No progress and no messages: only results, warnings and errors. */
  readonly quiet: boolean;
  /** The result as one JSON object. */
  readonly json: boolean;
  readonly version: string;
  /** What becomes of texts in tables that a spreadsheet would run; how many they were is said with the result. */
  readonly texts: WrittenTexts;
  /** The command as it was typed, with other values for some of its arguments and options. */
  commandWith(changes: Readonly<Record<string, unknown>>): string;
}

/** A command at work. Results go to stdout, everything else to stderr. */
export interface Session extends SessionContext {
  /** A message; silent when quiet. */
  note(text: string): void;
  /** A warning; always said. */
  warn(text: string): void;
  /** The result: as one JSON object, or in words for a person, a line or several. */
  result(json: object, words: string | readonly string[]): void;
  /**
   * Does work that takes a while: the first Ctrl-C ends it between two blocks, so that it can clean up behind itself, a second
   * one at once; on a terminal it says how far it has come.
   *
   * @param doing what is done to examples: "compressing"
   * @param options.endsAtOnce for work that leaves nothing behind and has long stretches in which no event has its turn: Ctrl-C ends
   *   the process, as it does where nobody listens
   */
  work<T>(
    doing: string,
    work: (options: Required<WorkOptions>) => Promise<T>,
    options?: { readonly endsAtOnce?: boolean },
  ): Promise<T>;
  /** The options with the runtime of the command in them, which is opened when it is first asked for; on its device where none is named. */
  runtime(options?: RuntimeOptions): Promise<RuntimeOptions>;
  close(): Promise<void>;
}

/** Between two looks at the display. */
const DISPLAY_MILLISECONDS = 200;

/** A line on a terminal that is written over as work goes on. */
export function counter(doing: string): { show(progress: WorkProgress): void; clear(): void } {
  let last = Number.NEGATIVE_INFINITY;
  let shown = false;
  return {
    show({ done, total }) {
      const now = performance.now();
      if (now - last < DISPLAY_MILLISECONDS) return;
      last = now;
      shown = true;
      const of = total === undefined ? '' : ` of ${count(total)}`;
      overwriteLine(`${doing} ${count(done)}${of}`);
    },
    clear() {
      if (shown) overwriteLine('');
    },
  };
}

/** Fields of results that hold messages of the library; all others are data and figures. */
const messageFields: ReadonlySet<string> = new Set(['notes', 'warnings', 'problem', 'finding', 'remedy']);

/** For JSON.stringify: messages name options as flags, as they do in words. */
function messagesInFlags(field: string, value: unknown): unknown {
  if (!messageFields.has(field)) return value;
  const inFlags = (message: unknown): unknown => (typeof message === 'string' ? asFlags(message) : message);
  return Array.isArray(value) ? value.map(inFlags) : inFlags(value);
}

/** Ends the watch over signals that begins with a result; it goes on to the end of the process, or to the next command in it. */
let unwatchEnd: (() => void) | undefined;
/** Says where texts were not written as they are; how many, for --json. */
function sayWritten({ escaped, renamed = 0 }: WrittenTexts, note: (text: string) => void): object {
  if (escaped > 0) {
    note(
      `an apostrophe is put before ${several(escaped, 'text')} that a spreadsheet would run as a formula, and taken off where gargalo reads it; \`rawCells\` leaves them`,
    );
  }
  if (renamed > 0) {
    const whose = renamed === 1 ? 'what it was' : 'what they were';
    note(
      `${several(renamed, 'file')} could not have the name of ${whose} made of: it has control characters or is too long`,
    );
  }
  return { ...(escaped > 0 && { cellsEscaped: escaped }), ...(renamed > 0 && { filesRenamed: renamed }) };
}

export function openSession(context: SessionContext): Session {
  const { quiet, json, texts } = context;
  // One for each device: a run that goes on keeps to the device that it was started on.
  const runtimes = new Map<Device, Promise<Runtime>>();
  unwatchEnd?.();
  unwatchEnd = undefined;
  const note = (text: string): void => {
    if (!quiet) printLines('stderr', asFlags(text));
  };
  return {
    ...context,
    note,
    warn: (text) => printLines('stderr', `gargalo: warning: ${asFlags(text)}`),
    result(object, words) {
      // All is written: a signal on the last steps does not make a failure of it; a second one ends them.
      unwatchEnd ??= onInterrupt(() => undefined);
      const counted = { ...object, ...sayWritten(texts, note) };
      printLines('stdout', json ? escapeControls(JSON.stringify(counted, messagesInFlags)) : words);
    },
    async work(doing, work, { endsAtOnce = false } = {}) {
      const controller = new AbortController();
      const unwatch = endsAtOnce ? () => undefined : onInterrupt(() => controller.abort());
      const display = process.stderr.isTTY && !quiet ? counter(doing) : undefined;
      try {
        return await work({ signal: controller.signal, onProgress: (progress) => display?.show(progress) });
      } finally {
        unwatch();
        display?.clear();
      }
    },
    async runtime(options = {}) {
      const [own] = runtimes.keys();
      const device = options.device ?? own ?? usualDevice(note);
      const runtime = runtimes.get(device) ?? createRuntime({ ...options, device });
      runtimes.set(device, runtime);
      return { ...options, opened: await runtime };
    },
    async close() {
      for (const runtime of runtimes.values()) await (await runtime.catch(() => undefined))?.close();
    },
  };
}

/** Ctrl-C, what `kill` sends, and the end of the terminal. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm passes Ctrl-C on to a process that the terminal has told already: signals this close are one. */
const SAME_MILLISECONDS = 500;

/**
 * Ends the process as Ctrl-C does by itself, which shells report as exit code 130. `process.exit` would take the workers
 * down first, and ONNX Runtime does not survive that in the middle of a call.
 */
function endNow(): void {
  releaseLocks();
  removeEmptyFolders();
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, 'SIGINT');
}

/**
 * Calls `first` at the first Ctrl-C (or another of the signals that end a process); a second one calls `second` and ends the process at
 * once.
 *
 * @returns ends the watch
 */
function onInterrupt(first: () => void, second = (): void => undefined): () => void {
  let heard: number | undefined;
  const listener = (): void => {
    const now = performance.now();
    if (heard === undefined) {
      heard = now;
      first();
    } else if (now - heard > SAME_MILLISECONDS) {
      second();
      endNow();
    }
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
}

/** What a training is at: while it prepares or reports, Ctrl-C ends the process; while it trains, the training. */
type Phase = 'preparing' | 'training' | 'reporting';

/** A training, or several, that Ctrl-C stops so that they can go on. */
export interface TrainingWatch {
  readonly signal: AbortSignal;
  /** How to go on, once that is known. */
  goOn?: string;
  enter(phase: Phase): void;
  /** What is thrown where Ctrl-C has ended the training. */
  interrupted(what: string): GargaloError;
  close(): void;
}

/**
 * @param where what messages begin with
 * @param models what is written by the time that a report is made
 * @param stopDisplay ends what is shown of the training, before anything else is said
 */
export function watchTraining(
  { note }: Session,
  where: () => string,
  models: string,
  stopDisplay: () => void,
): TrainingWatch {
  const abort = new AbortController();
  let phase: Phase = 'preparing';
  const stop = (): void => {
    if (phase === 'training') {
      abort.abort();
      stopDisplay();
      note('stopping …  (Ctrl-C again quits at once)');
      return;
    }
    const what =
      phase === 'preparing'
        ? 'before training began; nothing was written'
        : `while the report was made; ${models} written`;
    printLines('stderr', `gargalo: ${watch.interrupted(what).message}`);
    endNow();
  };
  const unwatch = onInterrupt(stop, stopDisplay);
  const watch: TrainingWatch = {
    signal: abort.signal,
    enter(entered) {
      phase = entered;
    },
    interrupted: (what) =>
      new GargaloError('cancelled', where(), `interrupted ${what}`, watch.goOn && `go on with: ${watch.goOn}`),
    close: unwatch,
  };
  return watch;
}
