import { type Command, Option as Flag } from 'commander';
import { asFlagProblem } from '../flags.js';
import { addRuntimeFlags, addSpeechFlags, runtimeFlags, runtimeOf, speechOf } from '../shared-flags.js';
import { openTerminal } from '../terminal.js';

/** `gargalo decompress <file.gar> -o folder/` */
export function define(command: Command): void {
  command
    .argument('<file>', 'a file that gargalo compress wrote: images.gar')
    .addOption(
      new Flag(
        '-o, --output <file>',
        'what to write, by its name: of images a sheet (.png), a file each in a folder (images/) or .idx; of all data .npy, .csv, .tsv or .parquet',
      )
        .makeOptionMandatory()
        .helpGroup('Output:'),
    )
    .addOption(
      new Flag('--model <file>', 'the model that the file was made with, where the decoder is not inside').helpGroup(
        'Codec:',
      ),
    );
  addRuntimeFlags(command);
  addSpeechFlags(command);
  command.addHelpText('after', '\nExample:\n  gargalo decompress digits.gar --model runs/codec/model.onnx -o digits/');
  command.action(async (source: string) => {
    const { runDecompress } = await import('../compression-run.js');
    const { output, model } = command.opts<{ output: string; model?: string }>();
    const speech = speechOf(command);
    try {
      await runDecompress({ source, output, model, runtime: runtimeOf(command), speech }, openTerminal(speech));
    } catch (error) {
      throw asFlagProblem(error, Object.keys(runtimeFlags));
    }
  });
}
