import { badInput } from '../core/errors.js';
import { type Dataset, exampleSize } from './dataset.js';
import { inPieces, piecesIn } from './pieces.js';

/** Rows that are looked at, at most. */
const MOST_ROWS = 2 ** 17;
/** A period is looked for up to so many rows, and to a third of the series: it has to be seen three times. */
const LONGEST_PERIOD = 576;
const SHORTEST_PERIOD = 4;
/** A peak of the autocorrelation is a period from this height on, and where it stands out as much from what lies before it. */
const LOWEST_PEAK = 0.2;
/** Of peaks nearly as high as the highest the first is the period: the others are multiples of it. */
const NEARLY = 0.9;
/** Peaks up to so many times as far as the first are parts of it. */
const BROAD = 1.15;
/** A window holds whole periods, as many as make so many rows. */
const FEWEST_ROWS = 64;
/** Without a period: long enough for the day of a series of five minutes. */
const WITHOUT_PERIOD = 256;
/** A window is at most so large a part of the rows: there have to be several that share nothing. */
const LARGEST_PART = 1 / 4;

/** After how many rows a series repeats itself. */
export interface Period {
  readonly rows: number;
  /** The autocorrelation at that distance, at most 1. */
  readonly correlation: number;
}

/** How long windows of a series should be. */
export interface WindowChoice {
  /** Rows. */
  readonly window: number;
  readonly period?: Period;
  /** The choice and why, for people. */
  readonly reason: string;
}

/** In place: the discrete Fourier transform of 2ᵏ complex numbers (Cooley & Tukey 1965). */
function transform(real: Float64Array, imaginary: Float64Array): void {
  const { length } = real;
  for (let i = 1, j = 0; i < length; i++) {
    let bit = length >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [real[i], real[j]] = [real[j]!, real[i]!];
    [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
  }
  for (let half = 1; half < length; half *= 2) {
    const angle = -Math.PI / half;
    for (let k = 0; k < half; k++) {
      const [cosine, sine] = [Math.cos(angle * k), Math.sin(angle * k)];
      for (let i = k; i < length; i += 2 * half) {
        const j = i + half;
        const re = real[j]! * cosine - imaginary[j]! * sine;
        const im = real[j]! * sine + imaginary[j]! * cosine;
        real[j] = real[i]! - re;
        imaginary[j] = imaginary[i]! - im;
        real[i]! += re;
        imaginary[i]! += im;
      }
    }
  }
}

/** A column without its mean, its linear trend and its wildest hundredths; what is missing is 0. */
function levelled(column: Float64Array): Float64Array {
  const known = [...column.keys()].filter((i) => Number.isFinite(column[i]));
  const count = Math.max(1, known.length);
  const [meanRow, meanValue] = [
    known.reduce((sum, i) => sum + i, 0) / count,
    known.reduce((sum, i) => sum + column[i]!, 0) / count,
  ];
  let [along, squares] = [0, 0];
  for (const i of known) {
    along += (i - meanRow) * (column[i]! - meanValue);
    squares += (i - meanRow) ** 2;
  }
  const slope = squares > 0 ? along / squares : 0;
  const rest = Float64Array.from(known, (i) => column[i]! - meanValue - slope * (i - meanRow));
  const sorted = rest.slice().sort();
  const [low, high] = [sorted[Math.floor(0.01 * count)] ?? 0, sorted[Math.ceil(0.99 * count) - 1] ?? 0];
  const bound = rest.map((value) => Math.min(high, Math.max(low, value)));
  const mean = bound.reduce((sum, value) => sum + value, 0) / count;
  const levels = new Float64Array(column.length);
  for (const [at, i] of known.entries()) levels[i] = bound[at]! - mean;
  return levels;
}

/** The autocorrelation of a column at the distances 0 … most, each over the pairs that there are; undefined of a constant one. */
function autocorrelation(column: Float64Array, most: number): Float64Array | undefined {
  const { length } = column;
  const size = 2 ** Math.ceil(Math.log2(2 * length));
  const [real, imaginary] = [new Float64Array(size), new Float64Array(size)];
  real.set(levelled(column));
  transform(real, imaginary);
  for (let i = 0; i < size; i++) [real[i], imaginary[i]] = [real[i]! ** 2 + imaginary[i]! ** 2, 0];
  transform(real, imaginary); // of an even function: the inverse but for a factor
  const power = real[0]!;
  if (!(power > 0)) return undefined;
  return Float64Array.from({ length: most + 1 }, (_, lag) => ((real[lag]! / power) * length) / (length - lag));
}

/**
 * After how many rows a series repeats itself, if it does: the first high peak of its autocorrelation, the mean over the
 * columns, once a linear trend is taken away.
 *
 * @param rows [n, features] row-major; what is missing is NaN
 */
export function periodOf(rows: ArrayLike<number>, features = 1): Period | undefined {
  const count = Math.floor(rows.length / features);
  const most = Math.min(LONGEST_PERIOD, Math.floor(count / 3));
  if (most <= SHORTEST_PERIOD) return undefined;
  const columns = Array.from({ length: features }, (_, j) =>
    autocorrelation(
      Float64Array.from({ length: count }, (_, i) => rows[i * features + j] as number),
      most,
    ),
  ).filter((one) => one !== undefined);
  if (columns.length === 0) return undefined;
  const mean = columns[0]!.map((_, lag) => columns.reduce((sum, one) => sum + one[lag]!, 0) / columns.length);
  const peaks: Period[] = [];
  let lowest = mean[1]!;
  for (let lag = 2; lag < most; lag++) {
    const here = mean[lag]!;
    lowest = Math.min(lowest, here);
    const isPeak = here > mean[lag - 1]! && here >= mean[lag + 1]!;
    if (lag < SHORTEST_PERIOD || !isPeak || here < LOWEST_PEAK || here - lowest < LOWEST_PEAK) continue;
    peaks.push({ rows: lag, correlation: Math.min(1, here) });
  }
  const highest = Math.max(...peaks.map(({ correlation }) => correlation));
  const first = peaks.find(({ correlation }) => correlation >= NEARLY * highest);
  // Noise makes several peaks of a broad one: the highest of them is meant.
  const same = peaks.filter((peak) => first && peak.rows >= first.rows && peak.rows <= BROAD * first.rows);
  return first && same.reduce((a, b) => (b.correlation > a.correlation ? b : a));
}

/**
 * A length for windows of a series: whole periods of it, at least 64 rows; 256 rows where it has none; at most a quarter of the
 * rows.
 *
 * @param rows [n, features] row-major; what is missing is NaN
 */
export function chooseWindow(rows: ArrayLike<number>, features = 1): WindowChoice {
  const count = Math.floor(rows.length / features);
  const most = Math.max(1, Math.floor(count * LARGEST_PART));
  const period = periodOf(rows, features);
  const wanted = period ? Math.ceil(FEWEST_ROWS / period.rows) : 0;
  const periods = period ? Math.min(wanted, Math.floor(most / period.rows)) : 0;
  const window = periods > 0 ? periods * period!.rows : Math.min(most, WITHOUT_PERIOD);
  const because = period
    ? `the values repeat every ${period.rows} rows (autocorrelation ${period.correlation.toFixed(2)})`
    : 'no period was found';
  const size = window === most ? ', a quarter of all' : periods > 1 ? `, ${periods} periods` : '';
  return { window, ...(period && { period }), reason: `windows of ${window} rows${size}: ${because}` };
}

/**
 * The same of a data set, a row for each time step: of its longest piece where it has several, and of the first rows of a very
 * long one.
 *
 * @throws GargaloError `bad-input` for examples that are no rows
 */
export async function chooseWindowOf(series: Dataset): Promise<WindowChoice> {
  if (series.shape.length !== 1) {
    throw badInput(
      series.name,
      `expected a row for each time step, got examples of shape [${series.shape.join(', ')}]`,
    );
  }
  const { rows } = inPieces(series);
  const [from, to] = piecesIn(rows).reduce((a, b) => (b[1] - b[0] > a[1] - a[0] ? b : a));
  return chooseWindow(await rows.block(from, Math.min(to, from + MOST_ROWS)), exampleSize(rows));
}
