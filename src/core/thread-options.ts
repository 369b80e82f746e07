import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { GargaloError } from './errors.js';

/**
 * Options of every worker thread in Node: without Node's own options of this process, some of which a worker refuses
 * (--input-type). Under Yarn's Plug'n'Play a thread finds its script only by way of those.
 */
export const threadOptions = (): { execArgv?: string[] } => (process.versions.pnp ? {} : { execArgv: [] });

/**
 * The script of a thread by its name in package.json's "imports". Always the built file: a worker needs JavaScript, also where the
 * sources run in a test. In a program that a bundler made of this package, it is that of the installed package.
 */
export function threadScript(name: '#runtime-worker' | '#csv-worker' | '#umap-worker'): string {
  const require = createRequire(import.meta.url);
  try {
    return require.resolve(name);
  } catch {
    try {
      const manifest = require.resolve('gargalo/package.json');
      return join(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).imports[name]);
    } catch {
      const problem = 'expected the package gargalo in node_modules, whose threads are files of their own';
      throw new GargaloError('not-available', 'gargalo', problem, 'leave it out of the bundle: see docs/browser.md');
    }
  }
}
