// What denoise and sample do once their flags are read.
import type { Dataset } from '../data/dataset.js';
import { lookOf, type PictureLook } from '../data/look.js';
import { applyScaling } from '../data/scaling.js';
import { checkTableName, writeTable } from '../data/write.js';
import { openPictureWriter, type PictureEnding, type PictureFormat, pictureFormatOf } from '../data/write-pictures.js';
import { badInput } from '../errors.js';
import { type Corruption, inputSize, type Specification } from '../models/specification.js';
import { corruptionOf } from '../models/specify.js';
import { count, figure } from '../report/format.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import { checkDenoiser, denoise, isBounded } from '../tasks/denoise.js';
import { checkSampler, priorWords, sample } from '../tasks/sample.js';
import { longWork } from './long-work.js';
import { type ModelCommand, openExamples, since, valueNames, withModel } from './model-run.js';
import type { Terminal } from './terminal.js';

/** How examples are written: as pictures, or as a table. */
type Format = { readonly pictures: PictureFormat; readonly look: PictureLook } | { readonly pictures?: undefined };

/** Refuses an output that the model's examples cannot be written to, before they are made. */
async function formatOf(output: string, { input }: Specification): Promise<Format> {
  const pictures = await pictureFormatOf(output);
  if (!pictures) {
    checkTableName(output);
    return {};
  }
  const look = lookOf(input.shape, input.sequence);
  if (look.kind === 'picture') return { pictures, look };
  const got = input.sequence ? 'windows of a series' : 'the rows of a table';
  throw badInput(output, `expected images to write as pictures, got a model of ${got}`, 'name a file ending in .csv');
}

/** Bytes of examples in raw units, which those of image files are already. Of others, black is 0 and white 1 of scaled values in 0 … 1, else the ends of their range. */
function bytesOf(values: Float32Array, specification: Specification): Uint8Array {
  if (specification.input.picture) return new Uint8Array(Uint8ClampedArray.from(values).buffer);
  const scaled = applyScaling(values, specification.input.scaling);
  let [low, high] = [0, 1];
  if (!isBounded(specification)) {
    [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of scaled) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  // a clamped array rounds and clips
  const bytes = Uint8ClampedArray.from(scaled, (value) => ((value - low) * 255) / (high - low || 1));
  return new Uint8Array(bytes.buffer);
}

/** Writes examples in raw units, [n, input size]. */
async function writeExamples(
  output: string,
  values: Float32Array,
  specification: Specification,
  format: Format,
  { columns, names }: Pick<Dataset, 'columns' | 'names'> = {},
  ending?: PictureEnding,
): Promise<void> {
  const rows = values.length / inputSize(specification);
  if (format.pictures) {
    const { look } = format;
    const pictures = await openPictureWriter(output, look, { count: rows, ending });
    await pictures.write(bytesOf(values, specification), names);
    return pictures.finish();
  }
  const { shape } = specification.input;
  return writeTable(output, { columns: valueNames(specification, columns), shape, rows, values });
}

/** `gargalo reconstruct` into pictures: as they come, under the names of the files they are of. */
export async function runReconstructPictures(command: ModelCommand, terminal: Terminal): Promise<void> {
  const { model, output, speech } = command;
  let format: Format = {};
  await withModel(
    command,
    async (autoencoder) => {
      const { specification } = autoencoder;
      const dataset = await openExamples(command, specification);
      if (!format.pictures) return;
      const started = performance.now();
      const pictures = await openPictureWriter(output, format.look, { count: dataset.length });
      const { scaling } = specification.input;
      let total = 0;
      await longWork(speech, 'reconstructed', async (work) => {
        for await (const { values, names, reconstruction } of autoencoder.blocks(dataset, work)) {
          await pictures.write(bytesOf(reconstruction, specification), names);
          const [seen, rebuilt] = [applyScaling(values, scaling), applyScaling(reconstruction, scaling)];
          for (let i = 0; i < seen.length; i++) total += (seen[i]! - rebuilt[i]!) ** 2;
        }
        await pictures.finish();
      }).catch(async (error: unknown) => {
        await pictures.discard();
        throw error;
      });
      const squaredError = total / dataset.length;
      const { length: examples, name: data } = dataset;
      terminal.result(
        { model, data, examples, width: inputSize(specification), squaredError, output, seconds: since(started) },
        `${output}: ${count(examples)} reconstructions of ${data}, mean squared error ${figure(squaredError, 4)} an example`,
      );
    },
    async (specification) => {
      format = await formatOf(output, specification);
      if (specification.input.picture || isBounded(specification)) return;
      const problem = 'expected a model whose values lie in 0 … 1 to write them as pictures, got one without bounds';
      throw badInput(output, problem, 'name a file ending in .csv');
    },
  );
}

/** The corruption that was asked for; what was left open is as the model was trained. */
export function askedCorruption({ values }: ModelCommand, specification: Specification): Corruption | undefined {
  const { corruption, noise } = values as { corruption?: Exclude<Corruption['type'], 'none'>; noise?: number };
  if (corruption === undefined && noise === undefined) return undefined;
  const own = specification.corruption;
  const type = corruption ?? (own.type === 'none' ? 'gaussian' : own.type);
  if (type === own.type && noise === undefined) return own;
  return corruptionOf({ corruption: type, noise }, { bounded: isBounded(specification) });
}

/** `gargalo denoise` */
export async function runDenoise(command: ModelCommand, terminal: Terminal): Promise<void> {
  const { model, output } = command;
  let format: Format = {};
  await withModel(
    command,
    async (autoencoder) => {
      const { specification } = autoencoder;
      const dataset = await openExamples(command, specification);
      const corruption = askedCorruption(command, specification);
      const { seed = 0, format: ending } = command.values as { seed?: number; format?: PictureEnding };
      const started = performance.now();
      const { values, corrupted } = await denoise(autoencoder, dataset, { seed, ...(corruption && { corruption }) });
      await writeExamples(output, values, specification, format, dataset, ending);
      const examples = dataset.length;
      const psnr = corrupted && { psnrBefore: corrupted.before, psnrAfter: corrupted.after };
      const gain = corrupted
        ? `, PSNR ${corrupted.before.toFixed(1)} dB -> ${corrupted.after.toFixed(1)} dB (${corruptionWords(corruption)})`
        : '';
      terminal.result(
        {
          model,
          data: dataset.name,
          examples,
          ...(corruption && { corruption }),
          ...psnr,
          output,
          seconds: since(started),
        },
        `${output}: ${count(examples)} cleaned examples of ${dataset.name}${gain}`,
      );
    },
    async (specification) => {
      checkDenoiser(specification, model);
      format = await formatOf(output, specification);
    },
  );
}

export function corruptionWords(corruption: Corruption | undefined): string {
  if (!corruption || corruption.type === 'none') return 'nothing';
  const amount = corruption.type === 'gaussian' ? corruption.deviation : corruption.probability;
  return `${corruption.type} ${amount}`;
}

/** What was asked of `gargalo sample`. */
export interface SampleCommand {
  readonly model: string;
  readonly output: string;
  readonly count: number;
  readonly seed: number;
  readonly runtime: RuntimeOptions;
}

/** `gargalo sample` */
export async function runSample(command: SampleCommand, terminal: Terminal): Promise<void> {
  const { model, output, seed } = command;
  let format: Format = {};
  await withModel(
    command,
    async (autoencoder) => {
      const { specification } = autoencoder;
      const started = performance.now();
      const { values, prior } = await sample(autoencoder, { count: command.count, seed });
      await writeExamples(output, values, specification, format);
      terminal.result(
        { model, examples: command.count, prior, seed, output, seconds: since(started) },
        `${output}: ${count(command.count)} generated examples; ${priorWords[prior]}`,
      );
    },
    async (specification) => {
      checkSampler(specification, model);
      format = await formatOf(output, specification);
    },
  );
}
