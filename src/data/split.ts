import { badInput } from '../core/errors.js';
import { createRandom, permutation } from '../core/random.js';
import { arrayDataset, type Dataset, emptyValues, exampleSize, formOf } from './dataset.js';
import { groupsOf } from './groups.js';
import { isLarge } from './large.js';
import { drawRuns, gapsOf, runsDataset, seriesRuns } from './runs.js';
import { factsIn, type Run, sliceDataset } from './slice.js';
import { readBlocks } from './stream.js';

/** The examples for which `chosen` is 1, as runs. */
function runsWhere(chosen: Uint8Array): Run[] {
  const runs: Run[] = [];
  for (let end = 0; ; ) {
    const start = chosen.indexOf(1, end);
    if (start < 0) return runs;
    end = chosen.indexOf(0, start);
    if (end < 0) end = chosen.length;
    runs.push([start, end]);
  }
}

/** The rows of a data set for which `chosen` is 1, copied, in their old order. */
export async function selectExamples(dataset: Dataset, chosen: Uint8Array, name: string): Promise<Dataset> {
  const size = exampleSize(dataset);
  const count = chosen.reduce((sum, one) => sum + one, 0);
  const values = emptyValues(dataset.type, count * size);
  let at = 0;
  for await (const { start, end, values: rows } of readBlocks(dataset)) {
    for (let i = start; i < end; i++) {
      if (chosen[i] !== 1) continue;
      values.set(rows.subarray((i - start) * size, (i - start + 1) * size), at);
      at += size;
    }
  }
  return arrayDataset(values, { ...formOf(dataset), ...factsIn(dataset, runsWhere(chosen)), name });
}

/**
 * Sets a random part of the examples aside. Both parts are copies in memory that keep the order of the data; labels and columns
 * go along. The same seed always chooses the same examples.
 *
 * Data beyond 256 MiB are not copied: both parts are views, and the part set aside is made of random runs of consecutive
 * examples, a hundred runs or more, because single ones all over a file would each cost a seek ({@link drawRuns}).
 *
 * Of windows of a series the last ones are set aside (of each group where there are groups), and those before them that share a time step with the first of these are
 * left out of both parts: neighbours are nearly the same example, and a random part would be known from training.
 *
 * @param fraction part of the examples that goes to `validation`, between 0 and 1; rounded to whole examples
 * @param mostOfLarge of data beyond 256 MiB, so many examples at most
 * @throws GargaloError `bad-input` where the fraction is not between 0 and 1 or leaves either side empty
 */
export async function splitDataset(
  dataset: Dataset,
  fraction: number,
  seed: number,
  mostOfLarge = Number.POSITIVE_INFINITY,
): Promise<{ train: Dataset; validation: Dataset }> {
  if (!(fraction > 0 && fraction < 1)) {
    throw badInput('validation fraction', `expected a number between 0 and 1, got ${fraction}`);
  }
  const large = isLarge(dataset);
  const count = Math.min(Math.round(dataset.length * fraction), large ? mostOfLarge : dataset.length);
  if (count === 0 || count === dataset.length) {
    throw badInput(
      dataset.name,
      `expected examples for training and for validation, got ${dataset.length - count} and ${count} (${dataset.length} × ${fraction})`,
      dataset.sequence
        ? 'take a shorter `window` or a smaller `stride`, change the fraction, or bring more data'
        : 'change the fraction or bring more data',
    );
  }
  if (dataset.overlap !== undefined) return splitInTime(dataset, count, dataset.overlap);
  const name = `${dataset.name}/validation`;
  if (large) {
    const runs = drawRuns(dataset, count, seed, 'split');
    return {
      train: runsDataset(dataset, gapsOf(runs, dataset.length)),
      validation: runsDataset(dataset, runs, name),
    };
  }
  const aside = new Uint8Array(dataset.length);
  for (const i of permutation(dataset.length, createRandom(seed, 'split')).subarray(0, count)) aside[i] = 1;
  return {
    train: await selectExamples(
      dataset,
      aside.map((one) => 1 - one),
      dataset.name,
    ),
    validation: await selectExamples(dataset, aside, name),
  };
}

/** The groups of windows, as runs of them one after the other; all as one where there are none. */
function groupRuns({ carried, length }: Dataset): Run[] {
  const groups = groupsOf(carried);
  if (!groups) return [[0, length]];
  const starts = [...groups.values.keys()].filter((i) => i === 0 || groups.values[i] !== groups.values[i - 1]);
  return starts.map((from, i) => [from, starts[i + 1] ?? length]);
}

/** Of windows in groups the last ones of each; of groups that are too short for that whole ones, the last. */
function splitGroups(series: Dataset, groups: readonly Run[], count: number, overlap: number) {
  const part = count / series.length;
  const [train, validation]: [Run[], Run[]] = [[], []];
  for (const [from, to] of groups) {
    const border = to - Math.round((to - from) * part);
    const end = border - overlap;
    if (border === to || end <= from) train.push([from, to]);
    else {
      train.push([from, end]);
      validation.push([border, to]);
    }
  }
  let aside = 0;
  while (train.length > 1 && (validation.length === 0 || (aside > 0 && aside < count))) {
    const whole = train.pop()!;
    aside += whole[1] - whole[0];
    validation.unshift(whole);
  }
  return { train, validation };
}

function splitInTime(series: Dataset, count: number, overlap: number): { train: Dataset; validation: Dataset } {
  const name = `${series.name}/validation`;
  const groups = groupRuns(series);
  if (groups.length > 1) {
    const { train, validation } = splitGroups(series, groups, count, overlap);
    if (validation.length > 0)
      return { train: seriesRuns(series, train), validation: seriesRuns(series, validation, name) };
  }
  const border = series.length - count;
  if (border <= overlap) {
    throw badInput(
      series.name,
      `expected windows for training that end before those for validation begin, got ${series.length} windows, ${count} of them for validation and ${overlap} across the border`,
      'take a shorter window, a larger stride or another fraction, or bring more data',
    );
  }
  return {
    train: sliceDataset(series, 0, border - overlap),
    validation: sliceDataset(series, border, series.length, name),
  };
}
