import { stat } from 'node:fs/promises';
import { badInput } from '../../core/errors.js';
import type { Dataset, Labels } from '../dataset.js';
import type { UnpackLimit } from '../large.js';
import { isIdx, readLabels } from './idx.js';
import { isNpy, readNpyHeader } from './npy.js';
import { type LabelledExamples, labelsOf, readLabelArray, splitNpzPath } from './npz.js';
import { readUnpacked } from './packed.js';

const KINDS = 'a .npy file of whole numbers or words, an array of an .npz file (labels.npz:y) or an IDX file';

/** The classes that a file of labels holds; undefined where it is no such file. */
async function labelsIn(
  path: string,
  source: string,
  examples: LabelledExamples,
  limit: UnpackLimit,
): Promise<Labels | undefined> {
  const archive = splitNpzPath(path);
  if (archive) return readLabelArray(archive.file, archive.array, examples, limit);
  const bytes = await readUnpacked(path, limit);
  if (isIdx(bytes)) return readLabels(path, source, examples.length, limit);
  if (!isNpy(bytes)) return undefined;
  const header = readNpyHeader(bytes, path);
  const flat = header.shape.length === 1 || (header.shape.length === 2 && header.shape[1] === 1);
  return flat ? labelsOf(bytes, header, path, examples) : undefined;
}

/**
 * Examples of an array with their classes, which lie in a file of their own or, of an archive, in another array of it.
 *
 * @param source where the examples are, as it was named
 * @param label a path, or the name of an array
 * @throws GargaloError `bad-input` where it is missing, holds no classes or not one for each example
 */
export async function withLabels(
  dataset: Dataset,
  source: string,
  label: string,
  limit: UnpackLimit = {},
): Promise<Dataset> {
  const archive = /\.npz$/i.test(source) ? source : splitNpzPath(source)?.file;
  const isFile = (await stat(splitNpzPath(label)?.file ?? label).catch(() => undefined))?.isFile() ?? false;
  if (!isFile && archive === undefined) {
    throw badInput(
      'label',
      `expected a file with a class for each example of ${source}, got "${label}"`,
      `name ${KINDS}`,
    );
  }
  const examples = { name: `example of ${source}`, length: dataset.length };
  const labels = isFile
    ? await labelsIn(label, source, examples, limit)
    : await readLabelArray(archive ?? '', label, examples, limit);
  if (labels) return { ...dataset, labels };
  throw badInput(label, 'expected one class for each example, got something else', `name ${KINDS}`);
}
