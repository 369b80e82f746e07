import { itemAt, zip } from '../../core/collections.js';
import { badInput } from '../../core/errors.js';
import { createRandom, permutation } from '../../core/random.js';
import { addRow, rowAt, sumOf } from '../../core/vectors.js';
import { stopWhereAborted, turn, type WorkOptions } from '../../core/work.js';
import { type Mixture, triangleSize } from '../../models/mixture.js';
import { type Components, densitiesUnder, initial, iterate } from './mixture-em.js';
import { columnMeans, columnVariances } from './rows.js';

/** What {@link fitMixture} can be told; the progress it tells is in iterations. */
export interface MixtureOptions extends WorkOptions {
  /** How many components, or numbers to choose from; default 1, 2, 4, 8, 16 and 32. */
  readonly components?: number | readonly number[];
  readonly seed?: number;
  /** Beginnings to choose from; default 2. */
  readonly starts?: number;
  /** Codes to fit to at most, drawn from all; default 10,000. */
  readonly limit?: number;
  /** What the codes are codes of, for people. */
  readonly data?: string;
}

/** A mixture with how it came about. */
export interface MixtureFit {
  readonly mixture: Mixture;
  /** Mean log density of the codes that it was fitted to, in nats. */
  readonly logDensity: number;
  /** Mean log density of codes that were held out, for each number of components that was tried, where several were. */
  readonly tried: readonly { readonly components: number; readonly heldOut: number }[];
  readonly iterations: number;
}

const NUMBERS = [1, 2, 4, 8, 16, 32];
/** The part of the codes that numbers of components are judged by. */
const HELD_OUT = 0.2;
const LIMIT = 10_000;
/** Iterations after which the best beginning is chosen (Biernacki, Celeux & Govaert 2003). */
const SHORT = 5;
const MOST_ITERATIONS = 200;
/** An iteration that makes the codes' mean likelihood larger by less than this part of it is the last. */
const TOLERANCE = 1e-3;
/** Variance that the prior stands for, in units of each dimension's own variance. */
const RIDGE = 1e-6;
/** A dimension deviates by at least this part of its mean, to which 32 bits round, and of the widest one's deviation. */
const ROUNDING = 1e-7;
const LEAST_DEVIATION = 1e-12;
/** Covariances of wider codes would take more examples than there ever are. */
const WIDEST = 512;
/** Values of all covariances together, and multiplications with them in one iteration, at most. */
const MOST_VALUES = 2 ** 20;
const MOST_WORK = 2 ** 31;
/** Digits of a mixture's numbers, as many as a 32-bit number has. */
const short = (value: number): number => Number(value.toPrecision(9));

/** Codes in double precision, refused where they are no numbers. */
function checked(codes: ArrayLike<number>, width: number): number {
  const count = codes.length / width;
  if (!(Number.isInteger(width) && width >= 1 && Number.isInteger(count) && count >= 1)) {
    throw badInput('codes', `expected rows of ${width} values and at least one, got ${codes.length} values`);
  }
  for (let i = 0; i < codes.length; i++) {
    if (Number.isFinite(codes[i])) continue;
    const problem = `expected numbers, got ${codes[i]} in row ${Math.floor(i / width) + 1}`;
    throw badInput('codes', problem, 'look for what diverged');
  }
  return count;
}

/** Codes moved to mean 0 and deviation 1 along each dimension, where the same ridge fits all of them. */
function standardized(codes: ArrayLike<number>, width: number, rows: Int32Array) {
  const chosen = new Float64Array(rows.length * width);
  for (const [to, row] of rows.entries()) addRow(chosen, to * width, codes, row * width, width);
  const mean = columnMeans(chosen, width);
  const variances = columnVariances(chosen, width, mean);
  const largest = Math.sqrt(variances.reduce((most, variance) => Math.max(most, variance), 0));
  const least = LEAST_DEVIATION * (largest || 1);
  const scale = variances.map((variance, i) =>
    Math.max(Math.sqrt(variance), ROUNDING * Math.abs(mean[i] ?? Number.NaN), least),
  );
  const values = chosen.map((value, at) => {
    const column = at % width;
    return (value - (mean[column] ?? Number.NaN)) / (scale[column] ?? Number.NaN);
  });
  return { values, mean, scale };
}

/** Components of standardised codes as the mixture of the codes themselves; those that stand for no code are left out. */
function asMixture({ width, weights, means, factors }: Components, mean: Float64Array, scale: Float64Array) {
  const kept = [...weights.entries()].filter(([, weight]) => weight >= 1e-12);
  const total = sumOf(kept.map(([, weight]) => weight));
  const triangle = triangleSize(width);
  const scales = Array.from(scale, (value, i) => new Array<number>(i + 1).fill(value)).flat();
  const scaled = (by: Iterable<number>, values: Float64Array) =>
    zip([...by], [...values]).map(([unit, value]) => unit * value);
  return {
    width,
    weights: kept.map(([, weight]) => short(weight / total)),
    means: kept.flatMap(([k]) =>
      zip([...mean], scaled(scale, rowAt(means, width, k))).map(([value, off]) => short(value + off)),
    ),
    factors: kept.flatMap(([k]) => scaled(scales, rowAt(factors, triangle, k)).map(short)),
  };
}

/** Mean log density, in nats. */
function meanLogDensity(components: Components, codes: Float64Array): number {
  const densities = densitiesUnder(components);
  const count = codes.length / components.width;
  let sum = 0;
  for (let n = 0; n < count; n++) sum += densities.at(codes, n);
  return sum / count;
}

/**
 * A mixture of normal distributions with full covariances, fitted to codes by expectation and maximisation (Dempster, Laird
 * & Rubin 1977): the density that a deterministic autoencoder lacks, so that codes can be drawn from where codes are
 * (ex-post density estimation, Ghosh et al. 2020, who took 10 components). How many components it has is decided by the
 * density of a fifth of the codes that was held out; it is then fitted to all of them.
 *
 * A weak prior on the covariances, a millionth of each dimension's variance, keeps components from collapsing onto single
 * codes, so that constant dimensions, duplicates and fewer codes than components do no harm.
 *
 * @param codes [n, width] row-major
 * @throws GargaloError `bad-input` where a value is no number, naming the row, or where codes are wider than 512 values;
 *   `cancelled`
 */
export async function fitMixture(
  codes: ArrayLike<number>,
  width: number,
  options: MixtureOptions = {},
): Promise<MixtureFit> {
  const { components = NUMBERS, seed = 0, starts = 2, limit = LIMIT, data, signal, onProgress } = options;
  const count = checked(codes, width);
  const numbers = typeof components === 'number' ? [components] : components;
  const odd = numbers.find((number) => !(Number.isSafeInteger(number) && number >= 1));
  if (odd !== undefined || numbers.length === 0) {
    throw badInput('components', `expected whole numbers of at least 1, got ${odd ?? 'none'}`);
  }
  if (width > WIDEST) {
    const problem = `expected at most ${WIDEST} values a code for a mixture, got ${width}`;
    throw badInput('codes', problem, 'train with a narrower `code`');
  }
  const triangle = triangleSize(width);
  const affordable = Math.max(1, Math.floor(MOST_VALUES / triangle));
  const rows = permutation(count, createRandom(seed, 'mixture/rows')).subarray(
    0,
    Math.min(limit, Math.max(4 * width, Math.floor(MOST_WORK / (triangle * Math.min(4, affordable))))),
  );
  const { values, mean, scale } = standardized(codes, width, rows);
  let iterations = 0;

  /** One iteration more, with a turn for others. */
  async function step(data: Float64Array, from: Components, prior: number) {
    stopWhereAborted(signal, 'mixture');
    await turn();
    iterations++;
    onProgress?.({ done: iterations });
    return iterate(data, from, prior);
  }
  /** From the likeliest of several beginnings, or from the one that is given, to where nothing changes any more. */
  async function fit(data: Float64Array, number: number, given?: Components): Promise<Components> {
    const prior = (RIDGE * data.length) / width / number;
    let [found, objective]: [Components | undefined, number] = [undefined, Number.NEGATIVE_INFINITY];
    for (let start = 0; !found || start < (given || number === 1 ? 1 : starts); start++) {
      let [at, reached] = [given, Number.NEGATIVE_INFINITY];
      at ??= initial(data, width, number, prior, createRandom(seed, `mixture/${number}/${start}`));
      for (let n = 0; n < SHORT; n++) ({ components: at, objective: reached } = await step(data, at, prior));
      if (!found || reached > objective) [found, objective] = [at, reached];
    }
    for (let n = SHORT; n < MOST_ITERATIONS; n++) {
      const next = await step(data, found, prior);
      found = next.components;
      const gain = ((next.objective - objective) * width) / data.length;
      objective = next.objective;
      if (gain < TOLERANCE) break;
    }
    return found;
  }

  const asideCount = Math.floor(rows.length * HELD_OUT);
  const [aside, kept] = [values.subarray(0, asideCount * width), values.subarray(asideCount * width)];
  const most = Math.min(affordable, rows.length - asideCount);
  const sorted = [...new Set(numbers.map((number) => Math.min(number, most)))].sort((a, b) => a - b);
  const tried: { components: number; heldOut: number }[] = [];
  let chosen: { number: number; components?: Components } = { number: itemAt(sorted, 0) };
  if (sorted.length > 1 && asideCount > 0) {
    let best = Number.NEGATIVE_INFINITY;
    for (const number of sorted) {
      const found = await fit(kept, number);
      const heldOut = meanLogDensity(found, aside);
      tried.push({ components: number, heldOut });
      if (heldOut <= best) continue;
      best = heldOut;
      chosen = { number, components: found };
    }
  }
  const found = await fit(values, chosen.number, chosen.components);
  const volume = scale.reduce((sum, deviation) => sum + Math.log(deviation), 0);
  return {
    mixture: { ...asMixture(found, mean, scale), codes: rows.length, ...(data !== undefined && { data }) },
    logDensity: meanLogDensity(found, values) - volume,
    tried: tried.map(({ components: number, heldOut }) => ({ components: number, heldOut: heldOut - volume })),
    iterations,
  };
}

/**
 * log Σ w N(z; μ, Σ) of each code, in nats.
 *
 * @param codes [n, width] row-major
 * @returns [n]
 */
export function mixtureLogDensity(mixture: Mixture, codes: ArrayLike<number>): Float64Array {
  const { width } = mixture;
  const count = checked(codes, width);
  const densities = densitiesUnder({
    width,
    weights: Float64Array.from(mixture.weights),
    means: Float64Array.from(mixture.means),
    factors: Float64Array.from(mixture.factors),
  });
  const values = Float64Array.from(codes);
  return Float64Array.from({ length: count }, (_, n) => densities.at(values, n));
}

/**
 * Codes drawn from a mixture.
 *
 * @returns [count, width] row-major
 */
export function sampleMixture({ width, weights, means, factors }: Mixture, count: number, seed = 0): Float32Array {
  const random = createRandom(seed, 'sample/mixture');
  const triangle = triangleSize(width);
  const codes = new Float32Array(count * width);
  const normals = new Float64Array(width);
  const triangles = Float64Array.from(factors);
  for (let n = 0; n < count; n++) {
    let left = random.uniform();
    const found = weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    const k = found < 0 ? weights.length - 1 : found;
    for (let i = 0; i < width; i++) normals[i] = random.normal();
    for (const [i, mean] of means.slice(k * width, (k + 1) * width).entries()) {
      let value = mean;
      for (let j = 0, at = k * triangle + triangleSize(i); j <= i; j++, at++) {
        value += (triangles[at] ?? Number.NaN) * (normals[j] ?? Number.NaN);
      }
      codes[n * width + i] = value;
    }
  }
  return codes;
}
