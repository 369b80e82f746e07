import { badInput } from '../../core/errors.js';
import { addRow, squaredDistance } from '../../core/vectors.js';
import * as op from '../../graph/ops/index.js';
import { constant, type Tensor, variable } from '../../graph/tensor.js';
import { encodeProgram } from '../../onnx/encode.js';
import { floatsOf, type Runtime } from '../../runtime/runtime.js';

/** Squared Euclidean distances of some queries from all points. */
export interface DistanceBlock {
  readonly start: number;
  readonly end: number;
  /**
   * [end − start, n] row-major, never below 0. As |q|² + |p|² − 2 q·p in single precision, of points moved to their
   * mean: good to about 1e-6 of the points' spread, which is little for ranks and much for the distances of near twins.
   */
  readonly squares: Float32Array;
}

/** Values of one block of distances, at most: 16 MiB. */
const BLOCK_VALUES = 2 ** 22;

function countRows(values: Float32Array, width: number, what: string): number {
  const rows = values.length / width;
  if (!Number.isInteger(rows) || rows === 0) {
    throw badInput(what, `expected rows of ${width} values and at least one, got ${values.length} values`);
  }
  return rows;
}

/** Rows moved by −origin, with the squared length of each. */
function moved(values: Float32Array, width: number, origin: Float64Array) {
  const rows = new Float32Array(values.length);
  const lengths = new Float32Array(values.length / width);
  for (let n = 0, at = 0; n < lengths.length; n++) {
    let sum = 0;
    for (let k = 0; k < width; k++, at++) {
      const value = (values[at] ?? Number.NaN) - (origin[k] ?? Number.NaN);
      rows[at] = value;
      sum += value * value;
    }
    lengths[n] = sum;
  }
  return { rows, lengths };
}

/** The names and shapes of what programs here take: queries as rows, points as columns, the squared lengths of both. */
const inputsFor = (n: number, width: number) => ({
  query: variable('query', ['rows', width]),
  queryLengths: variable('query-lengths', ['rows', 1]),
  point: variable('points', [width, n]),
  pointLengths: variable('point-lengths', [1, n]),
});

/**
 * Points moved to their mean that stay with the engine, each a column times `factor`.
 *
 * @param points [n, width]
 */
async function uploadPoints(runtime: Runtime, points: Float32Array, width: number, factor: number) {
  const n = countRows(points, width, 'points');
  const sums = new Float64Array(width);
  for (let at = 0; at < points.length; at += width) addRow(sums, 0, points, at, width);
  const origin = sums.map((sum) => (sum * width) / points.length);
  const { rows, lengths } = moved(points, width, origin);
  const columns = new Float32Array(rows.length);
  for (let i = 0, at = 0; i < n; i++) {
    for (let k = 0; k < width; k++) columns[k * n + i] = factor * (rows[at++] ?? Number.NaN);
  }
  const resident = {
    points: await runtime.upload({ type: 'float32', shape: [width, n], values: columns }),
    'point-lengths': await runtime.upload({ type: 'float32', shape: [1, n], values: lengths }),
  };
  return { n, origin, resident };
}

/** Blocks of m queries, so that a block has few enough pairs with n points. */
function* blocksOf(m: number, n: number): Generator<{ readonly start: number; readonly end: number }> {
  const step = Math.max(1, Math.min(m, Math.floor(BLOCK_VALUES / n)));
  for (let start = 0; start < m; start += step) yield { start, end: Math.min(start + step, m) };
}

/** What {@link pairBlocks} makes of each block of squared distances. */
type OfSquares = (
  /** [rows, n], never below 0. */
  squares: Tensor,
  /** [rows, n] below this a square is no more than rounding. */
  rounding: Tensor,
) => Tensor;

/** Rounding of |q|² + |p|² − 2 q·p in single precision, relative to |q|² + |p|². */
const ROUNDING = 5e-7;

/** What is made of the squared distances between queries and points, block by block. */
async function* pairBlocks(
  runtime: Runtime,
  queries: Float32Array,
  points: Float32Array,
  width: number,
  make: OfSquares,
): AsyncGenerator<{ readonly start: number; readonly end: number; readonly made: Float32Array }, void> {
  const m = countRows(queries, width, 'queries');
  const { n, origin, resident } = await uploadPoints(runtime, points, width, -2);
  const { rows, lengths } = moved(queries, width, origin);
  const { query, queryLengths, point, pointLengths } = inputsFor(n, width);
  const squares = op.Relu(op.Add(op.Add(op.MatMul(query, point), pointLengths), queryLengths));
  const made = make(squares, op.Mul(op.Add(pointLengths, queryLengths), ROUNDING));
  const program = await runtime.load(
    encodeProgram({ name: 'distances', inputs: [query, queryLengths, point, pointLengths], outputs: { made } }),
  );
  try {
    for (const { start, end } of blocksOf(m, n)) {
      const { fetched } = await program.run({
        query: { type: 'float32', shape: [end - start, width], values: rows.slice(start * width, end * width) },
        'query-lengths': { type: 'float32', shape: [end - start, 1], values: lengths.slice(start, end) },
        ...resident,
      });
      yield { start, end, made: floatsOf(fetched.made) };
    }
  } finally {
    await runtime.free(Object.values(resident));
    await program.release();
  }
}

/**
 * All distances between queries and points, block by block: the products run on the engine.
 *
 * @param queries [m, width]
 * @param points [n, width]
 */
export async function* distanceBlocks(
  runtime: Runtime,
  queries: Float32Array,
  points: Float32Array,
  width: number,
): AsyncGenerator<DistanceBlock, void> {
  for await (const { start, end, made } of pairBlocks(runtime, queries, points, width, (squares) => squares)) {
    yield { start, end, squares: made };
  }
}

/**
 * Of each point, the sums of its Euclidean distances to the members of some sets. Only the sums leave the engine: one pass
 * over all pairs serves any number of sets.
 *
 * @param points [n, width]
 * @param members [n, sets] 1 where a point is in a set, else 0
 * @returns [n, sets]
 */
export async function distanceSums(
  runtime: Runtime,
  points: Float32Array,
  width: number,
  members: Float32Array,
): Promise<Float32Array> {
  const n = countRows(points, width, 'points');
  const sets = members.length / n;
  const sums = new Float32Array(members.length);
  const belongs = constant(members, [n, sets]);
  const make: OfSquares = (squares, rounding) => op.MatMul(op.Sqrt(op.Relu(op.Sub(squares, rounding))), belongs);
  for await (const { start, made } of pairBlocks(runtime, points, points, width, make)) sums.set(made, start * sets);
  return sums;
}

/** The nearest points of each query, nearest first. */
export interface Neighbours {
  /** How many for each query. */
  readonly k: number;
  /** [m, k] positions of points. */
  readonly indices: Int32Array;
  /** [m, k] Euclidean distances, in double precision. */
  readonly distances: Float64Array;
}

/** So many more candidates than wanted are looked at exactly, since single precision may have them in another order. */
const MARGIN = 8;

/**
 * Positions of the smallest values of a row, the smallest first, of equal ones those that come first; `skip` is left out.
 *
 * @param found [count] filled with positions
 * @param values [count] filled with what is there
 * @param columns the positions that are looked at; all by default
 * @returns the largest of them
 */
export function smallest(
  row: Float32Array,
  skip: number,
  found: Int32Array,
  values: Float64Array,
  columns?: Int32Array,
): number {
  const last = values.length - 1;
  values.fill(Number.POSITIVE_INFINITY);
  let limit = Number.POSITIVE_INFINITY;
  const length = columns ? columns.length : row.length;
  for (let i = 0; i < length; i++) {
    const column = columns ? (columns[i] ?? -1) : i;
    const value = row[column] ?? Number.NaN;
    if (value >= limit || column === skip) continue;
    let at = last;
    for (; at > 0; at--) {
      const before = values[at - 1] ?? Number.NaN;
      if (!(before > value)) break;
      values[at] = before;
      found[at] = found[at - 1] ?? -1;
    }
    values[at] = value;
    found[at] = column;
    limit = values[last] ?? Number.NaN;
  }
  return limit;
}

/** A set of points that is asked for neighbours again and again. */
export interface NeighbourSearch {
  /**
   * @param queries [m, width]; without them each point is asked for its nearest others
   * @throws GargaloError `bad-input` where there are fewer than k other points
   */
  nearest(queries?: Float32Array): Promise<Neighbours>;
  release(): Promise<void>;
}

/**
 * Exact nearest neighbours by brute force among points that stay with the engine: products and a first choice are made there, and
 * the last decision is taken in double precision.
 *
 * @param points [n, width]
 */
export async function openNeighbours(
  runtime: Runtime,
  points: Float32Array,
  width: number,
  k: number,
): Promise<NeighbourSearch> {
  const { n, origin, resident } = await uploadPoints(runtime, points, width, 2);
  const candidates = Math.min(k + MARGIN + 1, n);
  // A query's own squared length is the same for all points: −|p|² + 2 q·p is largest for the nearest.
  const { query, point, pointLengths } = inputsFor(n, width);
  const nearness = op.Sub(op.MatMul(query, point), pointLengths);
  const program = await runtime.load(
    encodeProgram({
      name: 'neighbours',
      inputs: [query, point, pointLengths],
      outputs: { found: op.TopK(nearness, candidates) },
    }),
  );
  const [order, exact] = [new Int32Array(candidates), new Float64Array(candidates)];
  /** The candidates of a query in order; `self` is left out. */
  function decide(asked: Float32Array, q: number, found: BigInt64Array, from: number, self: number): void {
    let count = 0;
    for (let c = 0; c < candidates; c++) {
      const index = Number(found[from + c]);
      if (index === self) continue;
      const sum = squaredDistance(asked, q * width, points, index * width, width);
      let at = count++;
      for (; at > 0; at--) {
        const before = exact[at - 1] ?? Number.NaN;
        const place = order[at - 1] ?? -1;
        if (!(before > sum || (before === sum && place > index))) break;
        exact[at] = before;
        order[at] = place;
      }
      exact[at] = sum;
      order[at] = index;
    }
  }
  return {
    async nearest(queries) {
      const others = queries ? n : n - 1;
      if (k > others) throw badInput('points', `expected at least ${k} neighbours to choose from, got ${others}`);
      const asked = queries ?? points;
      const m = countRows(asked, width, 'queries');
      const { rows } = moved(asked, width, origin);
      const [indices, distances] = [new Int32Array(m * k), new Float64Array(m * k)];
      for (const { start, end } of blocksOf(m, n)) {
        const { fetched } = await program.run({
          query: { type: 'float32', shape: [end - start, width], values: rows.slice(start * width, end * width) },
          ...resident,
        });
        const found = fetched.found?.values as BigInt64Array;
        for (let q = start; q < end; q++) {
          decide(asked, q, found, (q - start) * candidates, queries ? -1 : q);
          indices.set(order.subarray(0, k), q * k);
          distances.set(exact.subarray(0, k), q * k);
        }
      }
      return { k, indices, distances: distances.map(Math.sqrt) };
    },
    async release() {
      await runtime.free(Object.values(resident));
      await program.release();
    },
  };
}

/**
 * Exact nearest neighbours, as {@link openNeighbours} finds them, of points that are asked once. For 10,000
 * points of 16 values that is about a second; the time grows with m · n · width.
 *
 * @param points [n, width]
 * @param options.queries [m, width]; without them each point is asked for its nearest others
 * @throws GargaloError `bad-input` where there are fewer than k other points
 */
export async function nearestNeighbours(
  runtime: Runtime,
  points: Float32Array,
  width: number,
  k: number,
  { queries }: { readonly queries?: Float32Array } = {},
): Promise<Neighbours> {
  const search = await openNeighbours(runtime, points, width, k);
  try {
    return await search.nearest(queries);
  } finally {
    await search.release();
  }
}
