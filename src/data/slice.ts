import type { Dataset } from './dataset.js';
import { fillOf, rememberFill } from './into.js';
import { partOfSeries, rememberSeries, seriesOf } from './series.js';

/**
 * The examples start … end−1 of a data set as a data set of its own; nothing is copied.
 */
export function sliceDataset(dataset: Dataset, start: number, end: number, name = dataset.name): Dataset {
  const { labels, times, names } = dataset;
  const block: Dataset['block'] = (from, to) => dataset.block(start + from, start + to);
  const fill = fillOf(dataset);
  if (fill) rememberFill(block, (from, to, into) => fill(start + from, start + to, into));
  const series = seriesOf(dataset);
  if (series && end > start) {
    rememberSeries(
      block,
      partOfSeries(series, start, end, (from, to) => sliceDataset(series.rows, from, to)),
    );
  }
  return {
    ...dataset,
    name,
    length: end - start,
    ...(labels && { labels: { ...labels, values: labels.values.subarray(start, end) } }),
    ...(times && { times: { ...times, values: times.values.subarray(start, end) } }),
    ...(names && { names: names.slice(start, end) }),
    block,
  };
}
