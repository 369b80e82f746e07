import { badInput } from '../../core/errors.js';
import * as op from '../../graph/ops/index.js';
import { constant, type Tensor, variable } from '../../graph/tensor.js';
import { encodeProgram } from '../../onnx/encode.js';
import type { Runtime } from '../../runtime/runtime.js';

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

function meanRow(points: Float32Array, width: number): Float64Array {
  const mean = new Float64Array(width);
  for (let i = 0; i < points.length; i++) mean[i % width]! += points[i]!;
  return mean.map((sum) => (sum * width) / points.length);
}

function rowsOf(values: Float32Array, width: number, what: string): number {
  const rows = values.length / width;
  if (!Number.isInteger(rows) || rows === 0) {
    throw badInput(what, `expected rows of ${width} values and at least one, got ${values.length} values`);
  }
  return rows;
}

/** Rows moved by −origin, with the squared length of each. */
function moved(values: Float32Array, width: number, origin: Float64Array): [Float32Array, Float32Array] {
  const rows = new Float32Array(values.length);
  const squares = new Float32Array(values.length / width);
  for (let n = 0; n < squares.length; n++) {
    let sum = 0;
    for (let k = 0; k < width; k++) {
      const value = values[n * width + k]! - origin[k]!;
      rows[n * width + k] = value;
      sum += value * value;
    }
    squares[n] = sum;
  }
  return [rows, squares];
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
  const [m, n] = [rowsOf(queries, width, 'queries'), rowsOf(points, width, 'points')];
  const origin = meanRow(points, width);
  const [rows, lengths] = moved(queries, width, origin);
  const [all, allLengths] = moved(points, width, origin);
  const transposed = new Float32Array(all.length);
  for (let i = 0; i < n; i++) for (let k = 0; k < width; k++) transposed[k * n + i] = -2 * all[i * width + k]!;
  const query = variable('query', ['rows', width]);
  const queryLengths = variable('query-lengths', ['rows', 1]);
  const point = variable('points', [width, n]);
  const pointLengths = variable('point-lengths', [1, n]);
  const squares = op.Relu(op.Add(op.Add(op.MatMul(query, point), pointLengths), queryLengths));
  const made = make(squares, op.Mul(op.Add(pointLengths, queryLengths), ROUNDING));
  const program = await runtime.load(
    encodeProgram({ name: 'distances', inputs: [query, queryLengths, point, pointLengths], outputs: { made } }),
  );
  const resident = [
    await runtime.upload({ type: 'float32', shape: [width, n], values: transposed }),
    await runtime.upload({ type: 'float32', shape: [1, n], values: allLengths }),
  ];
  try {
    const step = Math.max(1, Math.min(m, Math.floor(BLOCK_VALUES / n)));
    for (let start = 0; start < m; start += step) {
      const end = Math.min(start + step, m);
      const { fetched } = await program.run({
        query: { type: 'float32', shape: [end - start, width], values: rows.slice(start * width, end * width) },
        'query-lengths': { type: 'float32', shape: [end - start, 1], values: lengths.slice(start, end) },
        points: resident[0]!,
        'point-lengths': resident[1]!,
      });
      yield { start, end, made: fetched.made!.values as Float32Array };
    }
  } finally {
    await runtime.free(resident);
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
  const n = rowsOf(points, width, 'points');
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
 */
export function smallest(
  row: Float32Array,
  count: number,
  skip: number,
  found: Int32Array,
  values: Float64Array,
): void {
  values.fill(Number.POSITIVE_INFINITY);
  let limit = Number.POSITIVE_INFINITY;
  for (let i = 0; i < row.length; i++) {
    const value = row[i]!;
    if (value >= limit || i === skip) continue;
    let at = count - 1;
    for (; at > 0 && values[at - 1]! > value; at--) {
      values[at] = values[at - 1]!;
      found[at] = found[at - 1]!;
    }
    values[at] = value;
    found[at] = i;
    limit = values[count - 1]!;
  }
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
  const n = rowsOf(points, width, 'points');
  const candidates = Math.min(k + MARGIN + 1, n);
  const origin = meanRow(points, width);
  const [all, lengths] = moved(points, width, origin);
  const transposed = new Float32Array(all.length);
  for (let i = 0; i < n; i++) for (let j = 0; j < width; j++) transposed[j * n + i] = 2 * all[i * width + j]!;
  // A query's own squared length is the same for all points: −|p|² + 2 q·p is largest for the nearest.
  const query = variable('query', ['rows', width]);
  const point = variable('points', [width, n]);
  const pointLengths = variable('point-lengths', [1, n]);
  const nearness = op.Sub(op.MatMul(query, point), pointLengths);
  const program = await runtime.load(
    encodeProgram({
      name: 'neighbours',
      inputs: [query, point, pointLengths],
      outputs: { found: op.TopK(nearness, candidates) },
    }),
  );
  const resident = [
    await runtime.upload({ type: 'float32', shape: [width, n], values: transposed }),
    await runtime.upload({ type: 'float32', shape: [1, n], values: lengths }),
  ];
  const [order, exact] = [new Int32Array(candidates), new Float64Array(candidates)];
  /** The candidates of a query in order; `self` is left out. */
  function decide(asked: Float32Array, q: number, found: BigInt64Array, from: number, self: number): void {
    let count = 0;
    for (let c = 0; c < candidates; c++) {
      const index = Number(found[from + c]);
      if (index === self) continue;
      let sum = 0;
      for (let i = 0; i < width; i++) sum += (asked[q * width + i]! - points[index * width + i]!) ** 2;
      let at = count++;
      for (; at > 0 && (exact[at - 1]! > sum || (exact[at - 1]! === sum && order[at - 1]! > index)); at--) {
        exact[at] = exact[at - 1]!;
        order[at] = order[at - 1]!;
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
      const m = rowsOf(asked, width, 'queries');
      const [rows] = moved(asked, width, origin);
      const [indices, distances] = [new Int32Array(m * k), new Float64Array(m * k)];
      const step = Math.max(1, Math.min(m, Math.floor(BLOCK_VALUES / n)));
      for (let start = 0; start < m; start += step) {
        const end = Math.min(start + step, m);
        const { fetched } = await program.run({
          query: { type: 'float32', shape: [end - start, width], values: rows.slice(start * width, end * width) },
          points: resident[0]!,
          'point-lengths': resident[1]!,
        });
        const found = fetched.found!.values as BigInt64Array;
        for (let q = start; q < end; q++) {
          decide(asked, q, found, (q - start) * candidates, queries ? -1 : q);
          for (let i = 0; i < k; i++) {
            indices[q * k + i] = order[i]!;
            distances[q * k + i] = Math.sqrt(exact[i]!);
          }
        }
      }
      return { k, indices, distances };
    },
    async release() {
      await runtime.free(resident);
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
