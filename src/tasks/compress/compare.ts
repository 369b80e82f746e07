import { structuralSimilarity } from '../../analysis/statistics/ssim.js';
import { rowAt, squaredDistance } from '../../core/vectors.js';
import { stopWhereAborted, type WorkOptions } from '../../core/work.js';
import type { Pictures } from '../../data/write/picture-sheet.js';
import { type CodecEffort, decodeImage, encodeImage, type ImageCodec } from './image-codecs.js';
import { sheetCapacity, tiled, untiled } from './tiling.js';

/** How images are put into files: all on one sheet, so that headers hardly count, or each in a file of its own. */
export const arrangements = ['sheet', 'each'] as const;
export type Arrangement = (typeof arrangements)[number];

/** Images in a format, at a quality. */
export interface CodecOutcome {
  readonly codec: ImageCodec;
  readonly arrangement: Arrangement;
  /** 1 … 100 */
  readonly quality: number;
  /** Of whole files. */
  readonly bytesPerImage: number;
  readonly bitsPerPixel: number;
  /** Mean squared error of a value, of bytes in 0 … 1. */
  readonly mse: number;
  /** dB */
  readonly psnr: number;
  /** Mean over the images. */
  readonly ssim: number;
}

/** The images, as they came back. */
export interface CodecPictures extends CodecOutcome {
  readonly bytes: Uint8Array;
}

/** Puts images through a format at any quality; what has been tried is not tried again. */
export interface CodecTrial {
  readonly codec: ImageCodec;
  readonly arrangement: Arrangement;
  /** How many images take part: a sheet has its limits, and files of their own take their time. */
  readonly count: number;
  at(quality: number): Promise<CodecPictures>;
  /** Everything that was tried so far. */
  tried(): Promise<readonly CodecPictures[]>;
}

/** Images that get files of their own, at most. */
const MOST_FILES = 100;

function figuresOf(
  pictures: Pictures,
  back: Uint8Array,
  fileBytes: number,
): Omit<CodecPictures, 'codec' | 'arrangement' | 'quality'> {
  const { look, count, bytes } = pictures;
  const size = look.width * look.height * look.channels;
  const squares = squaredDistance(bytes, 0, back, 0, count * size);
  let similarity = 0;
  for (let n = 0; n < count; n++) similarity += structuralSimilarity(rowAt(bytes, size, n), rowAt(back, size, n), look);
  const mse = squares / (count * size) / 255 ** 2;
  return {
    bytesPerImage: fileBytes / count,
    bitsPerPixel: (8 * fileBytes) / count / look.width / look.height,
    mse,
    psnr: -10 * Math.log10(mse),
    ssim: similarity / count,
    bytes: back,
  };
}

/**
 * Prepares images for trials of a format.
 *
 * @param effort of the encoder
 */
export function codecTrial(
  all: Pictures,
  codec: ImageCodec,
  arrangement: Arrangement,
  { signal, ...effort }: CodecEffort & Pick<WorkOptions, 'signal'> = {},
): CodecTrial {
  const { look } = all;
  const count = Math.min(all.count, arrangement === 'sheet' ? sheetCapacity(look) : MOST_FILES);
  const size = look.width * look.height * look.channels;
  const pictures = { look, count, bytes: all.bytes.subarray(0, count * size) };
  const known = new Map<number, Promise<CodecPictures>>();
  const sheet = arrangement === 'sheet' ? tiled(pictures) : undefined;

  const try_ = async (quality: number): Promise<CodecPictures> => {
    stopWhereAborted(signal, codec);
    const named = { codec, arrangement, quality };
    if (sheet) {
      const file = await encodeImage(sheet, codec, quality, effort);
      const back = untiled(await decodeImage(file, look.channels), pictures, sheet.width);
      return { ...named, ...figuresOf(pictures, back, file.length) };
    }
    const back = new Uint8Array(count * size);
    let fileBytes = 0;
    for (let n = 0; n < count; n++) {
      const data = pictures.bytes.subarray(n * size, (n + 1) * size);
      const file = await encodeImage({ ...look, data }, codec, quality, effort);
      fileBytes += file.length;
      back.set(await decodeImage(file, look.channels), n * size);
    }
    return { ...named, ...figuresOf(pictures, back, fileBytes) };
  };
  return {
    codec,
    arrangement,
    count,
    at(quality) {
      let found = known.get(quality);
      if (!found) {
        found = try_(quality);
        known.set(quality, found);
      }
      return found;
    },
    tried: () => Promise.all(known.values()),
  };
}

/** The lowest quality of 1 … 100 with which something holds that holds for high ones; 100 where it holds for none. */
async function lowestQuality(holds: (quality: number) => Promise<boolean>): Promise<number> {
  let [low, high] = [1, 100];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await holds(middle)) high = middle;
    else low = middle + 1;
  }
  return high;
}

/** What a format makes of images where ours are, on either side. */
export interface CodecComparison {
  readonly codec: ImageCodec;
  readonly arrangement: Arrangement;
  readonly count: number;
  /** The smallest file whose error is not above ours; undefined where it never comes so near. */
  readonly sameError?: CodecPictures;
  /** Its bytes at exactly our error: between that quality and the one below, by their errors, in logarithms. */
  readonly bytesAtSameError?: number;
  /** The best file whose bytes are not above ours; the smallest there is where all take more. */
  readonly sameBytes: CodecPictures;
}

/**
 * Looks for the qualities at which a format has our error, and our bytes.
 *
 * @param ours mean squared error of bytes in 0 … 1, and bytes of an image
 */
export async function compareCodec(
  trial: CodecTrial,
  ours: { readonly mse: number; readonly bytesPerImage: number },
): Promise<CodecComparison> {
  const { codec, arrangement, count } = trial;
  await lowestQuality(async (quality) => (await trial.at(quality)).mse <= ours.mse);
  await lowestQuality(async (quality) => (await trial.at(quality)).bytesPerImage > ours.bytesPerImage);
  // a lower quality is not always a smaller file: the best of all that were tried counts
  const tried = await trial.tried();
  const smallest = (some: readonly CodecPictures[]) => some.toSorted((a, b) => a.bytesPerImage - b.bytesPerImage)[0];
  const sameError = smallest(tried.filter(({ mse }) => mse <= ours.mse));
  const fitting = tried.filter(({ bytesPerImage }) => bytesPerImage <= ours.bytesPerImage);
  const sameBytes = fitting.toSorted((a, b) => a.mse - b.mse)[0] ?? (smallest(tried) as CodecPictures);
  const below = sameError && sameError.quality > 1 ? await trial.at(sameError.quality - 1) : undefined;
  return {
    codec,
    arrangement,
    count,
    ...(sameError && {
      sameError,
      bytesAtSameError: below ? between(below, sameError, ours.mse) : sameError.bytesPerImage,
    }),
    sameBytes,
  };
}

/** Bytes at an error between those of two qualities: logarithms of bytes are nearly straight in those of errors. */
function between(below: CodecOutcome, above: CodecOutcome, mse: number): number {
  if (!(below.mse > mse && mse >= above.mse) || below.bytesPerImage >= above.bytesPerImage) return above.bytesPerImage;
  const share = Math.log(below.mse / mse) / Math.log(below.mse / above.mse);
  return below.bytesPerImage * (above.bytesPerImage / below.bytesPerImage) ** Math.min(Math.max(share, 0), 1);
}
