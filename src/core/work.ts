import { GargaloError } from './errors.js';

/** What long work on examples can be told. */
export interface WorkOptions {
  /** Ends the work between two blocks: it throws a GargaloError `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each block. */
  readonly onProgress?: ((progress: WorkProgress) => void) | undefined;
}

/** How far work has come, in examples. */
export interface WorkProgress {
  readonly done: number;
  /** How many there are, where that is known. */
  readonly total?: number;
}

/**
 * To be called between two blocks.
 *
 * @throws GargaloError `cancelled` where the signal says so
 */
export function stopWhereAborted(signal: AbortSignal | undefined, where: string): void {
  if (signal?.aborted) throw new GargaloError('cancelled', where, 'stopped on request');
}

/** Lets events have their turn between two pieces of work in plain code, or no signal would ever reach it. */
export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Where work in plain code may pause; most of the time there is nothing to wait for. */
export type Pause = () => Promise<void> | undefined;

/** Milliseconds of plain code at a stretch. */
const STRETCH = 50;

/**
 * Pauses for long work in plain code: events have their turn now and then.
 *
 * @param where what the work is about
 * @returns a pause, which throws a GargaloError `cancelled` where the signal says so
 */
export function pauses(signal: AbortSignal | undefined, where: string): Pause {
  let last = performance.now();
  return () => {
    if (performance.now() - last < STRETCH) return undefined;
    return turn().then(() => {
      last = performance.now();
      stopWhereAborted(signal, where);
    });
  };
}
