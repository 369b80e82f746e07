// Runs commands one after another in one process: what a command needs is loaded once for all tests of a file. Stdout and
// stderr are files, so that what native code writes is seen too.
import { runCommand } from '../../dist/cli/program.js';

let last = Promise.resolve();
process.on('message', ({ words, cwd }) => {
  last = last.then(async () => {
    process.chdir(cwd);
    process.argv.splice(2, Number.POSITIVE_INFINITY, ...words);
    process.send({ code: await runCommand() });
  });
});
process.on('disconnect', () => process.exit());
