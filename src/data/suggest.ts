import { exampleSize } from './dataset.js';
import type { ExamplesDescription } from './describe.js';
import { nameInList } from './table/cells.js';
import { type ColumnDescription, isNamePerRow, type TableDescription } from './table/describe.js';
import type { MissingPolicy } from './table/schema.js';

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
  /** The columns that tell several series apart. */
  readonly group?: readonly string[];
  /** The columns that name rows. */
  readonly id?: readonly string[];
  /** Where not all columns can be features. */
  readonly columns?: readonly string[];
  readonly missing?: MissingPolicy;
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
  readonly group?: string | readonly string[] | undefined;
  readonly id?: string | readonly string[] | undefined;
  readonly missing?: MissingPolicy | undefined;
  /** The rows of a window, where somebody looked: see `chooseWindow`. */
  readonly window?: number | undefined;
  /** The width of the code, where examples were looked at for it. */
  readonly code?: number | undefined;
}

/** Names that people give to what names a row. */
const idNames = /(^|[_ -])(id|uuid|guid|key)$|[a-z](Id|ID)$/;

/** The column that names rows: words of which each row has its own, or numbers where its name says so. */
function idOf(columns: readonly ColumnDescription[], rows: number): string | undefined {
  const isId = (column: ColumnDescription) =>
    isNamePerRow(column, rows) && (column.type === 'text' || (column.type === 'number' && idNames.test(column.name)));
  return columns.find(isId)?.name;
}

const listOf = (names: string | readonly string[] | undefined): readonly string[] | undefined =>
  typeof names === 'string' ? [names] : names;

/** A part of rows whose times may repeat where the rows are those of one series. */
const MOST_REPEATED = 0.05;

/** How to read a table, by what is in it. */
export function suggestReading(
  { columns, rows, time: ofTime, group: found }: TableDescription,
  asked: Pick<SuggestOptions, 'label' | 'time' | 'group' | 'id' | 'missing'> = {},
): TableSuggestion {
  const isClass = ({ name, type, words, numbers }: ColumnDescription) =>
    classNames.test(name) && type !== 'date' && type !== 'empty' && ((words ?? numbers)?.distinct ?? 0) <= 100;
  const group = listOf(asked.group) ?? found;
  const label = asked.label ?? columns.find((column) => isClass(column) && !group?.includes(column.name))?.name;
  const dates = columns.find(({ type, times, name }) => type === 'date' && times && name !== label);
  const time = asked.time ?? dates?.name;
  const own = idOf(columns, rows);
  const id = listOf(asked.id) ?? (own === undefined || own === label ? undefined : [own]);
  const apart = [label, time, ...(group ?? []), ...(id ?? [])];
  const others = columns.filter(({ name }) => !apart.includes(name));
  const usable = others.filter(({ problem }) => problem === undefined);
  const missing = usable.reduce((most, column) => Math.max(most, column.missing / rows), 0);
  const moments = ofTime ?? dates?.times;
  const enough = asked.time === undefined ? LONG : LONG_ENOUGH;
  const groups = (group ?? []).reduce((product, name) => {
    const column = columns.find((one) => one.name === name);
    return product * Math.max(1, (column?.words ?? column?.numbers)?.distinct ?? 1);
  }, 1);
  const isOrdered = moments && moments.backward <= MOST_BACKWARD * rows && moments.repeated <= MOST_REPEATED * rows;
  const isInTime = moments !== undefined && (group !== undefined || isOrdered === true);
  return {
    ...(label !== undefined && { label }),
    ...(time !== undefined && { time }),
    ...(group && { group }),
    ...(id && { id }),
    ...(usable.length < others.length && usable.length > 0 && { columns: usable.map(({ name }) => name) }),
    ...(missing > 0 && {
      // Rows in an order of time lie between others of their group, which say more of a hole than the whole table does.
      missing: asked.missing ?? (isInTime ? 'interpolate' : missing >= MANY_MISSING ? 'indicator' : 'median'),
    }),
    ...(usable.some(isWild) && { scaling: 'robust' }),
    series: moments !== undefined && (group ? rows / groups >= LONG_ENOUGH : Boolean(isOrdered)) && rows >= enough,
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
  const { label, time, group, id, columns, missing, scaling, series } = suggestReading(table, options);
  return [
    ...(label === undefined ? [] : ['--label', label]),
    ...(time === undefined ? [] : ['--time', time]),
    ...(group ? ['--group', group.map(nameInList).join(',')] : []),
    ...(id ? ['--id', id.map(nameInList).join(',')] : []),
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
