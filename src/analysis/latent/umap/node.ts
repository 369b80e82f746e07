import { Worker } from 'node:worker_threads';
import { threadOptions, threadScript } from '../../../core/thread-options.js';
import type { UmapJob } from './layout.js';
import { inThread, type UmapThread, type UmapThreadOptions } from './thread.js';

/** A layout by UMAP, in a worker thread. */
export function umapInThread(job: UmapJob, options?: UmapThreadOptions): Promise<Float32Array> {
  return inThread(startThread, job, options);
}

function startThread(job: UmapJob): UmapThread {
  const worker = new Worker(threadScript('#umap-worker'), {
    ...threadOptions(),
    workerData: job,
  });
  return {
    onMessage: (listener) => void worker.on('message', listener),
    onFailure(listener) {
      worker.on('error', listener);
      worker.on('exit', (code) => listener(new Error(`the thread of a UMAP ended with exit code ${code}`)));
    },
    terminate() {
      worker.removeAllListeners();
      void worker.terminate();
    },
  };
}
