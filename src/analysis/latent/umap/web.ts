import { openWorker } from '../../../runtime/worker-path.js';
import type { UmapJob } from './layout.js';
import { inThread, type UmapMessage, type UmapThread, type UmapThreadOptions } from './thread.js';

/** A layout by UMAP, in a Web Worker. */
export function umapInThread(job: UmapJob, options?: UmapThreadOptions): Promise<Float32Array> {
  return inThread(startThread, job, options);
}

function startThread(job: UmapJob): UmapThread {
  const worker = openWorker(
    'gargalo-umap-worker.js',
    () => new Worker(new URL('./gargalo-umap-worker.js', import.meta.url), { type: 'module' }),
  );
  worker.postMessage(job);
  return {
    onMessage: (listener) =>
      worker.addEventListener('message', ({ data }: MessageEvent<UmapMessage>) => listener(data)),
    onFailure(listener) {
      // A script that cannot be loaded gives an event without a message.
      worker.addEventListener('error', ({ message }) =>
        listener(new Error(message || 'the script of a UMAP, gargalo-umap-worker.js, could not be loaded')),
      );
    },
    terminate: () => worker.terminate(),
  };
}
