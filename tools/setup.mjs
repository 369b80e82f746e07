// The set-up of a fresh clone: installs exactly what the lock file names where that has not been done, then builds.
// Uses Node's own modules only, because nothing is installed yet when it runs.
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function run(command, args) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (result.status !== 0) {
    process.stderr.write(`set-up: "${command} ${args.join(' ')}" failed\n`);
    process.exit(result.status ?? 1);
  }
}

// npm writes this file at the end of an install, so its age tells whether the lock file has moved on since.
const installed = join(root, 'node_modules', '.package-lock.json');
const locked = join(root, 'package-lock.json');
// A link leads to the modules of another checkout, which npm ci would empty.
const isLink = lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
if (!isLink && (!existsSync(installed) || statSync(installed).mtimeMs < statSync(locked).mtimeMs)) {
  process.stderr.write('set-up: installing dependencies (npm ci) …\n');
  run('npm', ['ci', '--no-audit', '--no-fund']);
}
run(process.execPath, [join(root, 'tools', 'build.mjs')]);
