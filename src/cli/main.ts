// The entry of the command line: one command, and the end of the process.
import { runCommand } from './program.js';
import { printLines } from './terminal.js';

/**
 * A reader that went away (`gargalo kinds | head -1`) is no failure; nothing is left to say it to. A full disk behind stdout is one,
 * said in a line.
 */
function surviveClosedPipes(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    const problem = error.code === 'ENOSPC' ? 'the disk is full' : error.message;
    printLines('stderr', `gargalo: stdout: cannot write: ${problem}`);
    process.exit(2);
  });
  // Messages that nobody can get are lost; the work goes on.
  process.stderr.on('error', () => undefined);
}

surviveClosedPipes();
process.exitCode = await runCommand();
// At once, when stdout is through: a runtime that an error left open must not keep the process alive, and where a process ends by
// itself, signals are no longer watched while it is taken down.
process.stdout.write('', (error) => error ?? process.exit());
