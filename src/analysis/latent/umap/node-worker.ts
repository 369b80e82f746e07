// Makes a layout in a thread of its own. Loaded by its built file, never imported.
import { parentPort, workerData } from 'node:worker_threads';
import { type UmapJob, umapLayout } from './layout.js';
import { serveLayout } from './thread.js';

const port = parentPort!;
serveLayout(umapLayout(workerData as UmapJob), (message, transfer) => port.postMessage(message, transfer));
