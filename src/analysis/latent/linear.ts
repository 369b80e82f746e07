import { Matrix, QrDecomposition } from 'ml-matrix';
import { itemAt, zip } from '../../core/collections.js';
import { badInput } from '../../core/errors.js';
import type { Dataset } from '../../data/dataset.js';
import { evaluate, type Value } from '../../graph/evaluate.js';
import { staticSides } from '../../graph/shape.js';
import { type Tensor, variable } from '../../graph/tensor.js';
import { checkInput, encoderGraph, type Model, runtimeFor, weightVariables } from '../../models/autoencoder.js';
import { eigenpairs, symmetric } from '../../models/eigenpairs.js';
import { decode } from '../../models/network.js';
import { overData } from '../../models/over-data.js';
import { inputSize, type Specification } from '../../models/specification.js';
import { floatsOf, type RuntimeOptions } from '../../runtime/runtime.js';

/** Principal components that a linear autoencoder has learned, in scaled units. */
export interface LinearComponents {
  /** [width, input size] orthonormal rows, largest variance first; the largest entry of each is positive. */
  readonly components: Float32Array;
  /** [width] variance of the reconstruction along each (divided by n, not n−1). */
  readonly variances: Float64Array;
  /** [input size] mean of the reconstruction. */
  readonly mean: Float32Array;
}

/** Whether a model is linear from end to end. */
export function isLinear({ body, code, output }: Specification): boolean {
  return (
    body.type === 'dense' &&
    code.type === 'plain' &&
    code.activation === 'identity' &&
    output === 'identity' &&
    (body.activation === 'identity' || (body.encoder.length === 0 && body.decoder.length === 0))
  );
}

function checkLinear(specification: Specification): void {
  if (!isLinear(specification))
    throw badInput('model', 'expected a linear encoder and decoder, got another', 'use the kind linear');
}

/** The decoder z ↦ z B + b in double precision: B [width, input size] and b. */
function decoderMatrix(model: Model): { slope: Matrix; offset: number[] } {
  const { specification } = model;
  const { width } = specification.code;
  const size = inputSize(specification);
  // the images of the unit vectors and of 0
  const z = variable('z', [width + 1, width]);
  const units = Float64Array.from({ length: (width + 1) * width }, (_, i) => (i % (width + 1) === 0 ? 1 : 0));
  const { scope, initializers } = weightVariables(model);
  const { logits } = decode(specification, scope, z);
  const feeds = new Map<Tensor, Value>([[z, { shape: [width + 1, width], data: units }]]);
  for (const [parameter, values] of initializers) {
    feeds.set(parameter, { shape: staticSides(parameter.shape), data: Float64Array.from(values) });
  }
  const image = itemAt(evaluate([logits], feeds), 0);
  const images = Matrix.from1DArray(width + 1, size, Array.from(image.data, Number));
  const offset = images.getRow(width);
  return { slope: images.removeRow(width).subRowVector(offset), offset };
}

/** Mean and covariance [width, width] of codes, in double precision; sums of differences from the first code. */
async function codeMoments(
  model: Model,
  data: Dataset,
  options?: RuntimeOptions,
): Promise<{ mean: number[]; covariance: Matrix }> {
  const { width } = model.specification.code;
  const sums = Matrix.zeros(1, width);
  const products = Matrix.zeros(width, width);
  let origin: number[] | undefined;
  for await (const { start, end, outputs } of overData(encoderGraph(model), data, await runtimeFor(model, options))) {
    const codes = Matrix.from1DArray(end - start, width, floatsOf(outputs.code));
    origin ??= codes.getRow(0);
    const rows = codes.subRowVector(origin);
    for (let row = 0; row < rows.rows; row++) sums.add(rows.getRowVector(row));
    products.add(rows.transpose().mmul(rows));
  }
  const mean = sums.div(data.length);
  const covariance = products.div(data.length).sub(mean.transpose().mmul(mean));
  return { mean: mean.addRowVector(origin ?? mean).getRow(0), covariance };
}

/** Eigenpairs of a matrix that has no negative eigenvalues, but for rounding. */
function nonNegative(matrix: Matrix): { values: number[]; vectors: Matrix } {
  const { values, vectors } = eigenpairs(symmetric(matrix));
  return { values: values.map((value) => Math.max(0, value)), vectors };
}

/**
 * The principal components that a linear autoencoder has learned, in order, with their variances.
 *
 * Squared error alone fixes the product of decoder and encoder, not its factors: at the optimum it projects onto the span
 * of the first principal components, and any invertible matrix may stand between the two (Baldi & Hornik 1989), so the
 * code's axes mean nothing. The covariance of the code undoes it: with codes z of covariance C and a decoder z B, the
 * reconstruction has the covariance Bᵀ C B, whatever that matrix; at the optimum this is Σ λₖ uₖ uₖᵀ over the first
 * components, whose eigenvectors and eigenvalues are those of PCA (Plaut 2018 takes them from the decoder's left
 * singular vectors, which is the same where the code is white, as under the penalty of Kunin et al. 2019). With C = S S
 * the eigenvalues are those of the small matrix (S B)(S B)ᵀ.
 *
 * @param data what the codes are taken of: the training data
 * @throws GargaloError `bad-input` where the model is not linear, or the data are not of its size
 */
export async function linearComponents(
  model: Model,
  data: Dataset,
  options?: RuntimeOptions,
): Promise<LinearComponents> {
  const { specification } = model;
  checkLinear(specification);
  checkInput(specification, data);
  if (data.length === 0) throw badInput(data.name, 'expected at least one example, got none');
  const { slope, offset } = decoderMatrix(model);
  const { mean, covariance } = await codeMoments(model, data, options);

  const { values, vectors } = nonNegative(covariance);
  const root = vectors.mmul(Matrix.diag(values.map(Math.sqrt)));
  const carried = root.transpose().mmul(slope);
  const { values: variances, vectors: rotation } = nonNegative(carried.mmul(carried.transpose()));
  const rows = rotation.transpose().mmul(carried);
  const components = variances.flatMap((variance, k) => {
    const row = rows.getRow(k);
    const largest = row.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    const scale = Math.sign(largest) / Math.max(Math.sqrt(variance), Number.MIN_VALUE);
    return row.map((value) => value * scale);
  });
  return {
    components: Float32Array.from(components),
    variances: Float64Array.from(variances),
    mean: Float32Array.from(Matrix.rowVector(mean).mmul(slope).addRowVector(offset).getRow(0)),
  };
}

/** Orthonormal columns that span the rows given. */
function basis(rows: ArrayLike<number>, size: number): Matrix {
  const matrix = Matrix.from1DArray(rows.length / size, size, Array.from(rows));
  return new QrDecomposition(matrix.transpose()).orthogonalMatrix;
}

/**
 * The principal angles between two subspaces (Jordan 1875; computed as Björck & Golub 1973 do: small ones by their sine,
 * as the cosine of a small angle has lost its digits).
 *
 * @param first [n, size] rows, linearly independent, that span one
 * @param second [m, size] rows that span the other, m ≤ n
 * @param size values in a row
 * @returns [m] degrees, the smallest first
 */
export function principalAngles(first: ArrayLike<number>, second: ArrayLike<number>, size: number): Float64Array {
  if (second.length > first.length) return principalAngles(second, first, size);
  const [p, q] = [basis(first, size), basis(second, size)];
  const shared = p.transpose().mmul(q);
  const rest = Matrix.sub(q, p.mmul(shared));
  // the same vectors belong to both decompositions: large cosines go with small sines
  const sines = nonNegative(rest.transpose().mmul(rest)).values.reverse();
  const cosines = nonNegative(shared.transpose().mmul(shared)).values;
  const angles = zip(sines, cosines).map(([sine, cosine]) => Math.atan2(Math.sqrt(sine), Math.sqrt(cosine)));
  return Float64Array.from(angles, (angle) => (angle * 180) / Math.PI);
}
