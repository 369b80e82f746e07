import { badInput } from '../../core/errors.js';
import { type Dataset, featureCount } from '../dataset.js';
import { quantiles } from '../quantiles.js';
import { seriesOf } from '../series.js';
import { readBlocks } from '../stream.js';
import { shown } from './cells.js';
import { featureNames, featurePlaces, fillValues, isOpen, type TableColumn, type TableSchema } from './schema.js';

/** Mean of each feature over the cells that are not missing; NaN where all are. */
async function means(dataset: Dataset, width: number): Promise<Float64Array> {
  const mean = new Float64Array(width);
  const seen = new Float64Array(width);
  for await (const { values } of readBlocks(dataset)) {
    for (let i = 0, j = 0; i < values.length; i++, j = j + 1 === width ? 0 : j + 1) {
      const value = values[i]!;
      if (Number.isNaN(value)) continue;
      seen[j]!++;
      mean[j] = mean[j]! + (value - mean[j]!) / seen[j]!;
    }
  }
  return mean.map((value, j) => (seen[j] === 0 ? Number.NaN : value));
}

/**
 * Learns from examples for training what missing cells count as, the way the table's schema asks: the mean or median of a
 * column's numbers, the most frequent word of a category.
 *
 * @returns the schema with everything that is to be filled in; as it was where nothing is open
 * @throws GargaloError `bad-input` for a column that has no values in these examples
 */
export async function learnFills(dataset: Dataset): Promise<TableSchema | undefined> {
  const { table } = dataset;
  if (!table || !isOpen(table)) return table;
  const width = featureCount(dataset);
  const mean = await means(dataset, width);
  const middle = table.missing === 'median' ? (await quantiles(dataset, [0.5])).flat() : [...mean];
  const columns = featurePlaces(table).map(({ column, start }): TableColumn => {
    const [ofFirst = Number.NaN, value = Number.NaN] = [mean[start], middle[start]];
    if (Number.isNaN(ofFirst)) {
      throw badInput(
        dataset.name,
        `expected values in the column ${shown(column.name)} among the examples for training, got only missing cells`,
        'leave the column out with `columns`',
      );
    }
    if (column.type === 'number') return { ...column, fill: value };
    if (column.type === 'boolean') return { ...column, fill: column.levels[ofFirst >= 0.5 ? 1 : 0] };
    const shares = mean.subarray(start, start + column.levels.length);
    const fill = column.levels[shares.indexOf(Math.max(...shares))];
    return fill === undefined ? column : { ...column, fill };
  });
  return { ...table, columns };
}

/**
 * The same examples with missing cells filled in as a schema says that knows by what; a block is copied when it is read.
 *
 * @throws GargaloError `bad-input` where the schema is another table's
 */
export function filled(dataset: Dataset, schema: TableSchema | undefined): Dataset {
  const { table } = dataset;
  if (!table || !schema) return dataset;
  const [expected, got] = [featureNames(schema), featureNames(table)];
  const other = got.findIndex((name, i) => name !== expected[i]);
  if (expected.length !== got.length || other >= 0) {
    throw badInput(
      dataset.name,
      `expected the ${expected.length} features of the table trained on, got ${got.length}${other < 0 ? '' : `, among them ${shown(got[other]!)} for ${shown(expected[other] ?? 'none')}`}`,
      'open it with the option like: the data trained on',
    );
  }
  if (!isOpen(table)) return dataset;
  const fills = fillValues(schema);
  const block = async (start: number, end: number): Promise<Float32Array> => {
    let column = -1;
    return Float32Array.from(await dataset.block(start, end), (value) => {
      column = column + 1 === fills.length ? 0 : column + 1;
      return Number.isNaN(value) ? fills[column]! : value;
    });
  };
  const series = seriesOf(dataset);
  return {
    ...dataset,
    table: schema,
    ...(series && { series: { ...series, rows: filled(series.rows, schema), block } }),
    block,
  };
}
