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

/** Folders that may lie beside train and test: masks of what is wrong in the images of test. */
const MASKS = /^(ground_truth|masks?)$/i;

const entriesOf = (folder: string): Promise<Dirent[]> => readdir(folder, { withFileTypes: true }).catch(() => []);
const foldersOf = (entries: readonly Dirent[]): string[] =>
  entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);

/** The parts of a folder as sets of industrial anomalies come: train and test, and perhaps masks; none of any other folder. */
export async function imageParts(path: string): Promise<{ masks: string[] } | undefined> {
  const entries = await entriesOf(path);
  const folders = foldersOf(entries);
  const masks = folders.filter((name) => MASKS.test(name));
  const isParted = folders.includes('train') && folders.includes('test') && folders.length === 2 + masks.length;
  return isParted && !entries.some(({ name }) => imageNames.test(name)) ? { masks } : undefined;
}

/** The examples of a data set that are of some classes. */
async function ofClasses(dataset: Dataset, classes: readonly string[]): Promise<Dataset | undefined> {
  const { labels } = dataset;
  if (!labels) return dataset;
  const chosen = Uint8Array.from(labels.values, (value) => (classes.includes(labels.names[value] ?? '') ? 1 : 0));
  return chosen.includes(1) ? selectExamples(dataset, chosen, dataset.name) : undefined;
}

/**
 * Reads the parts train and test of a folder. Without a model the test part are the images of the classes that train has: those of
 * others are what a model is to find, and its errors on them say nothing about how well it learns.
 *
 * @throws GargaloError as {@link readImages} does
 */
export async function readParts(
  path: string,
  masks: readonly string[],
  options: ImageOptions,
): Promise<{ train: ExampleStream; test?: Dataset }> {
  const classesOf = async (part: string) => foldersOf(await entriesOf(join(path, part)));
  const [learned, tested] = await Promise.all([classesOf('train'), classesOf('test')]);
  const others = learned.length === 0 || options.like ? [] : tested.filter((name) => !learned.includes(name));
  const left = [...masks.map((name) => `${name}/`), ...others.map((name) => `test/${name}/`)];
  const what = options.like ? 'parts: train/ and test/' : 'parts: train/ is trained on, test/ is tested on';
  const note = `${what}${left.length > 0 ? `; left out: ${left.join(', ')}` : ''}`;
  const train = await readImages(join(path, 'train'), options, [note]);
  const like = options.like ?? formOf(train);
  const whole = await collect(await readImages(join(path, 'test'), { ...options, limit: undefined, like }, [note]));
  const test = others.length === 0 ? whole : await ofClasses(whole, learned);
  return { train, ...(test && { test }) };
}
