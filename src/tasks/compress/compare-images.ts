import { badInput } from '../../core/errors.js';
import type { WorkOptions } from '../../core/work.js';
import { arrayDataset, type Dataset } from '../../data/dataset.js';
import { lookOf, type PictureLook } from '../../data/look.js';
import { sliceDataset } from '../../data/slice.js';
import { type ExampleSource, isDataset, streamOf } from '../../data/stream.js';
import type { Pictures } from '../../data/write/picture-sheet.js';
import type { Autoencoder } from '../../models/autoencoder.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import { arrangements, type CodecComparison, type CodecOutcome, codecTrial, compareCodec } from './compare.js';
import { type Compressed, type CompressOptions, compress } from './compress.js';
import { decompress } from './decompress.js';
import { written } from './fidelity.js';
import { type CodecEffort, type ImageCodec, imageCodecs } from './image-codecs.js';
import { sheetCapacity } from './tiling.js';

/** An operating point of ours: what a step comes to. */
export interface OurPoint {
  readonly step?: number;
  readonly bytesPerImage: number;
  readonly bitsPerPixel: number;
  readonly mse: number;
  readonly psnr: number;
  readonly ssim: number;
}

/** Images through a model and through the formats of images. */
export interface ImageComparison {
  readonly look: PictureLook;
  /** How many took part, the first ones. */
  readonly count: number;
  /** One file of them. */
  readonly ours: OurPoint;
  /** Mean bytes of files that each have one image, of a few of them; without the decoder, as `ours`. */
  readonly alone: number;
  /** As one sheet and each alone, in every format. */
  readonly comparisons: readonly CodecComparison[];
  /** From few bytes to many: ours at several steps, the formats as a sheet at several qualities. */
  readonly curves: { readonly ours: readonly OurPoint[] } & { readonly [Codec in ImageCodec]: readonly CodecOutcome[] };
  /** The images and what came back of them, [count, …] bytes. */
  readonly originals: Uint8Array;
  readonly restored: Uint8Array;
}

/** What is left to a caller of {@link compareImages}. */
export interface ImageComparisonOptions extends CodecEffort, Pick<WorkOptions, 'signal'> {
  /** How many images take part, at most; 2,000 by default. */
  readonly most?: number | undefined;
  /** Of ours, as it was compressed. */
  readonly step?: number | undefined;
  readonly effort?: number | undefined;
  readonly embed?: CompressOptions['embed'];
  /** Whether to walk along the curves. */
  readonly curves?: boolean;
  /** Where decoders run that are not the model's own. */
  readonly runtime?: RuntimeOptions;
}

const MOST = 2000;
/** Images that get a .gar file of their own. */
const ALONE = 5;
/** Steps of the curve, over the one that was chosen. */
const STEPS = [0.35, 0.5, 0.7, 1, 1.4, 2, 2.8];
const QUALITIES: Readonly<Record<ImageCodec, readonly number[]>> = {
  jpeg: [1, 5, 10, 20, 30, 50, 70],
  webp: [1, 5, 10, 20, 30, 50],
  avif: [1, 5, 10, 20, 30, 50],
};

/** The first examples, in memory. */
async function firstOf(examples: ExampleSource, most: number): Promise<Dataset> {
  if (isDataset(examples)) return sliceDataset(examples, 0, Math.min(most, examples.length));
  const parts: (Uint8Array | Float32Array)[] = [];
  let count = 0;
  const size = examples.shape.reduce((product, side) => product * side, 1);
  for await (const { values } of streamOf(examples).blocks()) {
    parts.push(values.slice(0, (most - count) * size));
    count += parts.at(-1)!.length / size;
    if (count >= most) break;
  }
  const bytes = new Uint8Array(count * size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return arrayDataset(bytes, { name: examples.name, shape: examples.shape });
}

/** Ours as a point; pictures have all of the figures. */
function pointOf({ step, bytesPerExample, bitsPerPixel, mse, psnr, ssim }: Compressed): OurPoint {
  return {
    ...(step !== undefined && { step }),
    bytesPerImage: bytesPerExample,
    bitsPerPixel: bitsPerPixel ?? 0,
    mse,
    psnr: psnr ?? 0,
    ssim: ssim ?? 0,
  };
}

/**
 * Refuses what cannot be an image file.
 *
 * @throws GargaloError `bad-input` for anything but images of bytes
 */
export function comparableLook({ shape, sequence, type, name }: ExampleSource): PictureLook {
  const look = lookOf(shape, sequence);
  if (look.kind === 'picture' && type === 'uint8') return look;
  throw badInput(name, 'expected images of bytes to compare with image files, got other data', 'leave out `compare`');
}

/**
 * The same images through a model and as JPEG, WebP and AVIF, at the same error and at the same bytes: all of them on one sheet,
 * so that headers hardly count, and each in a file of its own.
 *
 * @throws GargaloError `bad-input` for anything but images of bytes, `not-available` without sharp
 */
export async function compareImages(
  autoencoder: Autoencoder,
  examples: ExampleSource,
  { most = MOST, step, effort, embed, curves = true, runtime, ...options }: ImageComparisonOptions = {},
): Promise<ImageComparison> {
  const { signal } = options;
  const look = comparableLook(examples);
  const data = await firstOf(examples, Math.min(most, sheetCapacity(look)));
  const originals = Uint8Array.from(await data.block(0, data.length));
  const pictures: Pictures = { look, count: data.length, bytes: originals };
  const withStep = (factor: number): CompressOptions => (step === undefined ? {} : { step: step * factor, effort });

  const { file, ...figures } = await compress(autoencoder, data, { ...withStep(1), embed, signal, ...runtime });
  const restored = new Uint8Array(originals.length);
  const size = originals.length / data.length;
  for await (const { start, values } of decompress(file, {
    model: autoencoder,
    signal,
    maxUnpacked: Number.MAX_SAFE_INTEGER,
    ...runtime,
  })) {
    restored.set(written(values, 'uint8'), start * size);
  }
  const ours = pointOf({ file, ...figures });

  let alone = 0;
  const few = Math.min(ALONE, data.length);
  for (let n = 0; n < few; n++) {
    const one = await compress(autoencoder, sliceDataset(data, n, n + 1), {
      ...withStep(1),
      embed,
      signal,
      ...runtime,
    });
    alone += one.bytes / few;
  }

  const comparisons: CodecComparison[] = [];
  const outcomes: Record<ImageCodec, CodecOutcome[]> = { jpeg: [], webp: [], avif: [] };
  for (const codec of imageCodecs) {
    for (const arrangement of arrangements) {
      const trial = codecTrial(pictures, codec, arrangement, options);
      for (const quality of curves && arrangement === 'sheet' ? QUALITIES[codec] : []) {
        const { bytes: _bytes, ...outcome } = await trial.at(quality);
        outcomes[codec].push(outcome);
      }
      comparisons.push(await compareCodec(trial, ours));
    }
  }
  const along: OurPoint[] = [];
  for (const factor of curves && step !== undefined ? STEPS : []) {
    along.push(pointOf(await compress(autoencoder, data, { ...withStep(factor), embed, signal, ...runtime })));
  }
  return {
    look,
    count: data.length,
    ours,
    alone,
    comparisons,
    curves: { ours: along.length > 0 ? along : [ours], ...outcomes },
    originals,
    restored,
  };
}
