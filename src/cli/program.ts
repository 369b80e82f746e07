// The commands. Nothing heavy is imported here: a command's module is loaded when the command is named, and what the
// command works with when it runs, so that help comes at once.
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { CommandModule } from './command.js';
import { reportFailure } from './failure.js';

const commands: readonly {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}[] = [
  {
    name: 'data',
    summary: 'what is in data: columns, ranges, missing cells, classes',
    load: () => import('./commands/data.js'),
  },
  { name: 'train', summary: 'train an autoencoder; writes a run folder', load: () => import('./commands/train.js') },
  { name: 'encode', summary: 'the codes of examples, a row each', load: () => import('./commands/encode.js') },
  { name: 'decode', summary: 'examples from codes', load: () => import('./commands/decode.js') },
  {
    name: 'reconstruct',
    summary: 'what comes back of examples, and the error of each',
    load: () => import('./commands/reconstruct.js'),
  },
  {
    name: 'denoise',
    summary: 'cleaned examples, by a model trained on corrupted ones',
    load: () => import('./commands/denoise.js'),
  },
  {
    name: 'detect',
    summary: 'anomaly scores of examples, the verdict on each and what speaks against it',
    load: () => import('./commands/detect.js'),
  },
  {
    name: 'compress',
    summary: 'examples as a small file (.gar): rounded codes, entropy-coded',
    load: () => import('./commands/compress.js'),
  },
  { name: 'decompress', summary: 'examples out of a .gar file', load: () => import('./commands/decompress.js') },
  {
    name: 'sweep',
    summary: 'train a grid of code widths and kinds, and see how many numbers it takes',
    load: () => import('./commands/sweep.js'),
  },
  {
    name: 'inspect',
    summary: 'the latent space of a model: gaps, separability, discreteness, in numbers and pictures',
    load: () => import('./commands/inspect.js'),
  },
  {
    name: 'compare',
    summary: 'the latent spaces of several models side by side',
    load: () => import('./commands/compare.js'),
  },
  { name: 'sample', summary: 'new examples, drawn from the model', load: () => import('./commands/sample.js') },
  { name: 'kinds', summary: 'the kinds of autoencoders, a line each', load: () => import('./commands/kinds.js') },
];

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
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
  for (const { name, summary, load } of commands) {
    const command = program.command(name).description(summary);
    if (words.includes(name)) (await load()).define(command);
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
    await (await createProgram(process.argv.slice(2))).parseAsync();
    return 0;
  } catch (error) {
    return reportFailure(error);
  }
}
