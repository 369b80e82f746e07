import { exampleSize } from './dataset.js';
import type { ExamplesDescription } from './describe.js';
import type { ColumnDescription, TableDescription } from './table/describe.js';

/** Names that people give to the class of a row. */
const classNames = /^(class|label|target|species|category|outcome|y|is_?anomaly|anomaly|is_?outlier|outlier)$/i;
/** A part of missing cells from which on it is worth a feature that says so. */
const MANY_MISSING = 0.05;
/** A distance from the median, in ranges of the middle half, beyond which values count as wild. */
const WILD = 20;
/** Rows from which on a series is long enough for windows. */
const LONG = 200;
const WINDOW = 64;

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

function ofTable(table: TableDescription, { label, time }: { label?: string | undefined; time?: string | undefined }) {
  const { columns, rows } = table;
  const isClass = ({ name, type, words, numbers }: ColumnDescription) =>
    classNames.test(name) && type !== 'date' && type !== 'empty' && (words ?? numbers)!.distinct <= 100;
  const ofLabel = label ?? columns.find(isClass)?.name;
  const dates = columns.find(({ type, times, name }) => type === 'date' && times && name !== ofLabel);
  const ofTime = time ?? dates?.name;
  const others = columns.filter(({ name }) => name !== ofLabel && name !== ofTime);
  const usable = others.filter(({ problem }) => problem === undefined);
  const missing = Math.max(0, ...usable.map((column) => column.missing / rows));
  const features = usable.reduce((sum, { type, words }) => sum + (type === 'category' ? words!.distinct : 1), 0);
  const isSeries = (table.time ?? dates?.times)?.ordered === true && rows >= LONG;
  return [
    ...(ofLabel === undefined ? [] : ['--label', ofLabel]),
    ...(ofTime === undefined ? [] : ['--time', ofTime]),
    ...(usable.length < others.length && usable.length > 0
      ? ['--columns', usable.map(({ name }) => name).join(',')]
      : []),
    ...(missing > 0 ? ['--missing', missing >= MANY_MISSING ? 'indicator' : 'median'] : []),
    ...(usable.some(isWild) ? ['--scaling', 'robust'] : []),
    ...(isSeries ? ['--window', String(WINDOW), '--encoder', '64', '--code', '8'] : layersFor(features)),
  ];
}

/**
 * The words of a command that trains on what was found: a start to change, not the best there is.
 *
 * @param source what was described, as it was named
 */
export function suggestTraining(
  source: string,
  description: TableDescription | ExamplesDescription,
  options: { readonly label?: string | undefined; readonly time?: string | undefined } = {},
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
