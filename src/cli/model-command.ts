import { type Command, Option as Flag } from 'commander';
import type { Option } from '../models/options.js';
import { addFlags, asFlagProblem, valuesOf } from './flags.js';
import type { ModelCommand } from './model-run.js';
import {
  addDataFlags,
  addRuntimeFlags,
  addSpeechFlags,
  addWindowFlags,
  dataNames,
  dataOptionsOf,
  runtimeFlags,
  runtimeOf,
  speechOf,
} from './shared-flags.js';
import { openTerminal, type Terminal } from './terminal.js';

/** What distinguishes the commands that put a model to work on data and write a table. */
export interface ModelCommandDescription {
  readonly source: string;
  readonly explanation: string;
  /** Shown below the help. */
  readonly note: string;
  /** Whether the data are examples, which may be windows of a series. */
  readonly windows: boolean;
  /** What -o takes, where it is not a table. */
  readonly output?: string;
  /** Options that the command adds by itself, for messages. */
  readonly further?: readonly string[];
  /** Options that only this command has. */
  readonly options?: { readonly heading: string; readonly records: Readonly<Record<string, Option>> };
  /** Loads what does the work. */
  readonly run: () => Promise<(command: ModelCommand, terminal: Terminal) => Promise<void>>;
}

/** Arguments, flags and action of a command that takes a model, a source of data and an output file. */
export function defineModelCommand(
  command: Command,
  { source, explanation, note, windows, output: outputHelp, options, further = [], run }: ModelCommandDescription,
): void {
  command
    .argument('<model>', 'a model file that gargalo train wrote: model.onnx, or a checkpoint')
    .argument(source, explanation)
    .addOption(
      new Flag(
        '-o, --output <file>',
        outputHelp ?? 'the table to write, its format by its name: .csv, .tsv, .npy or .parquet',
      )
        .makeOptionMandatory()
        .helpGroup('Output:'),
    );
  if (options) addFlags(command, options.heading, options.records);
  addDataFlags(command);
  if (windows) addWindowFlags(command);
  addRuntimeFlags(command);
  addSpeechFlags(command);
  command.addHelpText('after', `\n${note}`);
  command.action(async (model: string, from: string) => {
    const { output } = command.opts<{ output: string }>();
    const work = await run();
    const asked = {
      model,
      source: from,
      output,
      data: dataOptionsOf(command),
      runtime: runtimeOf(command),
      speech: speechOf(command),
      values: valuesOf(command, options?.records ?? {}),
    };
    try {
      await work(asked, openTerminal(asked.speech));
    } catch (error) {
      throw asFlagProblem(error, [...Object.keys({ ...runtimeFlags, ...dataNames, ...options?.records }), ...further]);
    }
  });
}
