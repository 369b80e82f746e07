// Builds dist/ with plain tsc, and what runs in a browser with vite. tools/setup.mjs runs it, so that `npx gargalo` works in a clone.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from './build-page.mjs';
import { buildStudio } from './build-studio.mjs';
import { copyWasm } from './copy-wasm.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
const result = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
if (result.status !== 0) process.exit(result.status ?? 1);

// npm gives the commands of dependencies a place in node_modules/.bin, but not those of the package itself; with one,
// `npx gargalo` works in a clone as it does in a project that depends on it.
const commands = join(root, 'node_modules', '.bin');
const link = join(commands, process.platform === 'win32' ? 'gargalo.cmd' : 'gargalo');
if (!existsSync(link)) {
  mkdirSync(commands, { recursive: true });
  if (process.platform === 'win32') writeFileSync(link, '@node "%~dp0\\..\\..\\bin\\gargalo.js" %*\r\n');
  else symlinkSync('../../bin/gargalo.js', link);
}

copyWasm();
await buildPage();
await buildStudio();
