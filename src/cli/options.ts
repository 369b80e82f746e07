// Options that several commands have.
import { parseSize } from '../data/images/plan.js';
import { parseBytes } from '../data/large.js';
import { dateForms, parseDateForm } from '../data/table/dates.js';
import { parseGap } from '../data/table/gap.js';
import { categoryForms, missingPolicies } from '../data/table/schema.js';
import {
  parseComment,
  parseDecimal,
  parseDelimiter,
  parseEncoding,
  parseThousands,
} from '../data/table/text-options.js';
import { scoreNames } from '../models/calibration.js';
import { type KindName, kindNamed, kinds } from '../models/kinds/index.js';
import type { Option } from '../models/options.js';
import {
  bodyOptions,
  codeOptions,
  corruptionOptions,
  penaltyOptions,
  pretrainingOptions,
} from '../models/socket-options.js';
import { devices, MOST_THREADS } from '../runtime/runtime.js';
import { trainingOptions } from '../train/options.js';
import { type Given, list, type Options, pick, text } from './command.js';

/** Where and how programs run. */
export const machineOptions = {
  device: {
    type: 'choice',
    choices: devices,
    default: undefined,
    usually: 'cpu; wasm where onnxruntime-node is not installed',
    description: 'where to compute; all but cpu and wasm need their hardware and libraries',
  },
  threads: {
    type: 'integer',
    default: undefined,
    minimum: 1,
    maximum: MOST_THREADS,
    description: 'threads within an operator (default: 2 for training all but small networks, else 1)',
  },
} as const satisfies Options;

/** Which examples, and what of them. */
export const dataOptions = {
  limit: {
    type: 'integer',
    default: undefined,
    minimum: 1,
    description: 'only the first so many examples (default: all)',
  },
  columns: list(
    '<a,b,…>',
    'of a table: the columns to use, in this order; a name with a comma in quotes (default: all)',
  ),
  label: text(
    '<column>',
    'of a table: the column that holds the class, which is not used as a value; of an array: a file of classes (labels.npy), of an archive also the name of its array',
  ),
  time: text('<column>', 'of a table: the column of times (dates or numbers), which is not used as a value'),
  timeFormat: {
    ...text(
      '<form>',
      'of dates with the year last: dd/mm/yyyy or mm/dd/yyyy, with any marks between (default: by a date above 12, or as the model does)',
    ),
    parse: (given: string): string => dateForms[parseDateForm(given)],
  },
  group: list(
    '<a,b,…>',
    'of a table: the columns that tell several series or groups apart, which are not used as values: windows lie within a group, and scores are counted for each',
  ),
  id: list(
    '<a,b,…>',
    'of a table: the columns that name a row, which stand in every output and are not used as values (default: rows are numbered)',
  ),
  missing: {
    type: 'choice',
    choices: missingPolicies,
    default: undefined,
    description:
      'of a table: what is done about missing cells: an error; the row is left out; the mean or median is filled in (of words the most frequent); the mean, with a feature that says so; on the line between the rows before and behind; or as in the row before (default: refuse, or as the model does)',
  },
  categories: {
    type: 'choice',
    choices: categoryForms,
    default: undefined,
    description:
      'of a table: what the encoder sees of a word: a feature for each that there is, or a learned vector (dense body) (default: one-hot, or as the model does)',
  },
} as const satisfies Options;

/** How a table of time steps becomes examples. */
export const windowOptions = {
  window: {
    type: 'integer',
    default: undefined,
    minimum: 1,
    description: 'of a table whose rows are time steps: examples are windows of so many rows',
  },
  gap: {
    ...text(
      '<step>',
      'with --time: windows reach across no longer step: a duration (30m, 2h), a number of usual steps, or none for no limit (default: longer than usual)',
    ),
    parse: parseGap,
  },
  stride: {
    type: 'integer',
    default: undefined,
    minimum: 1,
    description:
      'rows from the start of a window to that of the next (default: 1); pixels from patch to patch (default: its side)',
  },
} as const satisfies Options;

/** How a file of text is written, where its reader is to be told. */
export const textOptions = {
  delimiter: {
    ...text(
      '<character>',
      'of a table: what separates cells: one character, tab or blanks (default: what all lines agree on)',
    ),
    parse: parseDelimiter,
    write: (given: string) => (given === '\t' ? 'tab' : given),
  },
  decimal: {
    ...text(
      '<mark>',
      'of a table: the decimal mark, point or comma, of columns that can be read with it (default: by the cells of each column)',
    ),
    parse: parseDecimal,
  },
  thousands: {
    ...text(
      '<mark>',
      'of a table: the mark between thousands: comma, point, blank, apostrophe or none (default: by the cells of each column)',
    ),
    parse: parseThousands,
  },
  header: {
    type: 'switch',
    description: 'the first row has the names of the columns (default: by its cells and those below)',
    off: 'the first row has values; the columns are called 1, 2, …',
  },
  na: list('<a,b,…>', 'of a table: further texts that stand for a missing cell, as -999'),
  keepNa: {
    type: 'flag',
    default: false,
    description: 'NA is a word in a column of words, as for Namibia (default: a missing cell)',
  },
  encoding: {
    ...text(
      '<name>',
      'of a table: as windows-1252 or iso-8859-2 (default: UTF-8 or UTF-16; windows-1252 where it is neither)',
    ),
    parse: parseEncoding,
  },
  skip: {
    type: 'integer',
    default: undefined,
    minimum: 0,
    description:
      'lines before the table, which are left out (default: those of fewer cells than the table, which is said)',
  },
  comment: {
    ...text('<character>', 'of a table: lines that begin with it are left out (default: # before the table)'),
    parse: parseComment,
  },
} as const satisfies Options;

/** How images of a folder become examples. */
export const imageOptions = {
  size: {
    ...text(
      '<pixels>',
      'width and height of the examples, as 64 or 64x48 (default: as the model was trained, else that of the images where they agree, 64 at most of larger ones)',
    ),
    parse: parseSize,
  },
  fit: {
    type: 'choice',
    choices: ['crop', 'contain'],
    default: undefined,
    description:
      'images of other proportions: their middle, or the whole image with a white border (default: as the model was trained, else crop)',
  },
  color: {
    type: 'choice',
    choices: ['auto', 'gray', 'color'],
    default: undefined,
    description: 'read images as gray or in colour (default: auto: as the model was trained, else gray where all are)',
  },
  depth: {
    type: 'choice',
    choices: ['8', '16', 'float'],
    default: undefined,
    description:
      'read images at 8 or 16 bits a channel, or as floats, their samples as they stand (default: as the model was trained, else that of the images)',
  },
  frames: {
    type: 'choice',
    choices: ['first', 'all'],
    default: undefined,
    description: 'of pages of a TIFF and frames of an animation: the first, or all, an example each (default: first)',
  },
  layout: {
    type: 'choice',
    choices: ['nchw', 'nhwc'],
    default: undefined,
    description:
      'of an array of images: its channels first, as PyTorch has them, which are transposed; or last (default: nhwc, and arrays that look like nchw are refused)',
  },
  patch: {
    type: 'integer',
    default: undefined,
    minimum: 1,
    description: 'examples are squares of so many pixels, cut from images at their own size in steps of --stride',
  },
  skipBroken: {
    type: 'flag',
    default: false,
    description: 'leave out image files that cannot be decoded, instead of stopping at the first',
  },
} as const satisfies Options;

/** How examples are scored, and where the line is drawn. */
export const scoreOptions = {
  score: {
    type: 'choice',
    choices: scoreNames,
    default: undefined,
    description:
      'combined: how rare the error, the distance from the training rows, that distance relative to theirs and the values column by column are, a weighted mean; error: the mean squared error of the values in scaled units; mahalanobis: the Mahalanobis distance of the errors from those of the training data; bounded: of windows of a series the error from a code that is brought back into its usual range; pattern: of rows of a series how rare the bounded error, the distance from the nearest training window and the roughness of the windows that hold them are, added up (default: pattern of rows and bounded of windows of a series, combined of a table, where the model was calibrated for it, else error)',
  },
  quantile: {
    type: 'number',
    default: undefined,
    minimum: 0,
    maximum: 1,
    exclusive: true,
    description: 'anomalies score above so large a part of the training data (default: 0.99)',
  },
  contamination: {
    type: 'number',
    default: undefined,
    minimum: 0,
    maximum: 1,
    description: 'the same said the other way: the part of the training data that is taken to be anomalous',
  },
  threshold: {
    type: 'number',
    default: undefined,
    description: 'the threshold itself: anomalies score above it',
  },
  per: {
    type: 'choice',
    choices: ['row', 'window'],
    default: undefined,
    description:
      'of a series: score its rows, each by the mean score of the windows that hold it, or the windows (default: row)',
  },
} as const satisfies Options;

/** How much a packed file may unpack to. */
export const unpackOptions = {
  maxUnpacked: {
    ...text(
      '<size>',
      'what one packed file (gzip, .npz, Parquet, an image) may unpack to, in memory or a temporary file, as 4GB or in bytes (default: 128 MiB, or 50 times its size where that is more; 4 GiB of a pipe)',
    ),
    parse: parseBytes,
  },
} as const satisfies Options;

/** All that says how data are read. */
export const readingOptions = { ...dataOptions, ...textOptions, ...windowOptions, ...imageOptions, ...unpackOptions };
/** How data were read, without what was left open. */
export type Reading = Given<typeof readingOptions>;

/** The same below their headings. */
export const readingGroups = {
  'Data:': { ...dataOptions, ...windowOptions },
  'Tables of text:': textOptions,
  'Images:': imageOptions,
  'Packed files:': unpackOptions,
} as const;

/** How data are read, as far as it was said. */
export const readingOf = (asked: object): Reading => pick(asked, readingOptions);

/** The options of every kind by name; those of the first kind that has them where several do. */
const kindOptions: Readonly<Record<string, Option>> = Object.assign({}, ...kinds.map((kind) => kind.options).reverse());

/** All options that a training takes. */
const allTrainingOptions: Readonly<Record<string, Option>> = { ...kindOptions, ...trainingOptions };

/**
 * All options of kinds and of training, below their headings.
 *
 * @param without one that the command has an option of its own for
 */
export function trainingGroups(without?: string) {
  const ofKinds = (records: Options): Options => {
    const named = Object.entries(records).map(([name, option]) => [name, kindOptions[name] ?? option] as const);
    return Object.fromEntries(named.filter(([name]) => name !== without));
  };
  return {
    'Code:': ofKinds(codeOptions),
    'Body:': ofKinds(bodyOptions),
    'Corruption:': ofKinds(corruptionOptions),
    'Penalties:': ofKinds(penaltyOptions),
    'Layer-wise training:': ofKinds(pretrainingOptions),
    'Training:': trainingOptions,
  };
}

/** The values given for them. */
export const trainingValuesOf = (asked: object): Readonly<Record<string, unknown>> => pick(asked, allTrainingOptions);

/** The kinds that there are, for a description. */
export const kindList = kinds.map(({ name }) => name).join(', ');

/** A kind, by its name. */
export const parseKind = (name: string): KindName => kindNamed(name).name;
