// The commands. Nothing heavy is imported here: a command's module is loaded when the command is named, and what the
// command works with when it runs, so that help comes at once.
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { CommandModule } from './command.js';
import { reportFailure } from './failure.js';

/** What each command is for; its definition is in a file of its name in `commands/`. */
const summaries = {
  data: 'what is in data: columns, ranges, missing cells, classes',
  train: 'train an autoencoder; writes a run folder',
  encode: 'the codes of examples, a row each',
  decode: 'examples from codes',
  reconstruct: 'what comes back of examples, and the error of each',
  denoise: 'cleaned examples, by a model trained on corrupted ones',
  detect: 'anomaly scores of examples, the verdict on each and what speaks against it',
  compress: 'examples as a small file (.gar): rounded codes, entropy-coded',
  decompress: 'examples out of a .gar file',
  sweep: 'train a grid of code widths and kinds, and see how many numbers it takes',
  inspect: 'the latent space of a model: gaps, separability, discreteness, in numbers and pictures',
  compare: 'the latent spaces of several models side by side',
  sample: 'new examples, drawn from the model',
  export: 'the encoder or the decoder alone, as plain ONNX',
  serve: 'a model as an HTTP service: scores, codes, reconstructions of rows and images',
  kinds: 'the kinds of autoencoders, a line each',
  runs: 'the runs of a folder: list, delete, open',
  studio: 'the studio in a browser: watch trainings, start them, see what was learned',
} as const;

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const manifest: { readonly version: string } = JSON.parse(text);
  return manifest.version;
}

async function createProgram(words: readonly string[]): Promise<Command> {
  const program = new Command('gargalo')
    .description('Autoencoders: train, inspect and ship them.')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain a command and its options')
    .helpCommand('help [command]', 'explain a command and its options')
    .showSuggestionAfterError(true)
    .exitOverride()
    // Errors are said in one place, in one style: see failure.ts.
    .configureOutput({ outputError: () => undefined });
  program.addHelpText(
    'after',
    '\nResults go to stdout, progress and messages to stderr. Exit codes: 0 done, 2 bad usage or input, 1 other failures, 130 interrupted.',
  );
  for (const [name, summary] of Object.entries(summaries)) {
    const command = program.command(name).description(summary);
    if (!words.includes(name)) continue;
    const { define }: CommandModule = await import(`./commands/${name}.js`);
    define(command);
  }
  return program;
}

/**
 * Runs the command that the words of `process.argv` name. It writes to stdout and stderr.
 *
 * @returns the exit code
 */
export async function runCommand(): Promise<number> {
  try {
    const words = process.argv.slice(2);
    const program = await createProgram(words);
    // Help on a command that there is none of would be the help on all of them.
    const [first, named = 'help'] = words;
    const isKnown = named === 'help' || program.commands.some((command) => command.name() === named);
    await program.parseAsync(first === 'help' && !isKnown ? words.slice(1) : words, { from: 'user' });
    return 0;
  } catch (error) {
    return reportFailure(error);
  }
}
