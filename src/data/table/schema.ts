import { badInput } from '../../core/errors.js';
import type { DateOrder } from './dates.js';
import type { Gap } from './gap.js';
import type { NumberFormat } from './number-format.js';
import type { TextForm } from './text-options.js';

/** What is done about missing cells. */
export const missingPolicies = ['refuse', 'drop', 'mean', 'median', 'indicator', 'interpolate', 'forward'] as const;

/**
 * 'refuse': an error that names the place · 'drop': rows that have one are left out · 'mean', 'median': of the column's
 * numbers; of booleans and categories the most frequent · 'indicator': the mean, and a feature that says so. What these
 * three fill in is learned from the examples for training alone · 'interpolate': on the line between the numbers before and behind,
 * in time where there are times (words as in the row before) · 'forward': as in the row before. Both fill within a group and
 * across no gap; rows with cells that stay missing are left out.
 */
export type MissingPolicy = (typeof missingPolicies)[number];

/** What the encoder sees of categories: a feature for each level, or a learned vector (Guo & Berkhahn 2016). */
export const categoryForms = ['one-hot', 'embedding'] as const;

export type CategoryForm = (typeof categoryForms)[number];

/** Whether cells are filled in from the rows before and behind. */
export const fillsFromRows = (missing: MissingPolicy | undefined): missing is 'interpolate' | 'forward' =>
  missing === 'interpolate' || missing === 'forward';

/** The columns of a table that are no features, and how its rows are taken for a series; plain JSON, a part of the model. */
export interface TableRoles {
  /** The column of times. */
  readonly time?: string;
  /** The order of day, month and year in its dates, where it is not year first. */
  readonly dateOrder?: DateOrder;
  /** The columns whose cells say which series a row belongs to. */
  readonly group?: readonly string[];
  /** The columns that name a row. */
  readonly id?: readonly string[];
  /** The longest step that windows reach across; see `parseGap`. */
  readonly gap?: Gap;
}

/** How the columns of a table become features, and features columns again; plain JSON, a part of the model. */
export interface TableSchema {
  /** In the order of their features. */
  readonly columns: readonly TableColumn[];
  /** What is done about missing cells; 'refuse' where nothing is said. */
  readonly missing?: MissingPolicy;
  /** How its file of text was said to be written. */
  readonly text?: TextForm;
}

/** A column of a table that is used. */
export type TableColumn =
  | {
      readonly type: 'number';
      readonly name: string;
      /** How its numbers are written, where not plainly. */
      readonly format?: NumberFormat;
      /** What a missing cell counts as. */
      readonly fill?: number;
      /** Whether a second feature says that the cell was missing (1) or not (0). */
      readonly indicator?: boolean;
    }
  | {
      readonly type: 'boolean';
      readonly name: string;
      /** The texts of false and true. */
      readonly levels: readonly [string, string];
      readonly fill?: string;
      readonly indicator?: boolean;
    }
  | {
      /** One feature for each level, 1 where the cell has it and 0 elsewhere. */
      readonly type: 'category';
      readonly name: string;
      readonly levels: readonly string[];
      /** Width of the learned vector that the encoder sees instead (Guo & Berkhahn 2016). */
      readonly embedding?: number;
      readonly fill?: string;
      readonly indicator?: boolean;
    };

/** The number of features of a column. */
export function featuresOfColumn(column: TableColumn): number {
  return (column.type === 'category' ? column.levels.length : 1) + (column.indicator ? 1 : 0);
}

/** The columns, and where the features of each lie: from `start` to before `end`. */
export function featurePlaces({ columns }: TableSchema) {
  let end = 0;
  return columns.map((column) => {
    const start = end;
    end += featuresOfColumn(column);
    return { column, start, end };
  });
}

/** Where the features of each column begin, and after them where the last ones end. */
export const featureStarts = (schema: TableSchema): number[] => [0, ...featurePlaces(schema).map(({ end }) => end)];

/** The number of features. */
export const tableWidth = ({ columns }: TableSchema): number =>
  columns.reduce((sum, column) => sum + featuresOfColumn(column), 0);

/** The names of all features, each different: "age", "color=red" for a level, "age missing" for an indicator. */
export function featureNames({ columns }: TableSchema): string[] {
  const names = new Set<string>();
  const add = (wanted: string): void => {
    let name = wanted;
    for (let n = 2; names.has(name); n++) name = `${wanted} (${n})`;
    names.add(name);
  };
  for (const column of columns) {
    if (column.type === 'category') for (const level of column.levels) add(`${column.name}=${level}`);
    else add(column.name);
    if (column.indicator) add(`${column.name} missing`);
  }
  return [...names];
}

/** Which features are numbers: the others are 0 or 1 and are never scaled. */
export function numericFeatures({ columns }: TableSchema): boolean[] {
  return columns.flatMap((column) => {
    const own = column.type === 'category' ? column.levels.map(() => false) : [column.type === 'number'];
    return column.indicator ? [...own, false] : own;
  });
}

/** Whether missing cells come as NaN because nobody has learned yet what to fill in. */
export function isOpen({ columns, missing = 'refuse' }: TableSchema): boolean {
  if (missing === 'refuse' || missing === 'drop' || fillsFromRows(missing)) return false;
  return columns.some(({ fill }) => fill === undefined);
}

/** What the features of a column are where its cell is missing. */
function fillOf(column: TableColumn): number[] {
  const { fill } = column;
  if (column.type === 'number') return [column.fill ?? Number.NaN];
  const levels = column.type === 'category' ? column.levels : column.levels.slice(1);
  return levels.map((level) => (fill === undefined ? Number.NaN : Number(level === fill)));
}

/** What each feature of a missing cell is, NaN where nobody has learned it yet. */
export function fillValues({ columns }: TableSchema): Float32Array {
  return Float32Array.from(columns.flatMap((column) => [...fillOf(column), ...(column.indicator ? [1] : [])]));
}

/** The width of a learned vector for so many levels: min(600, 1.6 · levels^0.56), a rule of fastai's; below the levels. */
export function embeddingWidth(levels: number): number {
  return Math.max(1, Math.min(600, Math.round(1.6 * levels ** 0.56), levels - 1));
}

/** A column of values as a table has them. */
export interface ValueColumn {
  readonly name: string;
  /** [rows] numbers, or the texts of booleans and categories. */
  readonly values: Float32Array | readonly string[];
}

/** The word that the features of a boolean or category stand for. */
function wordOf(column: Exclude<TableColumn, { type: 'number' }>, features: Float32Array): string {
  const [first = Number.NaN] = features;
  if (column.type === 'boolean') return column.levels[first >= 0.5 ? 1 : 0];
  const ofLevels = features.subarray(0, column.levels.length);
  // the first of the largest; of NaN the first of all
  const best = ofLevels.reduce((best, value, j) => (value > (ofLevels[best] ?? Number.NaN) ? j : best), 0);
  return column.levels[best] ?? '';
}

/**
 * Features as columns of the table again: a boolean is true from a half on, a category is its level with the largest value;
 * indicators are left out.
 *
 * @param values [rows, features] row-major in raw units
 * @throws GargaloError `bad-input` where the values are no whole number of rows
 */
export function columnsOf(schema: TableSchema, values: Float32Array): ValueColumn[] {
  const width = tableWidth(schema);
  if (width === 0 || values.length % width !== 0) {
    throw badInput('table', `expected rows of ${width} features, got ${values.length} values`);
  }
  const length = values.length / width;
  return featurePlaces(schema).map(({ column, start, end }) => {
    const { name } = column;
    if (column.type === 'number') {
      return { name, values: Float32Array.from({ length }, (_, row) => values[row * width + start]!) };
    }
    const featuresOf = (row: number) => values.subarray(row * width + start, row * width + end);
    return { name, values: Array.from({ length }, (_, row) => wordOf(column, featuresOf(row))) };
  });
}
