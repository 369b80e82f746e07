import { CommanderError } from 'commander';
import { GargaloError } from '../core/errors.js';
import { asFlags } from '../core/option-flags.js';
import { printLines } from './terminal.js';

const exitCodes: Readonly<Record<GargaloError['code'], number>> = {
  'bad-input': 2,
  'bad-shape': 2,
  'not-available': 2,
  diverged: 1,
  internal: 1,
  cancelled: 130,
};

const unbroken = (text: string) => text.replaceAll(/\s*[\r\n]+\s*/g, ' ').trim();

/** Says an error in one line on stderr, with its stack only where GARGALO_DEBUG=1 asks for it. */
function say(error: Error, words: string): void {
  printLines('stderr', `gargalo: ${asFlags(unbroken(words))}`);
  if (process.env.GARGALO_DEBUG === '1') printLines('stderr', (error.stack ?? error.message).split('\n'));
}

/** Where to read on, where the message itself has no advice. */
function advice({ code, message }: CommanderError): string {
  if (message.includes('Did you mean')) return '';
  const command = code === 'commander.unknownCommand' ? undefined : process.argv[2];
  return ` (see gargalo ${command === undefined || command.startsWith('-') ? '' : `${command} `}--help)`;
}

/** "error: unknown option '--epoch'\n(Did you mean --epochs?)" in the words of the other messages. */
function commanderWords({ message }: CommanderError): string {
  return unbroken(message)
    .replace(/^error: /, '')
    .replace('(Did you mean', '(did you mean')
    .replaceAll(/'([^']*)'/g, '"$1"');
}

/**
 * Tells a person what went wrong.
 *
 * @returns the exit code: 2 for bad usage or input, 130 for an interruption, 1 for anything else
 */
export function reportFailure(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    // The help that is shown instead of a missing command is its own message.
    if (error.code !== 'commander.help') say(error, commanderWords(error) + advice(error));
    return 2;
  }
  if (error instanceof GargaloError) {
    say(
      error,
      error.code === 'internal' ? `${error.message}; this is a mistake of gargalo, please report it` : error.message,
    );
    return exitCodes[error.code];
  }
  const problem = error instanceof Error ? error : new Error(String(error));
  say(problem, `unexpected: ${problem.message}; please report this with what GARGALO_DEBUG=1 adds to it`);
  return 1;
}
