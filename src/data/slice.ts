import { type CarriedCells, concatenated, type Dataset, type ExampleFacts } from './dataset.js';
import { rowsOf, seriesOf } from './series.js';

/** Consecutive examples: from `start` to before `end`. */
export type Run = readonly [start: number, end: number];

/** Of a list with `width` entries for each example, those of the examples in runs; of a single run a view. */
function numbersIn<T extends Int32Array | Float64Array | Uint8Array>(list: T, runs: readonly Run[], width = 1): T {
  return concatenated(runs.map(([start, end]) => list.subarray(start * width, end * width) as T)) ?? list;
}

/** Of the cells of a carried column, those of the examples in runs. */
const cellsIn = (values: CarriedCells, runs: readonly Run[]): CarriedCells =>
  values instanceof Int32Array
    ? numbersIn(values, runs)
    : runs.length === 1
      ? values.slice(...runs[0]!)
      : runs.flatMap(([start, end]) => values.slice(start, end));

/** What is known of each of the examples in runs. */
export function factsIn(
  { labels, times, names, cells, carried, begins, length }: ExampleFacts & Pick<Dataset, 'length'>,
  runs: readonly Run[],
): ExampleFacts {
  return {
    ...(labels && { labels: { ...labels, values: numbersIn(labels.values, runs) } }),
    ...(times && { times: { ...times, values: numbersIn(times.values, runs) } }),
    ...(names && { names: runs.flatMap(([start, end]) => names.slice(start, end)) }),
    ...(cells && { cells: numbersIn(cells, runs, cells.length / length) }),
    ...(carried && { carried: carried.map((column) => ({ ...column, values: cellsIn(column.values, runs) })) }),
    ...(begins && { begins: numbersIn(begins, runs) }),
  };
}

/**
 * The examples start … end−1 of a data set as a data set of its own; nothing is copied.
 */
export function sliceDataset(dataset: Dataset, start: number, end: number, name = dataset.name): Dataset {
  const { series: _, ...rest } = dataset;
  const block: Dataset['block'] = (from, to, into) => dataset.block(start + from, start + to, into);
  const part = { ...rest, ...factsIn(dataset, [[start, end]]), name, length: end - start, block };
  const series = seriesOf(dataset);
  if (!series || end <= start) return part;
  const [from, to] = rowsOf(series, start, end);
  const starts = series.starts?.subarray(start, end).map((row) => row - from);
  return {
    ...part,
    series: { ...series, rows: sliceDataset(series.rows, from, to), block, ...(starts && { starts }) },
  };
}
