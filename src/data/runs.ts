import { createRandom, permutation } from '../core/random.js';
import { type Dataset, exampleSize } from './dataset.js';
import { fillOf, readInto, rememberFill } from './into.js';
import { bytesOf, isLarge, LARGE_BYTES } from './large.js';

/** Runs of consecutive examples, in order, none touching the next: from `starts[i]` to before `ends[i]`. */
export interface Runs {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
}

/** A run is about this long, so that reading it is worth the way to it … */
const RUN_BYTES = 64 * 2 ** 10;
/** … but never so long that there are fewer than this. */
const MINIMUM_RUNS = 100;

/**
 * Draws `count` examples as runs of consecutive ones. Single examples all over a large file would each cost a seek or a page,
 * and leave the rest in pieces that cost as much again. The price: neighbours are more alike than strangers, so that where the
 * data are sorted, a hundred runs and more say less than as many single examples would.
 */
export function drawRuns(dataset: Dataset, count: number, seed: number, stream: string): Runs {
  const { length } = dataset;
  const bytes = bytesOf({ ...dataset, length: 1 });
  const run = Math.max(1, Math.min(Math.ceil(RUN_BYTES / bytes), Math.floor(count / MINIMUM_RUNS)));
  const cells = permutation(Math.floor(length / run), createRandom(seed, stream));
  const starts = Float64Array.from(cells.subarray(0, Math.ceil(count / run)).sort(), (cell) => cell * run);
  const ends = starts.map((start) => start + run);
  // the last one is shorter, so that there are as many as wanted
  ends[ends.length - 1] = ends.at(-1)! - (starts.length * run - count);
  return { starts, ends };
}

/** What lies between runs of a data set, before and after them. */
export function gapsOf({ starts, ends }: Runs, length: number): Runs {
  const from = [0, ...ends];
  const to = [...starts, length];
  const filled = from.map((start, i) => start < to[i]!);
  const kept = (values: readonly number[]) => Float64Array.from(values.filter((_, i) => filled[i]));
  return { starts: kept(from), ends: kept(to) };
}

/** Of values for each example, those in runs. */
function pick<T extends Int32Array | Float64Array>(values: T, runs: Runs, into: T): T {
  let at = 0;
  for (const [i, start] of runs.starts.entries()) {
    const part = values.subarray(start, runs.ends[i]!);
    into.set(part, at);
    at += part.length;
  }
  return into;
}

/** The examples in some runs as a data set of its own: a view, in their old order. Only labels, times and names are copied. */
export function runsDataset(dataset: Dataset, runs: Runs, name = dataset.name): Dataset {
  const { starts, ends } = runs;
  const size = exampleSize(dataset);
  // offsets[i]: examples in the runs before run i
  const offsets = new Float64Array(starts.length + 1);
  for (const [i, start] of starts.entries()) offsets[i + 1] = offsets[i]! + ends[i]! - start;
  const length = offsets.at(-1)!;
  const runOf = (example: number): number => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (offsets[middle]! <= example) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const place = (example: number, run: number): number => starts[run]! + example - offsets[run]!;
  const fill = async (from: number, to: number, into: Uint8Array | Float32Array): Promise<void> => {
    if (to <= from) return;
    const [first, last] = [runOf(from), runOf(to - 1)];
    const [start, end] = [place(from, first), place(to - 1, last) + 1];
    // small gaps are read over: one long read is faster than many short ones
    const whole = first < last && end - start <= 2 * (to - from) ? await dataset.block(start, end) : undefined;
    let at = 0;
    for (let run = first; run <= last; run++) {
      const [a, b] = [Math.max(start, starts[run]!), Math.min(end, ends[run]!)];
      const part = into.subarray(at, at + (b - a) * size);
      if (whole) part.set(whole.subarray((a - start) * size, (b - start) * size));
      else await readInto(dataset, a, b, part);
      at += part.length;
    }
  };
  const block = async (from: number, to: number): Promise<Uint8Array | Float32Array> => {
    if (to <= from) return dataset.block(0, 0);
    const run = runOf(from);
    if (to <= offsets[run + 1]!) return dataset.block(place(from, run), place(to - 1, run) + 1);
    const wanted = (to - from) * size;
    const values = dataset.type === 'uint8' ? new Uint8Array(wanted) : new Float32Array(wanted);
    await fill(from, to, values);
    return values;
  };
  if (fillOf(dataset)) rememberFill(block, fill);
  const { overlap: _, labels, times, names, ...rest } = dataset;
  return {
    ...rest,
    name,
    length,
    ...(labels && { labels: { ...labels, values: pick(labels.values, runs, new Int32Array(length)) } }),
    ...(times && { times: { ...times, values: pick(times.values, runs, new Float64Array(length)) } }),
    ...(names && { names: Array.from(starts).flatMap((start, i) => names.slice(start, ends[i]!)) }),
    block,
  };
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
