import { GargaloError } from '../../../core/errors.js';
import type { UmapJob } from './layout.js';

/** What the thread says: how far it is, and at the end the places. */
export interface UmapMessage {
  readonly done: number;
  readonly places?: Float32Array;
}

/** A thread that was given a job. */
export interface UmapThread {
  onMessage(listener: (message: UmapMessage) => void): void;
  onFailure(listener: (error: Error) => void): void;
  terminate(): void;
}

export interface UmapThreadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the part that is done. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/**
 * A layout made in a thread of its own.
 *
 * @throws GargaloError `cancelled` where the signal says so, at once
 */
export function inThread(
  start: (job: UmapJob) => UmapThread,
  job: UmapJob,
  { signal, onProgress }: UmapThreadOptions = {},
): Promise<Float32Array> {
  return new Promise((resolve, reject) => {
    const cancelled = (): GargaloError => new GargaloError('cancelled', 'umap', 'stopped on request');
    if (signal?.aborted) return reject(cancelled());
    const thread = start(job);
    const end = (settle: () => void): void => {
      signal?.removeEventListener('abort', stop);
      thread.terminate();
      settle();
    };
    const stop = (): void => end(() => reject(cancelled()));
    signal?.addEventListener('abort', stop);
    thread.onFailure((error) => end(() => reject(error)));
    thread.onMessage(({ done, places }) => {
      if (places) end(() => resolve(places));
      else onProgress?.(done);
    });
  });
}

/** The thread's side. */
export function serveLayout(
  layout: Generator<number, Float32Array, void>,
  send: (message: UmapMessage, transfer: ArrayBuffer[]) => void,
): void {
  for (;;) {
    const { done, value } = layout.next();
    if (done) {
      send({ done: 1, places: value }, [value.buffer as ArrayBuffer]);
      return;
    }
    send({ done: value }, []);
  }
}
