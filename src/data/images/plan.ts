import { badInput, GargaloError } from '../../core/errors.js';
import type { ExampleForm, PictureForm, SampleDepth } from '../dataset.js';
import type { UnpackLimit } from '../large.js';
import { floatsAsBytes, type ImageHeader } from './decode.js';
import type { ImageFile } from './files.js';

/** How a folder of images becomes examples of one shape; what is left out follows from the images. */
export interface ImageOptions extends UnpackLimit {
  /** Width and height of the examples in pixels. */
  readonly size?: readonly [width: number, height: number] | undefined;
  /** Images of other proportions: their middle ("crop", the default), or the whole image with a white border ("contain"). */
  readonly fit?: PictureForm['fit'] | undefined;
  /** "auto", the default: gray where all images are. Gray is the luminance of colours. */
  readonly color?: 'auto' | 'gray' | 'color' | undefined;
  /**
   * The depth of the samples, where it is not that of the model or of all images. '8': bytes. '16': as float32 of 0 … 65535, bytes
   * times 257. 'float': as float32, the samples of all files as they stand.
   */
  readonly depth?: SampleDepth | undefined;
  /** Of pages of a TIFF and frames of an animation: 'first', the default, or 'all', an example each. */
  readonly frames?: 'first' | 'all' | undefined;
  /** Cut the images, at their own size, into squares of so many pixels instead. */
  readonly patch?: number | undefined;
  /** Pixels from one patch to the next, across and down; the side of a patch by default. */
  readonly stride?: number | undefined;
  /** Leave out files that cannot be decoded, instead of refusing the folder. */
  readonly skipBroken?: boolean | undefined;
  /** Only the first so many examples. */
  readonly limit?: number | undefined;
  /** Make the images what a model takes. */
  readonly like?: Omit<ExampleForm, 'name' | 'type'> | undefined;
}

/** How images will be read. */
export interface ImagePlan {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly fit: PictureForm['fit'];
  readonly depth: SampleDepth;
  /** Pixels from patch to patch, where the examples are patches. */
  readonly stride?: number;
}

/** Images of one size stay as they are up to this side. */
const OWN_SIDE = 256;
/** The longer side of examples whose size nobody chose. */
const SIDE = 64;

function wholePixels(where: string, value: number, most = 2 ** 14): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  throw badInput(where, `expected a whole number of pixels from 1 to ${most}, got ${value}`);
}

/** "64" or "64x48" as width and height. */
export function parseSize(text: string): readonly [width: number, height: number] {
  const found = /^(\d+)(?:[x×,](\d+))?$/.exec(text.trim());
  if (!found) throw badInput('size', `expected pixels as 64 or 64x48 (width x height), got "${text}"`);
  return [Number(found[1]), Number(found[2] ?? found[1])];
}

function sizeOfLike({ shape, sequence }: NonNullable<ImageOptions['like']>): readonly [number, number] | undefined {
  const [height, width, channels = 1] = shape;
  const isPicture = !sequence && shape.length <= 3 && (channels === 1 || channels === 3);
  return isPicture && height !== undefined && width !== undefined ? [width, height] : undefined;
}

/**
 * The size that nobody chose: that of all images where they agree, scaled down to 64 pixels on the longer side where it is above
 * 256; else a square whose side is the median of their shorter sides, at most 64.
 */
function ownSize(headers: readonly ImageHeader[], { width, height }: ImageHeader): readonly [number, number] {
  if (headers.every((header) => header.width === width && header.height === height)) {
    const longer = Math.max(width, height);
    const scale = longer <= OWN_SIDE ? 1 : SIDE / longer;
    return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  }
  const shorter = headers.map((header) => Math.min(header.width, header.height)).sort((a, b) => a - b);
  const side = Math.min(SIDE, shorter[Math.floor(shorter.length / 2)] ?? SIDE);
  return [side, side];
}

const depthWords: Readonly<Record<SampleDepth, string>> = {
  '8': '8 bits a channel',
  '16': '16 bits a channel',
  float: '32-bit floats',
};

/** The depth that images are read at: the one asked for, else the model's, else that of all of them. */
function chosenDepth(
  images: readonly (ImageFile & ImageHeader)[],
  first: ImageFile & ImageHeader,
  { depth, like }: ImageOptions,
): SampleDepth {
  const ofModel = like && (like.picture?.depth ?? '8');
  const wanted = depth ?? ofModel ?? first.depth;
  if (like?.picture && wanted !== ofModel) {
    throw badInput('depth', `expected ${ofModel}, the depth of the images that the model was trained on, got ${depth}`);
  }
  const other = images.find((image) => image.depth !== wanted);
  if (!other || wanted === depth) {
    const float = wanted === 'float' ? undefined : images.find((image) => image.depth === 'float');
    if (float) throw floatsAsBytes(float.path, wanted);
    return wanted;
  }
  const ways = {
    '8': '`depth: "8"` keeps 8 bits, which leaves little of 12 bits stored in 16',
    '16': '`depth: "16"` takes bytes times 257',
    float: '`depth: "float"` takes the samples as they stand',
  };
  if (ofModel) {
    const mend = other.depth === 'float' ? 'convert it, or train on such images' : ways[wanted];
    const expected = `expected ${depthWords[wanted]}, as the model was trained on`;
    throw badInput(other.path, `${expected}, got ${depthWords[other.depth]}`, mend);
  }
  const isFloat = other.depth === 'float' || wanted === 'float';
  const mend = isFloat ? `${ways.float}; or convert them to one depth` : `${ways['16']}; ${ways['8']}`;
  throw badInput(
    other.path,
    `expected ${depthWords[wanted]}, as ${first.name} has, got ${depthWords[other.depth]}`,
    mend,
  );
}

/**
 * Decides how images are read: as options say, else as the model takes them, else as the images are.
 *
 * @param headers at least one
 * @throws GargaloError `bad-input` naming the option
 */
export function planImages(headers: readonly (ImageFile & ImageHeader)[], options: ImageOptions): ImagePlan {
  const { like, color = 'auto', patch, stride } = options;
  const own: 1 | 3 = headers.every(({ gray }) => gray) ? 1 : 3;
  const ofModel: 1 | 3 | undefined = like && sizeOfLike(like) && (like.shape[2] === 3 ? 3 : 1);
  const channels = color === 'auto' ? (ofModel ?? own) : color === 'gray' ? 1 : 3;
  const fit = options.fit ?? like?.picture?.fit ?? 'crop';
  const [first] = headers;
  if (!first) throw new GargaloError('internal', 'images', 'expected at least one, got none');
  const depth = chosenDepth(headers, first, options);
  if (fit === 'contain' && depth !== '8') {
    const problem = `expected images of 8 bits a channel for a white border, got ${depthWords[depth]}`;
    throw badInput('fit', problem, depth === '16' ? '`fit: "crop"`, or `depth: "8"`' : '`fit: "crop"`');
  }
  if (options.size !== undefined && !Array.isArray(options.size)) {
    throw badInput('size', `expected [width, height] in pixels, got ${JSON.stringify(options.size)}`);
  }
  const wanted = options.size ?? (like && sizeOfLike(like));
  if (patch !== undefined && options.size) {
    throw badInput('patch', 'expected either patches of images at their own size or `size`, got both', 'leave one out');
  }
  if (patch === undefined && !(like?.picture?.patches && !options.size)) {
    if (stride !== undefined) throw badInput('stride', 'expected `patch` with it: pixels from patch to patch');
    const [width, height] = wanted ?? ownSize(headers, first);
    return { width: wholePixels('size', width), height: wholePixels('size', height), channels, fit, depth };
  }
  const side = patch === undefined && wanted ? wanted[0] : wholePixels('patch', patch ?? 0);
  return { width: side, height: side, channels, fit, depth, stride: wholePixels('stride', stride ?? side) };
}

/** The places of patches along one side of an image, as far as whole patches fit. */
export function patchPlaces(side: number, patch: number, stride: number): number {
  return side < patch ? 0 : Math.floor((side - patch) / stride) + 1;
}

/** What a plan makes of an image: so many examples. */
export function examplesOf(
  { width, height, stride }: ImagePlan,
  header: Pick<ImageHeader, 'width' | 'height'>,
): number {
  if (stride === undefined) return 1;
  return patchPlaces(header.width, width, stride) * patchPlaces(header.height, height, stride);
}
