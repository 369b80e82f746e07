import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GargaloError } from '../../core/errors.js';
import { fileProblem } from '../../data/write/write.js';
import { loopbackNames } from '../../server/app.js';
import { listen } from '../../server/listen.js';
import { studioService } from '../../server/studio.js';
import { createLauncher } from '../../server/trainings.js';
import { defineCommand } from '../command.js';
import { openRunRegistry } from '../run-registry.js';

const file = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** `gargalo studio [folder]` */
export const define = defineCommand({
  arguments: {
    '[folder]': 'the folder of the runs (default: runs); a training that is at work in it is shown as it goes',
  },
  options: {
    'Options:': {
      port: {
        type: 'integer',
        default: 4880,
        minimum: 0,
        maximum: 65_535,
        description: 'the port on this machine; 0: any that is free',
      },
      open: { type: 'flag', default: true, description: 'open the address in a browser' },
    },
  },
  async run({ folder = 'runs', port = 4880, open = true }, session) {
    const root = resolve(folder);
    await mkdir(root, { recursive: true }).catch((error: unknown) => {
      throw fileProblem(root, error, 'write');
    });
    const token = randomBytes(18).toString('base64url');
    const service = studioService({
      pages: file('dist/studio'),
      runs: openRunRegistry(root),
      trainings: createLauncher(root, [file('bin/gargalo.js')]),
      version: session.version,
      token,
      hosts: loopbackNames,
      onFailure: (error) => session.warn(`a request failed: ${error instanceof Error ? error.message : String(error)}`),
    });
    const listening = await listen(service, { host: '127.0.0.1', port });
    const url = `${listening.url}/?token=${token}`;
    session.result({ url, port: listening.port, folder: root }, url);
    if (open) (await import('../open-browser.js')).openBrowser(url);
    await session.work('served', async ({ signal }) => {
      await new Promise((done) => signal?.addEventListener('abort', done));
      await listening.stop();
    });
    throw new GargaloError('cancelled', listening.url, 'stopped on request; trainings go on');
  },
});
