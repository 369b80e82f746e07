import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { collect } from '../collect.js';
import { type Dataset, formOf } from '../dataset.js';
import { selectExamples } from '../split.js';
import type { ExampleStream } from '../stream.js';
import { imageNames } from './files.js';
import type { ImageOptions } from './plan.js';
import { readImages } from './read.js';

/** A part to choose by while training; the test part where there is no other. */
const VALIDATION = /^(val|valid|validation|dev)$/i;
/** Folders that may lie beside train and test: masks of what is wrong in the images of test. */
const MASKS = /^(ground_truth|masks?)$/i;

const entriesOf = (folder: string): Promise<Dirent[]> => readdir(folder, { withFileTypes: true }).catch(() => []);
const foldersOf = (entries: readonly Dirent[]): string[] =>
  entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);

/** The folders of a data set that comes in parts. */
export interface ImageParts {
  /** None where only one part lies beside masks. */
  readonly train: string | undefined;
  /** The part to test on and to score; beside masks the only part. */
  readonly test: string;
  readonly masks: readonly string[];
  /** A part for validation beside a test part. */
  readonly validation: readonly string[];
}

/**
 * The parts of a folder, as sets of images come: train and test, perhaps validation and masks; or one of them with masks. None of any
 * other folder.
 */
export async function imageParts(path: string): Promise<ImageParts | undefined> {
  const entries = await entriesOf(path);
  const folders = foldersOf(entries);
  const [masks, named] = [folders.filter((name) => MASKS.test(name)), folders.filter((name) => VALIDATION.test(name))];
  const train = folders.find((name) => /^train(ing)?$/i.test(name));
  const own = folders.find((name) => /^test(ing)?$/i.test(name));
  const [test, validation] = own === undefined ? [named[0], named.slice(1)] : [own, named];
  const parts = [train, test].filter((name) => name !== undefined);
  const [first, second] = parts;
  if (first === undefined || (second === undefined && masks.length === 0)) return undefined;
  const isParted = folders.length === parts.length + masks.length + validation.length;
  if (!isParted || entries.some(({ name }) => imageNames.test(name))) return undefined;
  return { train: second === undefined ? undefined : first, test: second ?? first, masks, validation };
}

/** The examples of a data set that are of some classes. */
async function ofClasses(dataset: Dataset, classes: readonly string[]): Promise<Dataset | undefined> {
  const { labels } = dataset;
  if (!labels) return dataset;
  const chosen = Uint8Array.from(labels.values, (value) => (classes.includes(labels.names[value] ?? '') ? 1 : 0));
  return chosen.includes(1) ? selectExamples(dataset, chosen, dataset.name) : undefined;
}

/**
 * Reads the parts train and test of a folder, or the only one beside masks. Without a model the test part are the images of the classes that train has: those of
 * others are what a model is to find, and its errors on them say nothing about how well it learns.
 *
 * @throws GargaloError as {@link readImages} does
 */
export async function readParts(
  path: string,
  { train: trainPart, test: testPart, masks, validation }: ImageParts,
  options: ImageOptions,
): Promise<{ train: ExampleStream; test?: Dataset }> {
  const apart = [...masks, ...validation].map((name) => `${name}/`);
  if (trainPart === undefined) {
    const note = `parts: ${testPart}/; left out: ${apart.join(', ')}`;
    return { train: await readImages(join(path, testPart), options, [note]) };
  }
  const classesOf = async (part: string) => foldersOf(await entriesOf(join(path, part)));
  const [learned, tested] = await Promise.all([classesOf(trainPart), classesOf(testPart)]);
  const others = learned.length === 0 || options.like ? [] : tested.filter((name) => !learned.includes(name));
  const left = [...apart, ...others.map((name) => `${testPart}/${name}/`)];
  const what = options.like
    ? `parts: ${trainPart}/ and ${testPart}/`
    : `parts: ${trainPart}/ is trained on, ${testPart}/ is tested on`;
  const note = `${what}${left.length > 0 ? `; left out: ${left.join(', ')}` : ''}`;
  const train = await readImages(join(path, trainPart), options, [note]);
  const like = options.like ?? formOf(train);
  const whole = await collect(await readImages(join(path, testPart), { ...options, limit: undefined, like }, [note]));
  const test = others.length === 0 ? whole : await ofClasses(whole, learned);
  return { train, ...(test && { test }) };
}
