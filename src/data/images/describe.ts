import { extname } from 'node:path';
import { badInput, GargaloError } from '../../core/errors.js';
import { stopWhereAborted, type WorkOptions } from '../../core/work.js';
import type { SampleDepth } from '../dataset.js';
import { inOrder } from '../in-order.js';
import { decodedAtOnce, type ImageHeader, readImageHeader } from './decode.js';
import {
  convertWords,
  endingWords,
  type ImageFile,
  type ImageFiles,
  type ImageSource,
  imagesOf,
  sourceName,
} from './files.js';
import { examplesOf, type ImageOptions, type ImagePlan, planImages } from './plan.js';

/** A folder of images as far as the heads of its files tell. */
export interface ImageFolder {
  readonly path: string;
  /** The images whose heads could be read, in order; as many as `limit` asks for. */
  readonly images: readonly (ImageFile & ImageHeader)[];
  readonly skipped: ImageFiles['skipped'];
  /** Files that are called images and are none, where those are left out. */
  readonly broken: readonly { readonly name: string; readonly problem: string }[];
  readonly plan: ImagePlan;
}

/** The head of a file, or of each of its pages or frames: those of x.gif are called x-1.gif, x-2.gif, … */
async function headersOf(
  file: ImageFile,
  { frames, maxUnpacked }: Pick<ImageOptions, 'frames' | 'maxUnpacked'>,
): Promise<(ImageFile & ImageHeader)[]> {
  const first = await readImageHeader(file, { maxUnpacked });
  if (frames !== 'all' || first.frames === 1) return [{ ...file, ...first }];
  const ending = extname(file.name);
  const stem = file.name.slice(0, file.name.length - ending.length);
  const images: (ImageFile & ImageHeader)[] = [];
  for (let frame = 0; frame < first.frames; frame++) {
    const name = `${stem}-${String(frame + 1).padStart(String(first.frames).length, '0')}${ending}`;
    images.push({
      ...file,
      name,
      frame,
      ...(frame === 0 ? first : await readImageHeader(file, { frame, maxUnpacked })),
    });
  }
  return images;
}

/**
 * Looks over a folder of images, or a single one: the heads of all files are read, nothing is decoded.
 *
 * @throws GargaloError `bad-input` naming the file that is no image; `cancelled`
 */
export async function scanImages(
  source: ImageSource,
  options: ImageOptions = {},
  { signal, onProgress }: WorkOptions = {},
): Promise<ImageFolder> {
  const path = sourceName(source);
  const listed = await imagesOf(source);
  // of patches, nobody knows how many images make so many
  const whole = options.patch === undefined && !options.like?.picture?.patches;
  const files = whole && options.limit !== undefined ? listed.files.slice(0, options.limit) : listed.files;
  const images: (ImageFile & ImageHeader)[] = [];
  const broken: { name: string; problem: string }[] = [];
  let done = 0;
  const heads = inOrder(files, 2 * decodedAtOnce, async (file) => {
    try {
      return await headersOf(file, options);
    } catch (error) {
      if (!options.skipBroken || !(error instanceof GargaloError)) throw error;
      return { name: file.name, problem: error.problem };
    }
  });
  for await (const head of heads) {
    if ('problem' in head) broken.push(head);
    else images.push(...head);
    stopWhereAborted(signal, path);
    onProgress?.({ done: ++done, total: files.length });
  }
  if (images.length === 0) throw badInput(path, `expected images, got ${broken.length} files that cannot be decoded`);
  const plan = planImages(images, options);
  return { path, images, skipped: listed.skipped, broken, plan };
}

/** How often each comes, most often first. */
function counted<T extends string>(items: readonly T[]): [T, number][] {
  const found = new Map<T, number>();
  for (const item of items) found.set(item, (found.get(item) ?? 0) + 1);
  return [...found].sort((a, b) => b[1] - a[1]);
}

/** What is in a folder of images, and what becomes of it; see {@link describeImages}. */
export interface ImagesDescription {
  readonly path: string;
  readonly images: number;
  /** "jpeg" 12, "png" 3: most frequent first. */
  readonly formats: readonly (readonly [string, number])[];
  /** Sizes as "640×480", most frequent first. */
  readonly sizes: readonly (readonly [string, number])[];
  readonly gray: number;
  readonly color: number;
  /** The depth that the samples are read at. */
  readonly depth: SampleDepth;
  /** Images that can have transparent parts, and images of more than 8 bits a channel. */
  readonly transparent: number;
  readonly deep: number;
  /** Images of each class, in the order of their names; empty where there are no sub-folders. */
  readonly classes: readonly (readonly [string, number])[];
  readonly unlabelled: number;
  readonly skipped: ImageFiles['skipped'];
  readonly broken: ImageFolder['broken'];
  /** What the examples will be. */
  readonly shape: readonly number[];
  readonly examples: number;
  /** The same in sentences, with what is done to the images. */
  readonly notes: readonly string[];
}

const number = (value: number) => value.toLocaleString('en-US');
const plural = (count: number, one: string, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;
const joined = (pairs: readonly (readonly [string, number])[], most = 5) =>
  [
    ...pairs.slice(0, most).map(([name, count]) => `${name} (${number(count)})`),
    ...(pairs.length > most ? [`${number(pairs.length - most)} more`] : []),
  ].join(', ');

/** The shape of the examples of a plan. */
export function shapeOf({ width, height, channels }: ImagePlan): readonly number[] {
  return channels === 3 ? [height, width, 3] : [height, width];
}

/** What a plan does to images, in sentences. */
function planNotes({ images, plan }: ImageFolder, description: Omit<ImagesDescription, 'notes' | 'path'>): string[] {
  const { sizes, gray, color, examples } = description;
  const { width, height, channels, fit, stride } = plan;
  const notes: string[] = [];
  if (stride === undefined) {
    const asIs = sizes.length === 1 && sizes[0]?.[0] === `${width}×${height}`;
    const how = fit === 'crop' ? 'the middle of those of other proportions' : 'whole, with a white border';
    const other = `fitted to ${width}×${height} (${how}; \`size\` and \`fit\` choose otherwise)`;
    notes.push(
      `${plural(images.length, 'image')} of ${asIs ? '' : 'size '}${joined(sizes, 3)}${asIs ? '' : `: ${other}`}`,
    );
  } else {
    const small = images.filter((image) => examplesOf(plan, image) === 0).length;
    const left = small === 0 ? '' : `; ${plural(small, 'image')} smaller than that left out`;
    const grid = `patches of ${width}×${height}, ${stride} pixels apart`;
    notes.push(`${plural(images.length, 'image')} cut into ${number(examples)} ${grid}${left}`);
  }
  if (gray > 0 && channels === 3)
    notes.push(`${plural(gray, 'gray image')} read as colour (\`color: "gray"\` for gray)`);
  if (color > 0 && channels === 1) notes.push(`${plural(color, 'colour image')} read as gray`);
  return [...notes, ...sampleNotes({ images, plan })];
}

/**
 * What becomes of the samples of images, whatever their size, in sentences.
 *
 * @param alpha whether transparency is kept
 */
export function sampleNotes(
  { images, plan: { depth } }: Pick<ImageFolder, 'images' | 'plan'>,
  alpha = false,
): string[] {
  const notes: string[] = [];
  const transparent = images.filter(({ alpha }) => alpha).length;
  const deep = images.filter((image) => image.depth !== '8').length;
  if (transparent > 0) {
    const [of, fate] = alpha ? ['transparency', 'kept as it is'] : ['transparent parts', 'put on white'];
    notes.push(`${of} of ${plural(transparent, 'image')} ${fate}`);
  }
  if (depth === '8' && deep > 0) notes.push(`${plural(deep, 'image')} of 16 bits a channel reduced to 8`);
  if (depth === '16') {
    const bytes = images.length - deep;
    const also = bytes > 0 ? `; ${plural(bytes, 'image')} of 8 bits times 257` : '';
    notes.push(`16 bits a channel, read as float32 of 0 … 65535${also}`);
  }
  if (depth === 'float') notes.push('samples read as float32, as they stand in the files');
  const several = images.filter(({ frames, frame }) => frames > 1 && frame === undefined);
  const [first] = several;
  if (first) {
    const frames = number(first.frames);
    const which =
      several.length === 1
        ? `only the first of ${frames} frames of ${first.name} is read`
        : `only the first frame is read of ${number(several.length)} images that have several (${first.name}: ${frames})`;
    notes.push(`${which}: \`frames: "all"\` reads them all`);
  }
  return notes;
}

function fileNotes({ classes, unlabelled, skipped, broken }: Omit<ImagesDescription, 'notes' | 'path'>): string[] {
  const notes: string[] = [];
  if (classes.length > 0) {
    const rest = unlabelled > 0 ? `; ${number(unlabelled)} without one` : '';
    notes.push(`classes by sub-folder: ${joined(classes, 10)}${rest}`);
  }
  const left = [
    ...(skipped.others > 0 ? [endingWords(skipped.endings)] : []),
    ...(skipped.hidden > 0 ? [plural(skipped.hidden, 'hidden file')] : []),
    ...(broken.length > 0 ? [`${plural(broken.length, 'broken file')} (${broken[0]?.name})`] : []),
  ];
  const mend = convertWords(skipped.endings);
  if (left.length > 0) notes.push(`left out: ${left.join(', ')}${mend ? `  (${mend})` : ''}`);
  return notes;
}

/** A scan as figures and sentences. */
export function describeScan(folder: ImageFolder): ImagesDescription {
  const { path, images, skipped, broken, plan } = folder;
  const labels = images.flatMap(({ label }) => (label === undefined ? [] : [label]));
  const gray = images.filter((image) => image.gray).length;
  const figures = {
    images: images.length,
    formats: counted(images.map(({ format }) => format)),
    sizes: counted(images.map(({ width, height }) => `${width}×${height}`)),
    gray,
    color: images.length - gray,
    transparent: images.filter(({ alpha }) => alpha).length,
    depth: plan.depth,
    deep: images.filter((image) => image.depth !== '8').length,
    classes: counted(labels).sort(([a], [b]) => (a < b ? -1 : 1)),
    unlabelled: images.length - labels.length,
    skipped,
    broken,
    shape: shapeOf(plan),
    examples: images.reduce((sum, image) => sum + examplesOf(plan, image), 0),
  };
  return { path, ...figures, notes: [...planNotes(folder, figures), ...fileNotes(figures)] };
}

/**
 * Says what is in a folder of images and what reading it will make of it.
 *
 * @throws GargaloError `bad-input` as reading it does; `cancelled`
 */
export async function describeImages(
  source: ImageSource,
  options: ImageOptions & WorkOptions = {},
): Promise<ImagesDescription> {
  return describeScan(await scanImages(source, options, options));
}
