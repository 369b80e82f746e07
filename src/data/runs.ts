import { createRandom, permutation } from '../core/random.js';
import { beginnings } from './clock.js';
import { type Dataset, emptyValues, exampleSize, readInto } from './dataset.js';
import { bytesOf, isLarge, LARGE_BYTES } from './large.js';
import { rowsOf, seriesOf, startOf } from './series.js';
import { factsIn, type Run } from './slice.js';

/** A run is about this long, so that reading it is worth the way to it … */
const RUN_BYTES = 64 * 2 ** 10;
/** … but never so long that there are fewer than this. */
const MINIMUM_RUNS = 100;

/**
 * Draws `count` examples as runs of consecutive ones. Single examples all over a large file would each cost a seek or a page,
 * and leave the rest in pieces that cost as much again. The price: neighbours are more alike than strangers, so that where the
 * data are sorted, a hundred runs and more say less than as many single examples would.
 */
export function drawRuns(dataset: Dataset, count: number, seed: number, stream: string): Run[] {
  const { length } = dataset;
  const bytes = bytesOf({ ...dataset, length: 1 });
  const run = Math.max(1, Math.min(Math.ceil(RUN_BYTES / bytes), Math.floor(count / MINIMUM_RUNS)));
  const cells = permutation(Math.floor(length / run), createRandom(seed, stream));
  const starts = Array.from(cells.subarray(0, Math.ceil(count / run)).sort(), (cell) => cell * run);
  // the last one is shorter, so that there are as many as wanted
  const surplus = starts.length * run - count;
  return starts.map((start, i) => [start, start + run - (i === starts.length - 1 ? surplus : 0)]);
}

/** What lies between runs of a data set, before and after them. */
export function gapsOf(runs: readonly Run[], length: number): Run[] {
  let before = 0;
  return [...runs, [length, length] as const].flatMap(([start, end]): Run[] => {
    const gap: Run = [before, start];
    before = end;
    return gap[0] < start ? [gap] : [];
  });
}

/** The examples in some runs, in order, none touching the next, as a data set of its own: a view, in their old order. Only labels, times, names and cells are copied. */
export function runsDataset(dataset: Dataset, runs: readonly Run[], name = dataset.name): Dataset {
  const size = exampleSize(dataset);
  let length = 0;
  /** Each run, and how many examples are in the runs before it. */
  const places = runs.map(([start, end]) => {
    const before = length;
    length += end - start;
    return { start, end, before };
  });
  /** The run of an example. */
  const placeOf = (example: number): number => {
    let [low, high] = [0, places.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (places[middle]!.before <= example) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const block: Dataset['block'] = async (from, to, into) => {
    if (to <= from) return dataset.block(0, 0);
    const wanted = places.slice(placeOf(from), placeOf(to - 1) + 1).map(({ start, end, before }) => ({
      start: start + Math.max(0, from - before),
      end: Math.min(end, start + to - before),
    }));
    const [first, last] = [wanted[0]!, wanted.at(-1)!];
    if (first === last) return dataset.block(first.start, first.end, into);
    const values = into ?? emptyValues(dataset.type, (to - from) * size);
    // small gaps are read over: one long read is faster than many short ones
    const isDense = last.end - first.start <= 2 * (to - from);
    const whole = isDense ? await dataset.block(first.start, last.end) : undefined;
    let at = 0;
    for (const { start, end } of wanted) {
      const part = values.subarray(at, at + (end - start) * size);
      if (whole) part.set(whole.subarray((start - first.start) * size, (end - first.start) * size));
      else await readInto(dataset, start, end, part);
      at += part.length;
    }
    return values;
  };
  const { overlap: _, series: _rows, ...rest } = dataset;
  return { ...rest, ...factsIn(dataset, runs), name, length, block };
}

/**
 * The windows in some runs, none of which shares a row with another run, with the rows that they are cut from: these are pieces of a
 * series of their own.
 */
export function seriesRuns(dataset: Dataset, runs: readonly Run[], name = dataset.name): Dataset {
  const part = {
    ...runsDataset(dataset, runs, name),
    ...(dataset.overlap !== undefined && { overlap: dataset.overlap }),
  };
  const series = seriesOf(dataset);
  if (!series) return part;
  const ofRows = runs.map(([start, end]) => rowsOf(series, start, end));
  const rows = runsDataset(series.rows, ofRows);
  const begins = rows.begins?.slice() ?? new Uint8Array(rows.length);
  const starts = new Int32Array(part.length);
  let [row, window] = [0, 0];
  for (const [i, [start, end]] of runs.entries()) {
    const [from, to] = ofRows[i]!;
    begins[row] = beginnings.break;
    for (let at = start; at < end; at++) starts[window++] = startOf(series, at) - from + row;
    row += to - from;
  }
  return { ...part, series: { ...series, rows: { ...rows, begins }, block: part.block, starts } };
}

/** Examples that are enough to judge a model by: what is counted on them is good to a third of a percent. */
export const SAMPLE_EXAMPLES = 100_000;

/** A seeded sample of at most so many examples, and of no more than 256 MiB, as {@link drawRuns} draws them; all where they are no more. */
export function sampleDataset(dataset: Dataset, most: number, seed = 0): Dataset {
  const bytes = bytesOf({ ...dataset, length: 1 });
  const count = Math.max(1, Math.min(dataset.length, most, Math.floor(LARGE_BYTES / bytes)));
  if (count === dataset.length) return dataset;
  return runsDataset(dataset, drawRuns(dataset, count, seed, 'sample'));
}

/**
 * Data as they are; of data beyond 256 MiB a sample of at most 100,000 examples, for what would take another pass over everything
 * and learn little from it.
 */
export function sampleOfLarge(dataset: Dataset, seed = 0): Dataset {
  return isLarge(dataset) ? sampleDataset(dataset, SAMPLE_EXAMPLES, seed) : dataset;
}
