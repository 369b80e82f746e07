import { exampleSize } from './dataset.js';
import type { ExamplesDescription } from './describe.js';
import { nameInList } from './table/cells.js';
import type { ColumnDescription, TableDescription } from './table/describe.js';

/** Names that people give to the class of a row. */
const classNames = /^(class|label|target|species|category|outcome|y|is_?anomaly|anomaly|is_?outlier|outlier)$/i;
/** A part of missing cells from which on it is worth a feature that says so. */
const MANY_MISSING = 0.05;
/** A distance from the median, in ranges of the middle half, beyond which values count as wild. */
const WILD = 20;
/** Rows from which on a table with times is taken for a series, long enough for windows … */
const LONG = 200;
/** … and where somebody names the column of times. */
const LONG_ENOUGH = 64;
/** Where nobody looked for a period. */
const WINDOW = 64;
/** A clock that goes back at more than such a part of the rows is none: the rows are in no order. */
const MOST_BACKWARD = 0.01;

const isWild = ({ numbers }: ColumnDescription): boolean => {
  if (!numbers) return false;
  const { minimum, maximum, median, firstQuartile, thirdQuartile } = numbers;
  const range = thirdQuartile - firstQuartile;
  return range > 0 && Math.max(maximum - median, median - minimum) > WILD * range;
};

/** How a table should be read. */
export interface TableSuggestion {
  readonly label?: string;
  readonly time?: string;
  /** Where not all columns can be features. */
  readonly columns?: readonly string[];
  readonly missing?: 'indicator' | 'median';
  readonly scaling?: 'robust';
  /** Whether its rows are the steps of a series, and enough of them for windows. */
  readonly series: boolean;
  /** Features that the columns become. */
  readonly features: number;
}

/** What is known beside the description. */
export interface SuggestOptions {
  readonly label?: string | undefined;
  readonly time?: string | undefined;
  /** The rows of a window, where somebody looked: see `chooseWindow`. */
  readonly window?: number | undefined;
  /** The width of the code, where examples were looked at for it. */
  readonly code?: number | undefined;
}

/** How to read a table, by what is in it. */
export function suggestReading(
  { columns, rows, time: ofTime }: TableDescription,
  { label: askedLabel, time: askedTime }: Pick<SuggestOptions, 'label' | 'time'> = {},
): TableSuggestion {
  const isClass = ({ name, type, words, numbers }: ColumnDescription) =>
    classNames.test(name) && type !== 'date' && type !== 'empty' && ((words ?? numbers)?.distinct ?? 0) <= 100;
  const label = askedLabel ?? columns.find(isClass)?.name;
  const dates = columns.find(({ type, times, name }) => type === 'date' && times && name !== label);
  const time = askedTime ?? dates?.name;
  const others = columns.filter(({ name }) => name !== label && name !== time);
  const usable = others.filter(({ problem }) => problem === undefined);
  const missing = Math.max(0, ...usable.map((column) => column.missing / rows));
  const moments = ofTime ?? dates?.times;
  return {
    ...(label !== undefined && { label }),
    ...(time !== undefined && { time }),
    ...(usable.length < others.length && usable.length > 0 && { columns: usable.map(({ name }) => name) }),
    ...(missing > 0 && { missing: missing >= MANY_MISSING ? 'indicator' : 'median' }),
    ...(usable.some(isWild) && { scaling: 'robust' }),
    series:
      moments !== undefined &&
      moments.backward <= MOST_BACKWARD * rows &&
      rows >= (askedTime === undefined ? LONG : LONG_ENOUGH),
    features: usable.reduce((sum, { type, words }) => sum + (type === 'category' && words ? words.distinct : 1), 0),
  };
}

/** A width for the code of so many values where no example was looked at. */
function plainWidth(values: number): number {
  return Math.max(1, Math.min(32, Math.round(values / 4)));
}

/** The same for what was described. */
export function plainWidthOf(
  description: TableDescription | ExamplesDescription,
  options: SuggestOptions = {},
): number {
  switch (description.kind) {
    case 'table': {
      const { series, features } = suggestReading(description, options);
      return series ? 8 : plainWidth(features);
    }
    case 'images':
      return 32;
    case 'windows':
      return 8;
    case 'rows':
      return plainWidth(exampleSize(description));
  }
}

function ofTable(table: TableDescription, options: SuggestOptions): string[] {
  const { label, time, columns, missing, scaling, series } = suggestReading(table, options);
  return [
    ...(label === undefined ? [] : ['--label', label]),
    ...(time === undefined ? [] : ['--time', time]),
    ...(columns ? ['--columns', columns.map(nameInList).join(',')] : []),
    ...(missing ? ['--missing', missing] : []),
    ...(scaling ? ['--scaling', scaling] : []),
    ...(series ? ['--window', String(options.window ?? WINDOW)] : []),
  ];
}

/** The kind that is suggested for images where it is not the default: dense layers on so many values would be large. */
const kindWords = (values: number): string[] => (values > 4096 ? ['--kind', 'convolutional'] : []);

/**
 * The words of a command that trains on what was found: a start to change, not the best there is. Layers and steps are left to the
 * recipe.
 *
 * @param source what was described, as it was named
 */
export function suggestTraining(
  source: string,
  description: TableDescription | ExamplesDescription,
  options: SuggestOptions = {},
): string[] {
  const { code = plainWidthOf(description, options) } = options;
  return [
    ...['gargalo', 'train', source],
    ...(description.kind === 'table' ? ofTable(description, options) : []),
    ...(description.kind === 'images' ? kindWords(exampleSize(description)) : []),
    ...['--code', String(code)],
  ];
}

/**
 * The words of a command that shows how the error falls with the width of the code, around the one that is suggested.
 *
 * @param values of an example: no code is as wide
 */
export function suggestSweep(training: readonly string[], code: number, values: number): string[] {
  const around = [Math.ceil(code / 4), Math.ceil(code / 2), code, 2 * code, 4 * code];
  const widths = [...new Set(around)].filter((width) => width === code || width < values);
  const words = [...training];
  words[1] = 'sweep';
  words[words.indexOf('--code') + 1] = widths.join(',');
  return words;
}
