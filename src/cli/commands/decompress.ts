import { several } from '../../core/format.js';
import { openCompressed } from '../../tasks/compress/decompress.js';
import { written } from '../../tasks/compress/fidelity.js';
import { withFileBytes } from '../../tasks/compress/file-bytes.js';
import { filled, openRestoredWriter } from '../../tasks/example-output.js';
import { defineCommand, pick, text } from '../command.js';
import { cellOptions, openModel, outputOption, since } from '../model-work.js';
import { machineOptions, unpackOptions } from '../options.js';

/** `gargalo decompress <file.gar> -o folder/` */
export const define = defineCommand({
  arguments: { '<file>': 'a file that gargalo compress wrote: images.gar' },
  options: {
    'Output:': {
      ...outputOption(
        'what to write, by its name: of images a sheet (.png), a file each in a folder (images/) or .idx; of all data .npy, .csv, .tsv or .parquet',
      ),
      ...cellOptions,
    },
    'Codec:': {
      model: text(
        '<model>',
        'the model that the file was made with (or its run folder), where the decoder is not inside',
      ),
    },
    'Packed files:': {
      maxUnpacked: {
        ...unpackOptions.maxUnpacked,
        description:
          'what the examples may take, as 4GB or in bytes (default: 128 MiB, or 100 times the size of the file where that is more)',
      },
    },
    'Machine:': machineOptions,
  },
  examples: ['gargalo decompress digits.gar --model runs/codec/model.onnx -o digits/'],
  async run(asked, session) {
    const { file, output } = asked;
    const model = asked.model === undefined ? undefined : await openModel(asked.model, session);
    const started = performance.now();
    await withFileBytes(file, (bytes) =>
      session.work('decompressed', async (work) => {
        const runtime = await session.runtime(pick(asked, machineOptions));
        const opened = await openCompressed(bytes, {
          ...runtime,
          ...work,
          model,
          name: file,
          maxUnpacked: asked.maxUnpacked,
        });
        const { specification } = opened.decoder;
        const { type } = opened.header;
        const examples = await filled(
          await openRestoredWriter(output, specification, type, session.texts),
          async (writer) => {
            let done = 0;
            for await (const block of opened.blocks()) {
              await writer.write(Float32Array.from(written(block.values, type)), block);
              done = block.end;
            }
            return done;
          },
        );
        const embedded = opened.header.decoder !== undefined;
        session.result(
          { file, examples, bytes: opened.size, embedded, output, seconds: since(started) },
          `${output}: ${several(examples, 'example')} of shape ${specification.input.shape.join(' × ')}, of ${several(opened.size, 'byte')}`,
        );
      }),
    );
  },
});
