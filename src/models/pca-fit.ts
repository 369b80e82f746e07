import { Matrix } from 'ml-matrix';
import { itemAt } from '../core/collections.js';
import { badInput, GargaloError } from '../core/errors.js';
import { createRandom } from '../core/random.js';
import { addRow, dot, rowAt } from '../core/vectors.js';
import { type Pause, pauses, stopWhereAborted } from '../core/work.js';
import { type Dataset, exampleSize } from '../data/dataset.js';
import { refuseNotFinite, type Scaling } from '../data/scaling.js';
import { readBlocks } from '../data/stream.js';
import * as op from '../graph/ops/index.js';
import { constant, variable } from '../graph/tensor.js';
import { encodeProgram } from '../onnx/encode.js';
import { floatsOf, type Runtime } from '../runtime/runtime.js';
import { symmetric } from './eigenpairs.js';
import { type Advance, eigenpairsSlowly, orthonormalSlowly, productSlowly } from './long-algebra.js';
import { vector } from './network.js';
import type { Pca, PcaOptions } from './pca.js';

/** Up to this many features the whole eigenproblem is solved at once. */
const DIRECT_SIZE = 160;
/** Up to this many examples, fewer than they have values, the products of examples with each other are solved instead. */
const GRAM_EXAMPLES = 1000;
/** Above this many features the covariance is never put together: it would be larger than the data are worth. */
const COVARIANCE_SIZE = 3000;
/**
 * Residual of an eigenpair relative to the largest eigenvalue at which it counts as found; the reconstruction's error is off by about
 * its square. Of wide examples each iteration takes seconds.
 */
const toleranceFor = (size: number): number => (size > 800 ? 1e-5 : 1e-7);
const MAXIMUM_ITERATIONS = 300;
/** Products of values beyond it have no 32-bit number. */
const LARGEST_VARIANCE = 1e36;

const unscaled: Scaling = { method: 'none', offset: [0], scale: [1] };

/** Multiplies the covariance of the data, [size, size], with a matrix [size, k]. */
type CovarianceProduct = (q: Matrix) => Promise<Matrix>;

/** How long work pauses, and tells how far it is. */
interface LongWork {
  readonly pause: Pause;
  readonly advance: Advance;
}

/** The work of `fitPcaOn` of pca.ts. */
export async function fitComponents(
  runtime: Runtime,
  dataset: Dataset,
  options: Omit<PcaOptions, 'runtime'>,
): Promise<Pca> {
  const { width, scaling = unscaled, maximumComponents = width, tolerance, signal } = options;
  const work: LongWork = {
    pause: pauses(signal, dataset.name),
    advance: (done, total) => options.onProgress?.({ done, total }),
  };
  const size = exampleSize(dataset);
  if (!Number.isInteger(width) || width < 1 || width > size) {
    throw badInput('pca', `expected a width within 1 … ${size} for ${dataset.name}, got ${width}`);
  }
  if (dataset.length === 0) throw badInput(dataset.name, 'expected at least one example to analyse, got none');
  const count = Math.min(size, Math.max(width, maximumComponents));
  const { mean, center, totalVariance } = await moments(dataset, scaling);
  if (!(totalVariance < LARGEST_VARIANCE)) {
    throw badInput(
      dataset.name,
      `expected values whose squares are 32-bit numbers for PCA, got a variance of ${totalVariance.toPrecision(3)}`,
      'use `scaling: "standard"`, or `start: "random"`',
    );
  }
  if (size > DIRECT_SIZE && dataset.length < size && dataset.length <= GRAM_EXAMPLES) {
    const { vectors, values } = await ofExamples(dataset, scaling, center, count, work);
    return finish(vectors, values, count);
  }
  // x: scaled and centred, [batch, size]
  const raw = variable('data', ['batch', size], dataset.type);
  // The mean in two parts: rounded to 32 bits, a large one is off by much of what the data vary.
  const high = Float32Array.from(center);
  const low = Float32Array.from(center, (value, i) => value - itemAt(high, i));
  const centred = op.Sub(op.Sub(op.Cast(raw, 'float32'), constant(high)), constant(low));
  const x = op.Mul(centred, vector(scaling.scale, size));
  /** Sums a product over the blocks of the data, in double precision, divided by the number of examples. */
  const sum = async (program: ReturnType<typeof encodeProgram>, columns: number, q?: Float32Array): Promise<Matrix> => {
    const executable = await runtime.load(program);
    const total = new Float64Array(size * columns);
    for await (const { start, end, values } of readBlocks(dataset)) {
      stopWhereAborted(signal, dataset.name);
      const { fetched } = await executable.run({
        data: { type: dataset.type, shape: [end - start, size], values: values.slice() },
        ...(q && { q: { type: 'float32', shape: [size, columns], values: q } }),
      });
      const part = floatsOf(fetched.product);
      for (let i = 0; i < total.length; i++) total[i]! += (part[i] ?? Number.NaN) / dataset.length;
    }
    await executable.release();
    return Matrix.from1DArray(size, columns, total);
  };

  const covariance = async (): Promise<Matrix> => {
    const product = op.MatMul(op.Transpose(x), x);
    return symmetric(await sum(encodeProgram({ name: 'covariance', inputs: [raw], outputs: { product } }), size));
  };
  if (size <= DIRECT_SIZE || count * 2 >= size) {
    const { vectors, values } = await eigenpairsSlowly(await covariance(), work.pause, work.advance);
    return finish(vectors, values, count);
  }
  let product: CovarianceProduct;
  if (size <= COVARIANCE_SIZE) {
    const matrix = await covariance();
    product = (q) => productSlowly(matrix, q, work.pause);
  } else {
    product = async (q) => {
      const factor = variable('q', [size, q.columns]);
      const outputs = { product: op.MatMul(op.Transpose(x), op.MatMul(x, factor)) };
      const program = encodeProgram({ name: 'covariance-product', inputs: [raw, factor], outputs });
      return sum(program, q.columns, Float32Array.from(q.to1DArray()));
    };
  }
  const { vectors, values } = await subspaceIteration(product, size, count, tolerance ?? toleranceFor(size), work);
  return finish(vectors, values, count);

  function finish(vectors: Matrix, values: readonly number[], kept: number): Pca {
    const components = new Float32Array(kept * size);
    for (let k = 0; k < kept; k++) {
      const column = vectors.getColumn(k);
      const largest = column.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
      components.set(largest < 0 ? column.map((value) => -value) : column, k * size);
    }
    const variances = Float64Array.from(values.slice(0, kept), (value) => Math.max(value, 0));
    return { width, mean, components, variances, totalVariance };
  }
}

/**
 * The first eigenpairs of a covariance by the products of few examples with each other, in double precision: with Xᵀ X / n v = λ v
 * go X Xᵀ / n u = λ u and v = Xᵀ u / √(n λ). Beyond the rank of the data the vectors are any that are orthonormal to those before.
 */
async function ofExamples(
  dataset: Dataset,
  { scale }: Scaling,
  center: Float64Array,
  count: number,
  { pause, advance }: LongWork,
): Promise<{ vectors: Matrix; values: number[] }> {
  const [size, n] = [center.length, dataset.length];
  const x = Float64Array.from(
    await dataset.block(0, n),
    (value, i) => (value - (center[i % size] ?? Number.NaN)) * pick(scale, i % size),
  );
  const products = Matrix.zeros(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const product = dot(rowAt(x, size, i), rowAt(x, size, j)) / n;
      products.set(i, j, product);
      products.set(j, i, product);
    }
    await pause();
  }
  const { vectors: inner, values } = await eigenpairsSlowly(products, pause, advance);
  const random = createRandom(0, 'pca');
  const found: Float64Array[] = [];
  const kept: number[] = [];
  for (let k = 0; k < count; k++) {
    const value = values[k] ?? 0;
    const isSpanned = value > 1e-12 * itemAt(values, 0);
    const vector = new Float64Array(size);
    if (isSpanned) {
      for (let i = 0; i < n; i++) addRow(vector, 0, x, i * size, size, inner.get(i, k));
      normalize(vector);
    } else {
      for (let i = 0; i < size; i++) vector[i] = random.normal();
      // Gram and Schmidt's method; twice is enough against rounding (Giraud, Langou & Rozložník 2005).
      for (let pass = 0; pass < 2; pass++) {
        for (const other of found) addRow(vector, 0, other, 0, size, -dot(vector, other));
        normalize(vector);
      }
    }
    await pause();
    found.push(vector);
    kept.push(isSpanned ? value : 0);
  }
  return { vectors: new Matrix(found).transpose(), values: kept };
}

function normalize(vector: Float64Array): void {
  const length = Math.sqrt(dot(vector, vector));
  for (let i = 0; i < vector.length; i++) vector[i]! /= length;
}

const pick = (values: readonly number[], i: number): number => itemAt(values, i % values.length);

/**
 * Mean of each feature (`mean` in scaled units, `center` in raw ones) and the sum of their variances in scaled units, in
 * one pass and double precision.
 */
async function moments(
  dataset: Dataset,
  scaling: Scaling,
): Promise<{ mean: Float32Array; center: Float64Array; totalVariance: number }> {
  const size = exampleSize(dataset);
  const mean = new Float64Array(size);
  const squares = new Float64Array(size);
  // Sums of differences from the first example, so that large means lose no digits.
  let origin: Float64Array | undefined;
  for await (const { start, values } of readBlocks(dataset)) {
    if (values instanceof Float32Array) refuseNotFinite(values, dataset.name, size, start, dataset.columns);
    origin ??= Float64Array.from(values.subarray(0, size));
    for (let at = 0; at < values.length; at += size) {
      for (let i = 0; i < size; i++) {
        const difference = (values[at + i] ?? Number.NaN) - (origin[i] ?? Number.NaN);
        mean[i]! += difference;
        squares[i]! += difference * difference;
      }
    }
  }
  let totalVariance = 0;
  const scaled = new Float32Array(size);
  const center = origin ?? new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const difference = itemAt(mean, i) / dataset.length;
    const scale = pick(scaling.scale, i);
    totalVariance += Math.max(itemAt(squares, i) / dataset.length - difference * difference, 0) * scale * scale;
    const own = difference + itemAt(center, i);
    center[i] = own;
    scaled[i] = (own - pick(scaling.offset, i)) * scale;
  }
  return { mean: scaled, center, totalVariance };
}

/** The first `count` eigenpairs of a covariance that can only be multiplied with. */
async function subspaceIteration(
  product: CovarianceProduct,
  size: number,
  count: number,
  tolerance: number,
  { pause, advance }: LongWork,
): Promise<{ vectors: Matrix; values: number[] }> {
  // More columns than wanted: the convergence is that of the first eigenvalue left out.
  const columns = Math.min(size, count + Math.max(16, count));
  const random = createRandom(0, 'pca');
  const drawn = Matrix.from1DArray(
    size,
    columns,
    Array.from({ length: size * columns }, () => random.normal()),
  );
  let q = await orthonormalSlowly(drawn, pause);
  for (let iteration = 1; iteration <= MAXIMUM_ITERATIONS; iteration++) {
    const y = await product(q);
    const { vectors: rotation, values } = await eigenpairsSlowly(
      symmetric(await productSlowly(q.transpose(), y, pause)),
      pause,
    );
    const ritz = await productSlowly(q, rotation, pause);
    const image = await productSlowly(y, rotation, pause);
    advance(iteration, MAXIMUM_ITERATIONS);
    const found = values.slice(0, count).every((value, k) => {
      let residual = 0;
      for (let i = 0; i < size; i++) residual += (image.get(i, k) - value * ritz.get(i, k)) ** 2;
      return Math.sqrt(residual) <= tolerance * Math.max(itemAt(values, 0), Number.MIN_VALUE);
    });
    if (found) return { vectors: ritz, values };
    q = await orthonormalSlowly(image, pause);
  }
  throw new GargaloError('internal', 'pca', `expected to converge within ${MAXIMUM_ITERATIONS} iterations, did not`);
}
