import { Matrix } from 'ml-matrix';
import { createRuntime } from '#runtime';
import { badInput } from '../../core/errors.js';
import { meanOf, rowAt } from '../../core/vectors.js';
import { type Dataset, exampleSize } from '../../data/dataset.js';
import * as op from '../../graph/ops/index.js';
import { variable } from '../../graph/tensor.js';
import { checkInput, type Model, runtimeFor, weightVariables } from '../../models/autoencoder.js';
import { eigenpairs, symmetric } from '../../models/eigenpairs.js';
import { codeJacobian } from '../../models/jacobian.js';
import { encode, scaleInput } from '../../models/network.js';
import { encodeProgram, type GraphDescription } from '../../onnx/encode.js';
import { floatsOf, type RuntimeOptions } from '../../runtime/runtime.js';

/** How codes follow their examples, J = ∂z/∂x, with x in the units that the network sees. */
export interface JacobianFigures {
  /** Mean over the examples of ‖J‖_F = √Σ (∂zⱼ/∂xᵢ)². */
  readonly meanNorm: number;
  /** Mean of ‖J‖²_F, what the contractive penalty weighs. */
  readonly meanSquaredNorm: number;
  /** [examples] ‖J‖_F of each. */
  readonly norms: Float64Array;
  /** Singular values of J, largest first, each the mean over `spectrumExamples` examples: as many as the smaller side. */
  readonly spectrum: Float64Array;
  readonly spectrumExamples: number;
}

export interface JacobianOptions extends RuntimeOptions {
  /** Examples whose singular values are computed, spread over the data; default up to 200, few where J is large. */
  readonly spectrumExamples?: number;
}

/** Rows differentiated at once, code values times examples. */
const ROWS = 1024;
/** What an eigenproblem of side n costs, n³, may add up to this. */
const EIGEN_WORK = 2e8;
const SPECTRUM_EXAMPLES = 200;

/** `data` [rows, size] raw to `gram` [rows, side, side]: J Jᵀ, or Jᵀ J where that is smaller. */
function gramGraph(model: Model, type: Dataset['type'], rows: number, size: number): GraphDescription {
  const { specification } = model;
  const { width } = specification.code;
  const { scope, initializers } = weightVariables(model);
  const data = variable('data', [rows, size], type);
  const jacobian = codeJacobian((x) => encode(specification, scope, x).code, scaleInput(specification, data), width);
  const narrow = op.Transpose(jacobian, [1, 0, 2]);
  const tall = op.Transpose(jacobian, [1, 2, 0]);
  const gram = width <= size ? op.MatMul(narrow, tall) : op.MatMul(tall, narrow);
  return { name: 'jacobian', inputs: [data], outputs: { gram }, initializers };
}

/**
 * The Jacobian of the code over a data set: its Frobenius norm, which contractive training lowers, and the spectrum of its
 * singular values, where a few large ones say that codes follow the directions of the data and no others (Rifai et al.
 * 2011, section 5.3). The singular values are the roots of the eigenvalues of J Jᵀ; J comes from the differentiated graph.
 *
 * @throws GargaloError `bad-input` where codes are quantized and have no derivative, or the data are of another size
 */
export async function jacobianOf(model: Model, data: Dataset, options: JacobianOptions = {}): Promise<JacobianFigures> {
  const { spectrumExamples, ...runtimeOptions } = options;
  const { code } = model.specification;
  if (code.type === 'vector-quantized') {
    throw badInput('model', 'expected a code with a derivative, got a vector-quantized one');
  }
  checkInput(model.specification, data);
  if (data.length === 0) throw badInput(data.name, 'expected at least one example, got none');
  const size = exampleSize(data);
  const side = Math.min(code.width, size);
  const affordable = Math.min(SPECTRUM_EXAMPLES, Math.max(1, Math.floor(EIGEN_WORK / side ** 3)));
  const wanted = Math.min(data.length, spectrumExamples ?? affordable);
  const chosen = new Set(Array.from({ length: wanted }, (_, i) => Math.floor((i * data.length) / wanted)));

  const rows = Math.min(data.length, Math.max(1, Math.floor(ROWS / code.width)));
  const norms = new Float64Array(data.length);
  const spectrum = new Float64Array(side);
  let squares = 0;
  const runtime = await createRuntime(await runtimeFor(model, runtimeOptions));
  try {
    const executable = await runtime.load(encodeProgram(gramGraph(model, data.type, rows, size)));
    for (let start = 0; start < data.length; start += rows) {
      const end = Math.min(start + rows, data.length);
      // the last block is filled up: the program's batch is fixed
      const values = data.type === 'uint8' ? new Uint8Array(rows * size) : new Float32Array(rows * size);
      values.set(await data.block(start, end));
      const { fetched } = await executable.run({ data: { type: data.type, shape: [rows, size], values } });
      const grams = floatsOf(fetched.gram);
      for (let n = start; n < end; n++) {
        const gram = Matrix.from1DArray(side, side, rowAt(grams, side * side, n - start));
        const trace = gram.trace();
        squares += trace / data.length;
        norms[n] = Math.sqrt(trace);
        if (!chosen.has(n)) continue;
        for (const [i, value] of eigenpairs(symmetric(gram)).values.entries()) {
          spectrum[i]! += Math.sqrt(Math.max(0, value)) / wanted;
        }
      }
    }
  } finally {
    await runtime.close();
  }
  return { meanNorm: meanOf(norms), meanSquaredNorm: squares, norms, spectrum, spectrumExamples: wanted };
}
