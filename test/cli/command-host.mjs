// Runs commands one after another in one process: what a command needs is loaded once, and runtimes are lent. Stdout and
// stderr are files, so that what native code writes is seen too; their folder goes with the process.
import { rmSync } from 'node:fs';
import { register } from 'node:module';

register(new URL('runtime-hook.mjs', import.meta.url));
const { runCommand } = await import('../../dist/cli/program.js');
const runtimes = await import('./shared-runtime.mjs');

const [, , folder] = process.argv;
let last = Promise.resolve();
process.on('message', ({ words, cwd }) => {
  last = last.then(async () => {
    process.chdir(cwd);
    process.argv.splice(2, Number.POSITIVE_INFINITY, ...words);
    const before = runtimes.openedRuntimes;
    const code = await runCommand();
    process.send({ code, runtimes: runtimes.openedRuntimes - before });
  });
});
process.on('disconnect', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit();
});
