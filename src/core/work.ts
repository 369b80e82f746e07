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
