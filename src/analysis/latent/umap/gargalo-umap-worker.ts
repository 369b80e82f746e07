// Makes a layout in a Web Worker. Loaded by its URL, never imported.
import { type UmapJob, umapLayout } from './layout.js';
import { serveLayout } from './thread.js';

self.addEventListener('message', ({ data }: MessageEvent<UmapJob>) =>
  serveLayout(umapLayout(data), (message, transfer) => self.postMessage(message, { transfer })),
);
