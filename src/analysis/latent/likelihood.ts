import { availableThreads, createRuntime } from '#runtime';
import { badInput } from '../../core/errors.js';
import { createRandom } from '../../core/random.js';
import { meanOf, positionsOf, rowAt } from '../../core/vectors.js';
import { type Dataset, exampleSize } from '../../data/dataset.js';
import { applyScaling } from '../../data/scaling.js';
import * as op from '../../graph/ops/index.js';
import { staticSides } from '../../graph/shape.js';
import { constant, type Tensor, variable } from '../../graph/tensor.js';
import { checkInput, type Model, runtimeFor, weightVariables } from '../../models/autoencoder.js';
import { decode, scaleInput } from '../../models/network.js';
import { inputSize, type Specification } from '../../models/specification.js';
import { drawnCrossEntropy } from '../../nn/losses.js';
import { encodeLoop, type Program } from '../../onnx/encode.js';
import {
  floatsOf,
  type HostTensor,
  type ResidentTensor,
  type Runtime,
  type RuntimeOptions,
} from '../../runtime/runtime.js';
import { type Posteriors, posteriors } from './codes.js';

/** What a model with a gaussian code says of data, in nats per example. */
export interface Likelihood {
  /** Mean log p(x): its estimate is, on average, a little below the truth. */
  readonly logLikelihood: number;
  /** Of that mean, from the differences between examples. */
  readonly standardError: number;
  /** The part of it that comes from drawing codes: more samples make it smaller. */
  readonly samplingError: number;
  /** The evidence lower bound, `reconstruction` − `divergence`. */
  readonly elbo: number;
  /** E_q log p(x|z), from the same draws. */
  readonly reconstruction: number;
  /** KL(q(z|x) ‖ N(0, I)), exact. */
  readonly divergence: number;
  /** Draws that count as much as independent ones of the posterior would, of `samples`: mean over the examples. */
  readonly effectiveSamples: number;
  readonly samples: number;
  readonly examples: number;
  /** [examples] the estimate of log p(x) of each. */
  readonly each: Float64Array;
}

export interface LikelihoodOptions extends RuntimeOptions {
  /** Draws for each example; default 5000, as Burda et al. have it. */
  readonly samples?: number;
  readonly seed?: number;
  /** Called after each call of the runtime. */
  readonly onProgress?: (done: number, examples: number) => void;
  readonly signal?: AbortSignal;
}

/** Draws decoded at once: the logits of an image stay in the processor's cache. */
const ROWS = 256;
/** Decoded rows a call: seldom enough to cost nothing, often enough for progress and cancelling. */
const CALL_ROWS = 25_000;
/** Rows of the bank of normal numbers; each example reads from another place. */
const BANK_ROWS = 2 ** 18;

/** Refuses what has no likelihood of this kind. */
function checkModel({ code, loss }: Specification): void {
  if (code.type !== 'gaussian') throw badInput('model', `expected a gaussian code, got a ${code.type} one`);
  if (loss !== 'bce') throw badInput('model', `expected bce, a likelihood of binary values, got ${loss}`);
}

/**
 * As many steps as examples and parts of their draws: inputs `data` [examples, size], `mean` and `log-variance` [examples,
 * width], `bank` [rows, width], `examples` and `starts` int32 [steps], the decoder's weights. Outputs [steps, rows]:
 * `error`, −log p(x|z), and `ratio`, log p(z) − log q(z|x).
 */
function drawingProgram(
  model: Model,
  type: Dataset['type'],
  rows: number,
): { program: Program; weights: ReadonlyMap<string, HostTensor> } {
  const { specification } = model;
  const { width } = specification.code;
  const size = inputSize(specification);
  const iteration = variable('iteration', [], 'int64');
  const data = variable('data', ['examples', size], type);
  const means = variable('mean', ['examples', width]);
  const logVariances = variable('log-variance', ['examples', width]);
  const bank = variable('bank', ['bank rows', width]);
  const examples = variable('example', ['steps'], 'int32');
  const starts = variable('start', ['steps'], 'int32');

  const example = op.Gather(examples, iteration, 0);
  const of = (rowsOf: Tensor, columns: number): Tensor => op.Reshape(op.Gather(rowsOf, example, 0), [1, columns]);
  const [mean, logVariance] = [of(means, width), of(logVariances, width)];
  const x = op.Reshape(scaleInput(specification, of(data, size)), [size]);
  const positions = op.Add(constant(positionsOf(rows), [rows], 'int32'), op.Gather(starts, iteration, 0));
  const normal = op.Gather(bank, positions, 0);
  const z = op.Add(mean, op.Mul(op.Exp(op.Mul(logVariance, 0.5)), normal));

  const { scope, initializers } = weightVariables(model);
  const { logits } = decode(specification, scope, z);
  // log N(z; 0, I) − log N(z; μ, σ²): the constants cancel
  const squares = op.ReduceSum(op.Sub(op.Mul(normal, normal), op.Mul(z, z)), [1]);
  const ratio = op.Mul(op.Add(squares, op.ReduceSum(logVariance)), 0.5);
  const program = encodeLoop({
    name: 'likelihood',
    captured: [data, means, logVariances, bank, examples, starts, ...initializers.keys()],
    carried: [],
    scanned: { error: drawnCrossEntropy(logits, x), ratio },
    iteration,
  });
  const weights = [...initializers].map(([{ attributes, shape }, values]): [string, HostTensor] => [
    attributes.name,
    { type: 'float32', shape: staticSides(shape), values },
  ]);
  return { program, weights: new Map(weights) };
}

/** Refuses values between 0 and 1: what bce says of them is no likelihood. */
function refuseGray(specification: Specification, dataset: Dataset, values: Uint8Array | Float32Array): void {
  const scaled = applyScaling(values, specification.input.scaling);
  const gray = scaled.find((value) => Math.abs(value) > 1e-6 && Math.abs(value - 1) > 1e-6);
  if (gray === undefined) return;
  throw badInput(dataset.name, `expected values of 0 and 1, got ${gray}`, 'use binarized(data)');
}

/** log Σ e^w, in double precision. */
function logSumExp(values: Float64Array): number {
  const largest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

/** What the draws of one example say. */
interface DrawnExample {
  readonly logLikelihood: number;
  /** Σw² / (Σw)², one over the number of draws that count (Kong 1992). */
  readonly share: number;
  /** −log p(x|z) of each draw. */
  readonly errors: Float32Array;
}

/** The draws of examples, block by block; `rows` of them are decoded at once, `parts` times. */
async function* drawnExamples(
  runtime: Runtime,
  model: Model,
  data: Dataset,
  { mean, logVariance }: Posteriors,
  { samples, seed, parts, rows }: { samples: number; seed: number; parts: number; rows: number },
): AsyncGenerator<readonly DrawnExample[]> {
  const { width } = model.specification.code;
  const random = createRandom(seed, 'likelihood');
  const bankRows = Math.max(BANK_ROWS, 4 * parts * rows);
  const { program, weights } = drawingProgram(model, data.type, rows);
  const executable = await runtime.load(program);
  const resident: Record<string, ResidentTensor> = {};
  for (const [name, tensor] of weights) resident[name] = await runtime.upload(tensor);
  const bank = new Float32Array(bankRows * width).map(() => random.normal());
  resident.bank = await runtime.upload({ type: 'float32', shape: [bankRows, width], values: bank }, true);

  const perCall = Math.max(1, Math.floor(CALL_ROWS / (parts * rows)));
  for (let start = 0; start < data.length; start += perCall) {
    const count = Math.min(perCall, data.length - start);
    const raw = await data.block(start, start + count);
    refuseGray(model.specification, data, raw);
    const places = Array.from({ length: count }, () => random.integer(bankRows - parts * rows + 1));
    const block = (values: Float32Array): HostTensor => ({
      type: 'float32',
      shape: [count, width],
      values: values.slice(start * width, (start + count) * width),
    });
    const steps = places.flatMap((place, example) =>
      Array.from({ length: parts }, (_, part) => ({ example, start: place + part * rows })),
    );
    const list = (key: 'example' | 'start'): HostTensor => ({
      type: 'int32',
      shape: [steps.length],
      values: Int32Array.from(steps, (step) => step[key]),
    });
    const { fetched } = await executable.run({
      ...resident,
      steps: { type: 'int64', shape: [], values: BigInt64Array.of(BigInt(steps.length)) },
      data: { type: data.type, shape: [count, exampleSize(data)], values: raw.slice() },
      mean: block(mean),
      'log-variance': block(logVariance),
      example: list('example'),
      start: list('start'),
    });
    const [allErrors, allRatios] = [floatsOf(fetched.error), floatsOf(fetched.ratio)];
    yield places.map((_, n) => {
      const draws = (values: Float32Array) => rowAt(values, parts * rows, n).subarray(0, samples);
      const [errors, ratios] = [draws(allErrors), draws(allRatios)];
      const logs = Float64Array.from(ratios, (ratio, k) => ratio - (errors[k] ?? Number.NaN));
      const total = logSumExp(logs);
      const share = logs.reduce((sum, log) => sum + Math.exp(2 * (log - total)), 0);
      return { logLikelihood: total - Math.log(samples), share, errors };
    });
  }
}

/**
 * The log-likelihood of binary data by importance sampling: log 1/K Σ p(x|z) p(z) / q(z|x) with K draws z of the
 * encoder's q (Burda, Grosse & Salakhutdinov 2016, eq. 8, with 5000 draws for their figures; Rezende et al. 2014). It
 * grows with K towards log p(x) from below. Decoding and summing run on the engine; the logarithm of the sum is taken in
 * double precision.
 *
 * @param data values of 0 and 1 after the model's scaling, as {@link binarized} makes them
 * @throws GargaloError `bad-input` where the code is not gaussian, the loss not bce, or a value neither 0 nor 1
 */
export async function logLikelihood(model: Model, data: Dataset, options: LikelihoodOptions = {}): Promise<Likelihood> {
  const { samples = 5000, seed = 0, onProgress, signal, threads = Math.min(2, availableThreads()), ...rest } = options;
  checkModel(model.specification);
  checkInput(model.specification, data);
  if (!Number.isInteger(samples) || samples < 1) {
    throw badInput('samples', `expected a whole number of draws from 1 on, got ${samples}`);
  }
  if (data.length === 0) throw badInput(data.name, 'expected at least one example, got none');
  const parts = Math.ceil(samples / ROWS);
  // a few draws more where they do not divide: those are left out
  const rows = Math.ceil(samples / parts);
  const runtimeOptions = await runtimeFor(model, { ...rest, threads });
  const gaussians = await posteriors(model, data, runtimeOptions);

  const each = new Float64Array(data.length);
  let [done, reconstruction, divergence, variance, effective] = [0, 0, 0, 0, 0];
  const runtime = await createRuntime(runtimeOptions);
  try {
    signal?.throwIfAborted();
    for await (const block of drawnExamples(runtime, model, data, gaussians, { samples, seed, parts, rows })) {
      for (const { logLikelihood, share, errors } of block) {
        each[done++] = logLikelihood;
        effective += 1 / share / data.length;
        // the variance of the logarithm of a mean, to first order
        variance += Math.max(0, share - 1 / samples);
        for (const error of errors) reconstruction -= error / samples / data.length;
      }
      onProgress?.(done, data.length);
      if (done < data.length) signal?.throwIfAborted();
    }
  } finally {
    await runtime.close();
  }
  for (const [i, mu] of gaussians.mean.entries()) {
    const log = gaussians.logVariance[i] ?? Number.NaN;
    divergence += (mu * mu + Math.exp(log) - 1 - log) / 2 / data.length;
  }
  const average = meanOf(each);
  const spread = each.reduce((sum, value) => sum + (value - average) ** 2, 0) / Math.max(1, data.length - 1);
  return {
    logLikelihood: average,
    standardError: Math.sqrt(spread / data.length),
    samplingError: Math.sqrt(variance) / data.length,
    elbo: reconstruction - divergence,
    reconstruction,
    divergence,
    effectiveSamples: effective,
    samples,
    examples: data.length,
    each,
  };
}
