// Runs commands one after another in one process, whose file system fails as it is told: what a command needs is loaded once.
import { join } from 'node:path';
import { runCommand } from '../../dist/cli/program.js';

const said = { stdout: '', stderr: '' };
for (const name of Object.keys(said)) {
  process[name].write = (text, ...rest) => {
    said[name] += text;
    rest.findLast((word) => typeof word === 'function')?.();
    return true;
  };
}
process.on('message', async ({ words, cwd, env }) => {
  process.chdir(cwd);
  process.env.TMPDIR = join(cwd, 'tmp');
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...words);
  [said.stdout, said.stderr] = ['', ''];
  globalThis.torture.begin({ ...env, TORTURE_ROOT: cwd });
  const code = await runCommand();
  const calls = globalThis.torture.calls();
  globalThis.torture.begin({});
  process.chdir('/');
  process.send({ code, calls, ...said });
});
process.on('disconnect', () => process.exit());
