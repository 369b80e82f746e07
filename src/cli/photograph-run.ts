// What denoise does with images of any size.
import { realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { peakSignalToNoise } from '../analysis/latent/fidelity.js';
import { badInput, GargaloError } from '../core/errors.js';
import { count } from '../core/format.js';
import type { WorkOptions } from '../core/work.js';
import { middleOf, versionsSheet } from '../data/before-after.js';
import type { SampleDepth } from '../data/dataset.js';
import { readSamples } from '../data/images/decode.js';
import { sampleNotes, scanImages } from '../data/images/describe.js';
import { isImageFile } from '../data/images/files.js';
import { applyScaling } from '../data/scaling.js';
import { type Picture, type Samples, samplesOf } from '../data/write/picture-sheet.js';
import {
  checkPictureDepth,
  openPictureFolder,
  type PictureEnding,
  pictureFormatOf,
  writePicture,
} from '../data/write/pictures.js';
import { checkWritable } from '../data/write/write.js';
import { type Autoencoder, openAutoencoder } from '../models/autoencoder.js';
import type { Corruption, Specification } from '../models/specification.js';
import { checkDenoiser } from '../tasks/denoise.js';
import { corruptImage, denoiseImage, pictureLookOf } from '../tasks/denoise-image.js';
import type { TrainedModel } from '../train/fit.js';
import { loadModel } from '../train/model-file.js';
import { askedCorruption, corruptionWords, runDenoise } from './generation-run.js';
import { longWork } from './long-work.js';
import { type ModelCommand, since, tellNotes } from './model-run.js';
import type { Terminal } from './terminal.js';

/** Images that a sheet shows; nobody looks at more. */
const SHOWN = 12;

/** What only images can be asked for. */
interface PhotographOptions {
  readonly whole?: boolean;
  readonly format?: PictureEnding;
  readonly sheet?: string;
  readonly seed?: number;
}

/** What was measured of one image. */
interface Measured {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly psnrBefore?: number;
  readonly psnrAfter?: number;
}

const isImages = async (source: string): Promise<boolean> =>
  ((await stat(source).catch(() => undefined))?.isDirectory() ?? false) || (await isImageFile(source));

/** `gargalo denoise`: images at their own size where the model was trained on patches or that is asked for. */
export async function runDenoiseAny(command: ModelCommand, terminal: Terminal): Promise<void> {
  const { whole, sheet } = command.values as PhotographOptions;
  const images = await isImages(command.source);
  if (images) {
    const model = await loadModel(command.model);
    if (whole || model.specification.input.picture?.patches) return denoisePhotographs(model, command, terminal);
  } else if (whole) {
    throw badInput(command.source, 'expected an image or a folder of images for --whole', 'leave --whole out');
  }
  if (sheet !== undefined) {
    throw badInput(
      '--sheet',
      'expected images that are cleaned at their own size',
      'give --whole too, or leave it out',
    );
  }
  return runDenoise(command, terminal);
}

/** A place for each cleaned image. */
async function openOutput(
  { source, output }: ModelCommand,
  images: number,
  depth: SampleDepth,
  ending: PictureEnding | undefined,
): Promise<(picture: Picture<Samples>, name: string) => Promise<unknown>> {
  await checkPictureDepth(output, depth, ending);
  const format = await pictureFormatOf(output);
  if (format === 'grid' && images === 1) {
    await checkWritable(dirname(output));
    return (picture) => writePicture(output, picture);
  }
  if (format !== 'folder') {
    const got = format === 'grid' ? 'one file for several images' : 'something else';
    throw badInput(output, `expected a folder for images of their own sizes, got ${got}`, 'end its name with "/"');
  }
  const folder = await openPictureFolder(output, { ending, count: images });
  if ((await realpath(output)) === (await realpath(source).catch(() => resolve(source)))) {
    throw badInput(output, 'expected another folder than the one that is read, whose images would be replaced');
  }
  return (picture, name) => folder.put(picture, name);
}

/** Bytes for a sheet: of images of more bits the range that the model scales to 0 … 1. */
function shownOf({ width, height, channels, data }: Picture<Samples>, { input }: Specification): Picture {
  if (data instanceof Uint8Array) return middleOf({ width, height, channels, data });
  const scaled = applyScaling(Float32Array.from(data), input.scaling);
  const bytes = samplesOf(
    scaled.map((value) => 255 * value),
    '8',
  );
  return middleOf({ width, height, channels, data: Uint8Array.from(bytes) });
}

interface CleanOptions {
  readonly depth: SampleDepth;
  readonly corruption: Corruption | undefined;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
}

/** Cleans one image; where it is a clean one, it is corrupted first. */
async function clean(
  autoencoder: Autoencoder,
  picture: Picture<Samples>,
  name: string,
  { depth, corruption, seed, signal }: CleanOptions,
): Promise<{ measured: Measured; versions: Picture<Samples>[]; cleaned: Picture<Samples> }> {
  const { width, height, data } = picture;
  const made = (values: Float32Array): Picture<Samples> => ({ ...picture, data: samplesOf(values, depth) });
  const seen = corruption && corruptImage(autoencoder.specification, picture, corruption, { seed, stream: name });
  const values = await denoiseImage(autoencoder, seen ? { ...picture, data: seen } : picture, { signal });
  const cleaned = made(values);
  if (!seen) return { measured: { name, width, height }, versions: [picture, cleaned], cleaned };
  // the peak of other depths is what is scaled to 1
  const peak = depth === '8' ? 255 : 1 / autoencoder.specification.input.scaling.scale[0]!;
  const psnrBefore = peakSignalToNoise(data, seen, peak);
  const psnrAfter = peakSignalToNoise(data, cleaned.data, peak);
  const versions = [made(seen), cleaned, picture];
  return { measured: { name, width, height, psnrBefore, psnrAfter }, versions, cleaned };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const gain = (before: number, after: number) => `${before.toFixed(2)} dB -> ${after.toFixed(2)} dB`;

/** Cleans one image after the other, writes each and keeps what a sheet shows. */
async function cleanAll(
  autoencoder: Autoencoder,
  command: ModelCommand,
  corruption: Corruption | undefined,
  { signal, onProgress }: WorkOptions,
): Promise<{ measured: Measured[]; shown: Picture[][]; broken: number; notes: readonly string[] }> {
  const { color = 'auto', limit, skipBroken, depth, frames } = command.data;
  const { seed = 0, format, sheet } = command.values as PhotographOptions;
  const { shape, picture: form } = autoencoder.specification.input;
  const like = { shape, picture: { fit: 'crop', channels: 3, ...form, patches: false } } as const;
  const folder = await scanImages(command.source, { limit, skipBroken, depth, frames, like }, { signal });
  const { images, broken } = folder;
  const read = folder.plan.depth;
  const put = await openOutput(command, images.length, read, format);
  const measured: Measured[] = [];
  const shown: Picture[][] = [];
  let undecodable = broken.length;
  for (const { path, name, gray, frame } of images) {
    const channels = color === 'gray' || (color === 'auto' && gray) ? 1 : 3;
    const picture = await readSamples(path, { channels, frame }, read).catch((error: unknown) => {
      if (!skipBroken || !(error instanceof GargaloError)) throw error;
      undecodable++;
    });
    if (!picture) continue;
    const one = await clean(autoencoder, picture, name, { depth: read, corruption, seed, signal });
    await put(one.cleaned, name);
    measured.push(one.measured);
    if (sheet !== undefined && shown.length < SHOWN) {
      shown.push(one.versions.map((version) => shownOf(version, autoencoder.specification)));
    }
    onProgress?.({ done: measured.length, total: images.length });
  }
  if (measured.length === 0) throw badInput(command.source, 'expected images, got only files that cannot be decoded');
  return { measured, shown, broken: undecodable, notes: sampleNotes(folder) };
}

async function denoisePhotographs(model: TrainedModel, command: ModelCommand, terminal: Terminal): Promise<void> {
  const { source, output, values, speech } = command;
  const { sheet } = values as PhotographOptions;
  const { specification } = model;
  checkDenoiser(specification, command.model);
  pictureLookOf(specification, command.model);
  const corruption = askedCorruption(command, specification);
  if (sheet !== undefined) await checkWritable(dirname(sheet));
  const autoencoder = openAutoencoder(model, command.runtime);
  try {
    const started = performance.now();
    const { measured, shown, broken, notes } = await longWork(speech, 'images', (work) =>
      cleanAll(autoencoder, command, corruption, work),
    );
    tellNotes(terminal, { name: source, notes });
    if (broken > 0) terminal.warn(`${source}: ${count(broken)} files left out that cannot be decoded`);
    if (sheet !== undefined) await writePicture(sheet, versionsSheet(shown));
    const pairs = measured.flatMap(({ psnrBefore, psnrAfter }) =>
      psnrBefore === undefined || psnrAfter === undefined ? [] : [[psnrBefore, psnrAfter] as const],
    );
    const psnr = corruption && {
      corruption,
      psnrBefore: mean(pairs.map(([before]) => before)),
      psnrAfter: mean(pairs.map(([, after]) => after)),
    };
    const said = psnr
      ? `, PSNR ${gain(psnr.psnrBefore, psnr.psnrAfter)}, the mean of the images (${corruptionWords(corruption)})`
      : '';
    const each = measured.map(({ name, psnrBefore, psnrAfter }) =>
      psnrBefore === undefined || psnrAfter === undefined ? '' : `\n  ${name}  ${gain(psnrBefore, psnrAfter)}`,
    );
    terminal.result(
      {
        model: command.model,
        data: source,
        examples: measured.length,
        ...psnr,
        images: measured,
        output,
        ...(sheet !== undefined && { sheet }),
        seconds: since(started),
      },
      `${output}: ${count(measured.length)} cleaned ${measured.length === 1 ? 'image' : 'images'} of ${source}${said}${each.join('')}`,
    );
  } finally {
    await autoencoder.close();
  }
}
