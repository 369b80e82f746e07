import { randomBytes } from 'node:crypto';
import { cp, mkdir, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { badInput, GargaloError } from '../../core/errors.js';
import { fileProblem } from '../../data/write/write.js';
import { loopbackNames } from '../../server/app.js';
import { listen } from '../../server/listen.js';
import { studioService } from '../../server/studio.js';
import { createLauncher } from '../../server/trainings.js';
import { defineCommand, text } from '../command.js';
import { openRunRegistry } from '../run-registry.js';

const file = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** Copies the pages, and the library that they take, into one folder. */
async function exportPages(target: string): Promise<void> {
  const left = new Set(['browser', 'sources.txt']);
  const pages = file('dist/studio');
  const there: readonly string[] = await readdir(target).catch(() => []);
  if (there.length > 0 && !there.includes('sw.js')) {
    throw badInput(
      target,
      'expected an empty folder or one of the studio, got one with other files',
      'name another with --export',
    );
  }
  try {
    await cp(pages, target, { recursive: true, filter: (path) => !left.has(basename(path)) });
    await cp(file('dist/browser'), join(target, 'browser'), { recursive: true });
  } catch (error) {
    throw fileProblem(target, error, 'write');
  }
}

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
      open: { type: 'switch', description: 'open the address in a browser (default)', off: 'only print the address' },
      export: text('<folder>', 'write the studio into a folder that any web server can serve, under any path, and end'),
    },
  },
  examples: ['gargalo studio', 'gargalo studio experiments --port 0 --no-open', 'gargalo studio --export site'],
  async run({ folder = 'runs', port = 4880, open = true, export: target }, session) {
    if (target !== undefined) {
      await exportPages(target);
      session.result({ output: target }, `${target}: the studio, for any web server`);
      return;
    }
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
