import { type Command, Option as Flag } from 'commander';
import { parseSize } from '../data/images/plan.js';
import type { OpenOptions } from '../data/read/open.js';
import { categoryForms, missingPolicies } from '../data/table/schema.js';
import type { Option } from '../models/options.js';
import { devices, type RuntimeOptions } from '../runtime/runtime.js';
import { addFlags, asFlagProblem, parseNames, valuesOf } from './flags.js';
import { addTextFlags, textNames, textOptionsOf } from './text-flags.js';

/** Where and how programs run. */
export const runtimeFlags = {
  device: {
    type: 'choice',
    choices: devices,
    default: 'cpu',
    description: 'where to compute; all but cpu and wasm need their hardware and libraries',
  },
  threads: {
    type: 'integer',
    default: undefined,
    minimum: 1,
    description: 'threads within an operator (default: 2 for training all but small networks, else 1)',
  },
} as const satisfies Record<string, Option>;

export const dataFlags = {
  limit: {
    type: 'integer',
    default: undefined,
    minimum: 1,
    description: 'only the first so many examples (default: all)',
  },
  missing: {
    type: 'choice',
    choices: missingPolicies,
    default: undefined,
    description:
      'of a table: what is done about missing cells: an error; the row is left out; the mean or median is filled in (of words the most frequent); or the mean, with a feature that says so (default: refuse, or as the model does)',
  },
  categories: {
    type: 'choice',
    choices: categoryForms,
    default: undefined,
    description:
      'of a table: what the encoder sees of a word: a feature for each that there is, or a learned vector (dense body) (default: one-hot, or as the model does)',
  },
} as const satisfies Record<string, Option>;

/** How a table of time steps becomes examples. */
export const windowFlags = {
  window: {
    type: 'integer',
    default: undefined,
    minimum: 1,
    description: 'of a table whose rows are time steps: examples are windows of so many rows',
  },
  stride: {
    type: 'integer',
    default: undefined,
    minimum: 1,
    description:
      'rows from the start of a window to that of the next (default: 1); pixels from patch to patch (default: its side)',
  },
} as const satisfies Record<string, Option>;

/** How images of a folder become examples. */
export const imageFlags = {
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
} as const satisfies Record<string, Option>;

function parseSizeFlag(text: string): readonly [number, number] {
  try {
    return parseSize(text);
  } catch (error) {
    throw asFlagProblem(error, ['size']);
  }
}

function addImageFlags(command: Command): void {
  command.addOption(
    new Flag(
      '--size <pixels>',
      'width and height of the examples, as 64 or 64x48 (default: as the model was trained, else that of the images where they agree, 64 at most of larger ones)',
    )
      .argParser(parseSizeFlag)
      .helpGroup('Images:'),
  );
  addFlags(command, 'Images:', imageFlags);
}

export function addRuntimeFlags(command: Command): void {
  addFlags(command, 'Machine:', runtimeFlags);
}

export function runtimeOf(command: Command): RuntimeOptions {
  return valuesOf(command, runtimeFlags) as RuntimeOptions;
}

export function addDataFlags(command: Command): void {
  addFlags(command, 'Data:', dataFlags);
  command
    .addOption(
      new Flag(
        '--columns <a,b,…>',
        'of a table: the columns to use, in this order; a name with a comma in quotes (default: all)',
      )
        .argParser(parseNames)
        .helpGroup('Data:'),
    )
    .addOption(
      new Flag(
        '--label <column>',
        'of a table: the column that holds the class, which is not used as a value',
      ).helpGroup('Data:'),
    )
    .addOption(
      new Flag(
        '--time <column>',
        'of a table: the column of times (dates, year first, or numbers), which is not used as a value',
      ).helpGroup('Data:'),
    );
  addTextFlags(command);
  addImageFlags(command);
}

/** Options of data by their own names, for messages. */
export const dataNames = { ...dataFlags, ...windowFlags, ...imageFlags, ...textNames, size: true };

export function addWindowFlags(command: Command): void {
  addFlags(command, 'Data:', windowFlags);
}

export function dataOptionsOf(command: Command): OpenOptions {
  const { columns, label, time, size } = command.opts<{
    columns?: string[];
    label?: string;
    time?: string;
    size?: [number, number];
  }>();
  return {
    ...(valuesOf(command, { ...dataFlags, ...windowFlags, ...imageFlags }) as OpenOptions),
    ...textOptionsOf(command),
    ...(size && { size }),
    ...(columns && { columns }),
    ...(label !== undefined && { label }),
    ...(time !== undefined && { time }),
  };
}

/** What is said, and how. */
export interface Speech {
  /** No progress and no messages: only results, warnings and errors. */
  readonly quiet: boolean;
  /** The result as one JSON object. */
  readonly json: boolean;
}

export function addSpeechFlags(command: Command): void {
  command
    .addOption(new Flag('--json', 'print the result as one JSON object, numbers unrounded').helpGroup('Messages:'))
    .addOption(
      new Flag('-q, --quiet', 'no progress and no messages; results, warnings and errors only').helpGroup('Messages:'),
    );
}

export function speechOf(command: Command): Speech {
  const { quiet = false, json = false } = command.opts<{ quiet?: boolean; json?: boolean }>();
  return { quiet, json };
}
