import { open } from 'node:fs/promises';
import { count } from '../../core/format.js';
import { lookOf } from '../../data/look.js';
import { openPictureWriter, pictureFormatOf } from '../../data/write/pictures.js';
import { fileProblem } from '../../data/write/write.js';
import type { Specification } from '../../models/specification.js';
import type { ByteSource } from '../../tasks/compress/byte-source.js';
import { openCompressed } from '../../tasks/compress/decompress.js';
import { written } from '../../tasks/compress/fidelity.js';
import { type ExampleWriter, filled, openExampleWriter } from '../../tasks/example-output.js';
import { loadModel } from '../../train/model-file.js';
import { defineCommand, pick, text } from '../command.js';
import { outputOption, since } from '../model-work.js';
import { machineOptions } from '../options.js';

/** A file, read in any part while something is done with it. */
async function withFile<T>(path: string, work: (source: ByteSource) => Promise<T>): Promise<T> {
  const problem = (error: unknown): never => {
    throw fileProblem(path, error, 'read');
  };
  const file = await open(path).catch(problem);
  try {
    const { size } = await file.stat();
    return await work({
      size,
      async read(start, end) {
        const bytes = new Uint8Array(end - start);
        const { bytesRead } = await file.read(bytes, 0, bytes.length, start).catch(problem);
        return bytes.subarray(0, bytesRead);
      },
    });
  } finally {
    await file.close();
  }
}

/** The writer that a path asks for; refuses what the examples cannot be written to. */
async function exampleWriter(
  output: string,
  specification: Specification,
  type: 'uint8' | 'float32',
): Promise<ExampleWriter> {
  const look = lookOf(specification.input.shape, specification.input.sequence);
  if (type !== 'uint8' || look.kind !== 'picture' || !(await pictureFormatOf(output))) {
    return openExampleWriter(output, specification);
  }
  // images of bytes are the bytes themselves, however the model scales them
  const writer = await openPictureWriter(output, look);
  return {
    write: (values, { names }) => writer.write(Uint8Array.from(values), names),
    finish: () => writer.finish(),
    discard: () => writer.discard(),
  };
}

/** `gargalo decompress <file.gar> -o folder/` */
export const define = defineCommand({
  arguments: { '<file>': 'a file that gargalo compress wrote: images.gar' },
  options: {
    'Output:': outputOption(
      'what to write, by its name: of images a sheet (.png), a file each in a folder (images/) or .idx; of all data .npy, .csv, .tsv or .parquet',
    ),
    'Codec:': { model: text('<file>', 'the model that the file was made with, where the decoder is not inside') },
    'Machine:': machineOptions,
  },
  examples: ['gargalo decompress digits.gar --model runs/codec/model.onnx -o digits/'],
  async run(asked, session) {
    const { file, output } = asked;
    const model = asked.model === undefined ? undefined : await loadModel(asked.model);
    const started = performance.now();
    await withFile(file, (bytes) =>
      session.work('decompressed', async (work) => {
        const runtime = await session.runtime(pick(asked, machineOptions));
        const opened = await openCompressed(bytes, { ...runtime, ...work, model, name: file });
        const { specification } = opened.decoder;
        const { type } = opened.header;
        const examples = await filled(await exampleWriter(output, specification, type), async (writer) => {
          let done = 0;
          for await (const block of opened.blocks()) {
            await writer.write(Float32Array.from(written(block.values, type)), block);
            done = block.end;
          }
          return done;
        });
        const embedded = opened.header.decoder !== undefined;
        session.result(
          { file, examples, bytes: opened.size, embedded, output, seconds: since(started) },
          `${output}: ${count(examples)} examples of shape ${specification.input.shape.join(' × ')}, of ${count(opened.size)} bytes`,
        );
      }),
    );
  },
});
