import { itemAt } from '../../core/collections.js';
import { createRandom, permutation } from '../../core/random.js';
import { grad } from '../../graph/gradient.js';
import * as op from '../../graph/ops/index.js';
import { type Tensor, variable } from '../../graph/tensor.js';
import { classificationError, crossEntropy } from '../../nn/losses.js';
import { encodeProgram } from '../../onnx/encode.js';
import { floatsOf, type HostTensor, type Runtime } from '../../runtime/runtime.js';
import { type Evaluation, minimise } from './minimise.js';
import { columnMeans, columnVariances } from './rows.js';

/** Steps of the fit, and products that all of them may come to before there are fewer. */
const MOST_STEPS = 100;
const LEAST_STEPS = 10;
const MOST_PRODUCTS = 4e9;

/** Values less their mean over their deviation, unit by unit; those of a unit that never changes are 0. */
export function standardised(codes: Float32Array, width: number): Float32Array {
  const means = columnMeans(codes, width);
  // A mean that is rounded leaves something of values that are all the same.
  const deviations = columnVariances(codes, width, means).map((variance, k) =>
    variance > (1e-7 * (means[k] ?? Number.NaN)) ** 2 ? Math.sqrt(variance) : Number.POSITIVE_INFINITY,
  );
  return codes.map((value, i) => (value - (means[i % width] ?? Number.NaN)) / (deviations[i % width] ?? Number.NaN));
}

/** The part that each example is held out in: the examples of a class are dealt out in random order. */
export function stratifiedFolds(classes: Int32Array, folds: number, seed: number): Int32Array {
  const order = permutation(classes.length, createRandom(seed, 'probe/folds'));
  // By class, in random order within: dealing goes on from one class to the next, so that parts are equal in size too.
  const dealt = Array.from(order).sort((a, b) => itemAt(classes, a) - itemAt(classes, b));
  const fold = new Int32Array(classes.length);
  for (const [i, example] of dealt.entries()) fold[example] = i % folds;
  return fold;
}

/**
 * Which examples a linear classifier on codes gets right (a linear probe: Alain & Bengio 2016): multinomial logistic
 * regression on standardised codes, fitted to the others of five parts and asked about the fifth. It minimises the mean
 * cross-entropy + |W|² / 2n, scikit-learn's default, which keeps the weights finite where classes are separable, in at most 100
 * steps of L-BFGS; fewer, down to 10, where wide codes have hundreds of classes.
 *
 * @param codes [n, width]
 * @param classes [n] 0 … count − 1
 * @returns [n] 1 where right
 */
export async function linearProbe(
  runtime: Runtime,
  codes: Float32Array,
  width: number,
  classes: Int32Array,
  count: number,
  seed: number,
): Promise<Float64Array> {
  const n = classes.length;
  const folds = Math.min(5, n);
  const fold = stratifiedFolds(classes, folds, seed);
  const [x, labels] = [variable('codes', [n, width]), variable('classes', [n], 'int32')];
  const [weights, bias] = [variable('weights', [width, count]), variable('bias', [count])];
  // [n] 1 / (examples to learn from) of those, 0 of the ones held out; and half of the same, for the weights
  const [shares, ridge] = [variable('shares', [n]), variable('ridge', [])];
  const logits = op.Add(op.MatMul(x, weights), bias);
  const entropy = op.ReduceSum(op.Mul(crossEntropy(logits, labels), shares));
  const loss = op.Add(entropy, op.Mul(ridge, op.ReduceSum(op.Mul(weights, weights))));
  const parameters = [weights, bias];
  const [weightsSlope, biasSlope] = grad(loss, parameters) as [Tensor, Tensor];
  const learn = await runtime.load(
    encodeProgram({
      name: 'linear-probe',
      inputs: [x, labels, shares, ridge, ...parameters],
      outputs: { loss, weightsSlope, biasSlope },
    }),
  );
  const answer = await runtime.load(
    encodeProgram({
      name: 'linear-probe-answers',
      inputs: [x, labels, ...parameters],
      outputs: { wrong: classificationError(logits, labels) },
    }),
  );
  const values = standardised(codes, width);
  const resident = {
    codes: await runtime.upload({ type: 'float32', shape: [n, width], values }, true),
    classes: await runtime.upload({ type: 'int32', shape: [n], values: classes.slice() }, true),
  };
  const feeds = (at: Float64Array): { weights: HostTensor; bias: HostTensor } => ({
    weights: { type: 'float32', shape: [width, count], values: Float32Array.from(at.subarray(0, width * count)) },
    bias: { type: 'float32', shape: [count], values: Float32Array.from(at.subarray(width * count)) },
  });
  const steps = Math.floor(MOST_PRODUCTS / (n * width * count));
  const iterations = Math.min(Math.max(steps, LEAST_STEPS), MOST_STEPS);
  const right = new Float64Array(n);
  try {
    for (let held = 0; held < folds; held++) {
      const learners = fold.reduce((sum, value) => sum + (value === held ? 0 : 1), 0);
      const part = Float32Array.from(fold, (f) => (f === held ? 0 : 1 / learners));
      const kept = await runtime.upload({ type: 'float32', shape: [n], values: part }, true);
      const half: HostTensor = { type: 'float32', shape: [], values: Float32Array.of(0.5 / learners) };
      const evaluate = async (at: Float64Array): Promise<Evaluation> => {
        const { fetched } = await learn.run({ ...resident, shares: kept, ridge: half, ...feeds(at) });
        const gradient = new Float64Array(at.length);
        gradient.set(floatsOf(fetched.weightsSlope));
        gradient.set(floatsOf(fetched.biasSlope), width * count);
        return { value: itemAt(floatsOf(fetched.loss), 0), gradient };
      };
      const best = await minimise(new Float64Array((width + 1) * count), evaluate, { iterations });
      await runtime.free([kept]);
      const { fetched } = await answer.run({ ...resident, ...feeds(best) });
      for (const [i, wrong] of floatsOf(fetched.wrong).entries()) if (fold[i] === held) right[i] = 1 - wrong;
    }
  } finally {
    await runtime.free(Object.values(resident));
    await learn.release();
    await answer.release();
  }
  return right;
}
