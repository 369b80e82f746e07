import { exampleSize } from './dataset.js';
import type { ExamplesDescription } from './describe.js';
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

/** The layers that suit so many features. */
function layersFor(features: number): string[] {
  const code = Math.max(1, Math.min(32, Math.round(features / 4)));
  return ['--encoder', String(Math.min(128, Math.max(8, 2 * features))), '--code', String(code)];
}

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

/** How to read a table, by what is in it. */
export function suggestReading(
  { columns, rows, time: ofTime }: TableDescription,
  { label: askedLabel, time: askedTime }: Pick<SuggestOptions, 'label' | 'time'> = {},
): TableSuggestion {
  const isClass = ({ name, type, words, numbers }: ColumnDescription) =>
    classNames.test(name) && type !== 'date' && type !== 'empty' && (words ?? numbers)!.distinct <= 100;
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
    features: usable.reduce((sum, { type, words }) => sum + (type === 'category' ? words!.distinct : 1), 0),
  };
}

function ofTable(table: TableDescription, options: SuggestOptions) {
  const { label, time, columns, missing, scaling, series, features } = suggestReading(table, options);
  return [
    ...(label === undefined ? [] : ['--label', label]),
    ...(time === undefined ? [] : ['--time', time]),
    ...(columns ? ['--columns', columns.join(',')] : []),
    ...(missing ? ['--missing', missing] : []),
    ...(scaling ? ['--scaling', scaling] : []),
    ...(series
      ? ['--window', String(options.window ?? WINDOW), '--encoder', '64', '--code', '8']
      : layersFor(features)),
  ];
}

/** What is known beside the description. */
export interface SuggestOptions {
  readonly label?: string | undefined;
  readonly time?: string | undefined;
  /** The rows of a window, where somebody looked: see `chooseWindow`. */
  readonly window?: number | undefined;
}

/**
 * The words of a command that trains on what was found: a start to change, not the best there is.
 *
 * @param source what was described, as it was named
 */
export function suggestTraining(
  source: string,
  description: TableDescription | ExamplesDescription,
  options: SuggestOptions = {},
): string[] {
  const command = ['gargalo', 'train', source];
  if (description.kind === 'table') return [...command, ...ofTable(description, options)];
  const size = exampleSize(description);
  switch (description.kind) {
    case 'images':
      return [...command, ...(size > 4096 ? ['--kind', 'convolutional'] : ['--encoder', '128']), '--code', '32'];
    case 'windows':
      return [...command, '--encoder', '64', '--code', '8'];
    case 'rows':
      return [...command, ...layersFor(size)];
  }
}
