// What compress and decompress do once their flags are read.
import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { badInput } from '../core/errors.js';
import { count } from '../core/format.js';
import { lookOf } from '../data/look.js';
import type { ExampleSource } from '../data/stream.js';
import { openPictureWriter, pictureFormatOf } from '../data/write/pictures.js';
import { checkWritable, fileProblem, replaceFile, writeFileAtomic } from '../data/write/write.js';
import type { Autoencoder } from '../models/autoencoder.js';
import type { Specification } from '../models/specification.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import type { ByteSource } from '../tasks/compress/byte-source.js';
import { comparableLook, compareImages, type ImageComparison } from '../tasks/compress/compare-images.js';
import { type CompressionFigures, compressParts } from '../tasks/compress/compress.js';
import type { Embedding } from '../tasks/compress/decoder-part.js';
import { openCompressed } from '../tasks/compress/decompress.js';
import { written } from '../tasks/compress/fidelity.js';
import { loadModel } from '../train/model-file.js';
import { comparisonJson, comparisonWords, compressionWords } from './compression-words.js';
import { type ExampleWriter, filled, openExampleWriter } from './example-output.js';
import { flagWords } from './flags.js';
import { longWork } from './long-work.js';
import { type ModelCommand, openExamples, since, withModel } from './model-run.js';
import type { Speech } from './shared-flags.js';
import type { Terminal } from './terminal.js';

/** What was asked of `gargalo compress`. */
export interface CompressCommand extends ModelCommand {
  readonly speech: Speech;
  /** The page to write, if any. */
  readonly report?: string | undefined;
  readonly version: string;
}

/** The flags that only compressing has. */
interface CompressValues {
  readonly psnr?: number;
  readonly mse?: number;
  readonly bytes?: number;
  readonly step?: number;
  readonly effort?: number;
  readonly embed?: boolean;
  readonly exact?: boolean;
  readonly compare?: boolean;
}

function checkName(output: string): void {
  if (!/\.gar$/i.test(output)) {
    throw badInput(output, `expected a file name ending in .gar, got "${basename(output)}"`, 'name it like images.gar');
  }
}

/** `gargalo compress` */
export async function runCompress(command: CompressCommand, terminal: Terminal): Promise<void> {
  const { model, output, values, runtime } = command;
  const { embed, exact, compare, ...choice } = values as CompressValues;
  if (exact && !embed) throw badInput('exact', 'expected a decoder to embed with it, got none', 'give --embed too');
  const embedding = embed ? (exact ? 'exact' : 'rounded') : undefined;
  if (command.report !== undefined) await checkWritable(dirname(command.report));
  await withModel(
    command,
    async (autoencoder) => {
      const examples = await openExamples(command, autoencoder.specification);
      if (compare || command.report !== undefined) comparableLook(examples);
      const started = performance.now();
      const figures = await longWork(command.speech, 'compressed', async (work) => {
        let result: CompressionFigures | undefined;
        await replaceFile(output, async (file) => {
          const walk = compressParts(autoencoder, examples, { ...choice, ...runtime, ...work, embed: embedding });
          let next = await walk.next();
          for (; !next.done; next = await walk.next()) await file.writeFile(next.value);
          result = next.value;
        });
        return result as CompressionFigures;
      });
      const seconds = since(started);
      const comparison =
        compare || command.report !== undefined
          ? await beside(command, autoencoder, examples, figures, embedding, terminal)
          : undefined;
      const { report } = command;
      terminal.result(
        {
          model,
          data: examples.name,
          output,
          embedded: embedding ?? null,
          ...figures,
          seconds,
          ...(comparison && { comparison: comparisonJson(comparison) }),
          ...(report !== undefined && { report }),
        },
        [
          compressionWords(output, examples.name, figures),
          ...(comparison ? [comparisonWords(comparison)] : []),
          ...(report === undefined ? [] : [`report: ${report}`]),
        ].join('\n'),
      );
    },
    () => checkName(output),
  );
}

/** The same images as image files, and the report of it where one is asked for. */
async function beside(
  { report, speech, output, version, model, source, values }: CompressCommand,
  autoencoder: Autoencoder,
  examples: ExampleSource,
  figures: CompressionFigures,
  embed: Embedding | undefined,
  terminal: Terminal,
): Promise<ImageComparison> {
  terminal.note('comparing with JPEG, WebP and AVIF …');
  const { step } = figures;
  const { effort } = values as CompressValues;
  const comparison = await longWork(speech, 'compared', ({ signal }) =>
    compareImages(autoencoder, examples, { step, effort, embed, signal, curves: report !== undefined }),
  );
  if (report === undefined) return comparison;
  const { renderCompressionReport } = await import('../report/pages/compression/report.js');
  const command = ['gargalo compress', model, source, ...flagWords(values), '-o', output, '--report', report].join(' ');
  const page = renderCompressionReport({
    title: `${examples.name} as ${basename(output)}`,
    date: new Date(),
    output: basename(output),
    data: examples.name,
    figures,
    embedded: embed !== undefined,
    comparison,
    command,
    version,
  });
  await writeFileAtomic(report, page);
  return comparison;
}

/** What was asked of `gargalo decompress`. */
export interface DecompressCommand {
  readonly source: string;
  readonly output: string;
  /** The model file, where the decoder is not inside. */
  readonly model?: string | undefined;
  readonly runtime: RuntimeOptions;
  readonly speech: Speech;
}

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

/** `gargalo decompress` */
export async function runDecompress(command: DecompressCommand, terminal: Terminal): Promise<void> {
  const { source, output, runtime, speech } = command;
  const model = command.model === undefined ? undefined : await loadModel(command.model);
  const started = performance.now();
  await withFile(source, (bytes) =>
    longWork(speech, 'decompressed', async (work) => {
      const opened = await openCompressed(bytes, { ...runtime, ...work, model, name: source });
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
      terminal.result(
        { file: source, examples, bytes: opened.size, embedded, output, seconds: since(started) },
        `${output}: ${count(examples)} examples of shape ${specification.input.shape.join(' × ')}, of ${count(opened.size)} bytes`,
      );
    }),
  );
}
