import { itemAt, zip } from '../core/collections.js';
import * as op from '../graph/ops/index.js';
import { type Dimension, shapeError, sideOf, staticSide } from '../graph/shape.js';
import type { Tensor } from '../graph/tensor.js';
import { glorotUniform, type Initializer, orthogonal, zeros } from './initializers.js';
import type { Scope } from './scope.js';

// Within this file a state is [units, batch] and a sequence of them [time · units, batch]: gates and steps then lie in one
// piece each, and taking them apart and together costs a copy instead of a walk over rows.

export interface RecurrentOptions {
  readonly units: number;
  /** The input is one vector, seen again at each of so many steps: a code that a decoder unfolds to a sequence. */
  readonly repeat?: number;
}

/** What a recurrent layer gives. Both may go into a loss, but each then costs a backward pass of its own. */
export interface RecurrentOutput {
  /** The hidden state after every step, [batch, time, units]. */
  readonly sequence: Tensor;
  /** The hidden state after the last step, [batch, units]. */
  readonly last: Tensor;
}

/**
 * A long short-term memory (Hochreiter & Schmidhuber 1997, with forget gate: Gers et al. 2000), unrolled over time, from
 * a state of zeros. With σ(z) = (i, f, o) and tanh(z) = g of z = x K + h R + b:
 *
 *   c ← f c + i g,  h ← o tanh(c)
 *
 * Parameters: `kernel` [features, 4·units], `recurrentKernel` [units, 4·units] (orthogonal) and `bias` [4·units]; the
 * columns of each are input, forget and output gate and then the candidate. The forget gate's bias starts at 1, so that
 * a new network remembers (Jozefowicz et al. 2015).
 *
 * @param x [batch, time, features], or [batch, features] with `repeat`
 */
export function lstm(scope: Scope, x: Tensor, options: RecurrentOptions): RecurrentOutput {
  const { units } = options;
  const forgetful: Initializer = (shape) => new Float32Array(sideOf(shape, 0)).fill(1, units, 2 * units);
  const inputs = projectInputs(scope, x, options, 4 * units, (width) => scope.parameter('bias', [width], forgetful));
  const recurrent = op.Transpose(scope.parameter('recurrentKernel', [units, 4 * units], orthogonal));
  const [toGates, toCandidate] = [part(recurrent, 0, 3 * units), part(recurrent, 3 * units, units)];

  const steps: LstmStep[] = [];
  for (let t = 0; t < inputs.time; t++) {
    const before = steps[t - 1];
    const z = (weight: Tensor, from: number, width: number): Tensor =>
      before ? op.Add(op.MatMul(weight, before.h), inputs.at(t, from, width)) : inputs.at(t, from, width);
    const gates = op.Sigmoid(z(toGates, 0, 3 * units));
    const candidate = op.Tanh(z(toCandidate, 3 * units, units));
    const [i, f, o] = [part(gates, 0, units), part(gates, units, units), part(gates, 2 * units, units)];
    const written = op.Mul(i, candidate);
    const c = before ? op.Add(op.Mul(f, before.c), written) : written;
    const bounded = op.Tanh(c);
    steps.push({ gates, candidate, f, c, bounded, h: op.Mul(o, bounded) });
  }
  return outputs(steps, inputs, [recurrent], (upstream) => lstmGradient(steps, recurrent, units, upstream));
}

interface LstmStep {
  /** Input, forget, output. */
  readonly gates: Tensor;
  readonly candidate: Tensor;
  readonly f: Tensor;
  readonly c: Tensor;
  /** tanh(c) */
  readonly bounded: Tensor;
  readonly h: Tensor;
}

/** A gradient with respect to hidden states, step by step; undefined where a state is not used. */
type Upstream = (step: number) => Tensor | undefined;

/**
 * Backpropagation through time by hand, because the one that `grad` would write adds a padded gradient for every slice. What
 * does not depend on later steps is computed for many steps at once: ∂z is a product of (∂c, ∂c, ∂h, ∂c) and known
 * factors, so few operators are left within the recurrence.
 */
function lstmGradient(
  steps: readonly LstmStep[],
  recurrent: Tensor,
  units: number,
  upstream: Upstream,
): [Tensor, ...Tensor[]] {
  const factors = inBlocks(steps, (block, first) => {
    const all = (pick: (step: LstmStep) => Tensor): Tensor => stack(block.map(pick));
    const gates = all((step) => step.gates);
    const [i, o] = [op.Slice(gates, 1, 0, units), op.Slice(gates, 1, 2 * units, 3 * units)];
    const candidate = all((step) => step.candidate);
    const bounded = all((step) => step.bounded);
    const before = stack(block.map((step, k) => steps[first + k - 1]?.c ?? nothingLike(step.c)));
    const gated = op.Mul(op.Concat([candidate, before, bounded], 1), op.Mul(gates, op.Sub(1, gates)));
    const proposed = op.Mul(i, op.Sub(1, op.Mul(candidate, candidate)));
    // the last is ∂h/∂c
    return [op.Concat([gated, proposed], 1), op.Mul(o, op.Sub(1, op.Mul(bounded, bounded)))];
  });

  const slopes: Tensor[] = [];
  const turned = op.Transpose(recurrent);
  let fromCell: Tensor | undefined;
  for (const [t, [{ f }, [toGates, toCell]]] of [...zip(steps, factors).entries()].reverse()) {
    const later = slopes[0];
    const dh = sum(later && op.MatMul(turned, later), upstream(t));
    const dc = sum(op.Mul(dh, toCell), fromCell);
    slopes.unshift(op.Mul(op.Concat([dc, dc, dh, dc], 0), toGates));
    fromCell = op.Mul(dc, f);
  }
  const dz = stack(slopes);
  return [dz, sumOfProducts(dz, shifted(steps))];
}

/**
 * A gated recurrent unit (Cho et al. 2014), unrolled over time, from a state of zeros. With the reset gate after the product,
 * as cuDNN, PyTorch and Keras have it: (z, r) = σ(x K + b + h R + b′) and
 *
 *   n = tanh(x Kₙ + bₙ + r (h Rₙ + b′ₙ)),  h ← (1 − z) n + z h
 *
 * Parameters: `kernel` [features, 3·units], `recurrentKernel` [units, 3·units] (orthogonal) and `bias` [2, 3·units], for
 * the input and the state; the columns of each are update gate, reset gate and candidate.
 *
 * @param x [batch, time, features], or [batch, features] with `repeat`
 */
export function gru(scope: Scope, x: Tensor, options: RecurrentOptions): RecurrentOutput {
  const { units } = options;
  const bias = scope.parameter('bias', [2, 3 * units], zeros);
  // The gates add both biases, so only the candidate's second one stays apart.
  const row = (k: number): Tensor => op.Reshape(part(bias, k, 1), [3 * units]);
  const [first, second] = [row(0), row(1)];
  const own = op.Reshape(part(second, 2 * units, units), [units, 1]);
  const inputs = projectInputs(scope, x, options, 3 * units, () =>
    op.Add(first, op.Pad(part(second, 0, 2 * units), 0, 0, units)),
  );
  const recurrent = op.Transpose(scope.parameter('recurrentKernel', [units, 3 * units], orthogonal));
  const [toGates, toCandidate] = [part(recurrent, 0, 2 * units), part(recurrent, 2 * units, units)];

  const steps: GruStep[] = [];
  for (let t = 0; t < inputs.time; t++) {
    const h = steps[t - 1]?.h;
    const forGates = inputs.at(t, 0, 2 * units);
    const gates = op.Sigmoid(h ? op.Add(op.MatMul(toGates, h), forGates) : forGates);
    const [z, r] = [part(gates, 0, units), part(gates, units, units)];
    const recalled = h ? op.Add(op.MatMul(toCandidate, h), own) : op.Add(nothingLike(z), own);
    const n = op.Tanh(op.Add(inputs.at(t, 2 * units, units), op.Mul(r, recalled)));
    const kept = op.Mul(z, h ? op.Sub(h, n) : op.Neg(n));
    steps.push({ gates, z, recalled, n, h: op.Add(n, kept) });
  }
  return outputs(steps, inputs, [recurrent, own], (upstream) => gruGradient(steps, recurrent, units, upstream));
}

interface GruStep {
  /** Update, reset. */
  readonly gates: Tensor;
  readonly z: Tensor;
  /** h Rₙ + b′ₙ */
  readonly recalled: Tensor;
  readonly n: Tensor;
  readonly h: Tensor;
}

/** See {@link lstmGradient}: every gradient of a step is ∂h times a factor that is known beforehand. */
function gruGradient(
  steps: readonly GruStep[],
  recurrent: Tensor,
  units: number,
  upstream: Upstream,
): [Tensor, ...Tensor[]] {
  const factors = inBlocks(steps, (block, first) => {
    const all = (pick: (step: GruStep) => Tensor): Tensor => stack(block.map(pick));
    const gates = all((step) => step.gates);
    const [z, r] = [op.Slice(gates, 1, 0, units), op.Slice(gates, 1, units, 2 * units)];
    const [n, recalled] = [all((step) => step.n), all((step) => step.recalled)];
    const before = stack(block.map((step, k) => steps[first + k - 1]?.h ?? nothingLike(step.h)));
    const toCandidate = op.Mul(op.Sub(1, z), op.Sub(1, op.Mul(n, n)));
    const toUpdate = op.Mul(op.Sub(before, n), op.Mul(z, op.Sub(1, z)));
    const toRecalled = op.Mul(toCandidate, r);
    const toReset = op.Mul(op.Mul(toRecalled, recalled), op.Sub(1, r));
    return [op.Concat([toUpdate, toReset, toRecalled], 1), toCandidate];
  });

  const [slopes, candidates]: [Tensor[], Tensor[]] = [[], []];
  // what the state of the step before gets without a product
  let kept: Tensor | undefined;
  const turned = op.Transpose(recurrent);
  for (const [t, [{ z }, [toProducts, toCandidate]]] of [...zip(steps, factors).entries()].reverse()) {
    const later = slopes[0];
    const dh = sum(later && op.MatMul(turned, later), kept, upstream(t));
    slopes.unshift(op.Mul(op.Concat([dh, dh, dh], 0), toProducts));
    candidates.unshift(op.Mul(dh, toCandidate));
    kept = op.Mul(dh, z);
  }
  const products = stack(slopes);
  const ofInputs = [op.Slice(products, 1, 0, 2 * units), stack(candidates)];
  const ofOwn = op.ReduceSum(op.Slice(products, 1, 2 * units, 3 * units), [0, 2]);
  return [op.Concat(ofInputs, 1), sumOfProducts(products, shifted(steps)), op.Reshape(ofOwn, [units, 1])];
}

/** x K + b of all steps. */
interface Inputs {
  readonly time: number;
  /** [time · width, batch], or [width, batch] where it is the same at each step. */
  readonly projected: Tensor;
  /** Some rows of a step's. */
  readonly at: (step: number, from: number, count: number) => Tensor;
}

const isCount = (side: Dimension | undefined): side is number => Number.isInteger(side) && Number(side) > 0;

/** Checks the input and makes the product with it for all steps at once. */
function projectInputs(
  scope: Scope,
  x: Tensor,
  { units, repeat }: RecurrentOptions,
  width: number,
  makeBias: (width: number) => Tensor,
): Inputs {
  const [rank, wanted] = repeat === undefined ? [3, '[batch, time, features]'] : [2, '[batch, features]'];
  const time = repeat ?? x.shape[1];
  const features = x.shape[x.shape.length - 1];
  if (x.shape.length !== rank || !isCount(units) || !isCount(time) || !isCount(features)) {
    throw shapeError('recurrent layer', `expected ${wanted}`, x.shape);
  }
  const kernel = scope.parameter('kernel', [features, width], glorotUniform);
  // The bias is one more row of the kernel, for an input that is always 1: adding it would be a pass over all steps.
  const weight = op.Transpose(op.Concat([kernel, op.Reshape(makeBias(width), [1, width])], 0));
  const turned = op.Transpose(x, repeat === undefined ? [1, 2, 0] : [1, 0]);
  const axis = turned.shape.length - 2;
  const ones = op.Add(nothingLike(op.Slice(turned, axis, 0, 1)), 1);
  const product = op.MatMul(weight, op.Concat([turned, ones], axis));
  const projected = rows(product);
  const stride = repeat === undefined ? width : 0;
  return { time, projected, at: (step, from, count) => part(projected, step * stride + from, count) };
}

/** States as outputs with a gradient by hand: `gradient` gives those of the projected input and of `parameters`. */
function outputs(
  steps: readonly { readonly h: Tensor }[],
  { projected }: Inputs,
  parameters: readonly Tensor[],
  gradient: (upstream: Upstream) => readonly [Tensor, ...Tensor[]],
): RecurrentOutput {
  const time = steps.length;
  const states = steps.map((step) => step.h);
  const final = itemAt(states, -1);
  const [units, batch] = [staticSide(final.shape, 0), sideOf(final.shape, 1)];
  const from = [projected, ...parameters];
  const rule = (upstream: Upstream): Tensor[] => {
    const [slopes, ...others] = gradient(upstream);
    const isRepeated = projected.shape[0] === slopes.shape[1];
    return [isRepeated ? op.ReduceSum(slopes, [0]) : rows(slopes), ...others];
  };
  const sequence = op.withGradient(op.Concat(states, 0), from, (g) => rule((t) => part(g, t * units, units)));
  const last = op.withGradient(final, from, (g) => rule((t) => (t === time - 1 ? g : undefined)));
  return { sequence: op.Reshape(op.Transpose(sequence), [batch, time, units]), last: op.Transpose(last) };
}

/** `count` rows of the first axis. */
function part(x: Tensor, from: number, count: number): Tensor {
  return op.Slice(x, 0, from, from + count);
}

/** [width, batch] of every step to [time, width, batch]. */
function stack(parts: readonly Tensor[]): Tensor {
  return op.Reshape(op.Concat(parts, 0), [parts.length, ...itemAt(parts, 0).shape]);
}

/** So many steps at once save operators; more would not stay in a core's cache. */
const BLOCK = 4;

/**
 * Computes for blocks of steps at once, and hands out step by step.
 *
 * @param compute from some steps, the first of a number, to two tensors [steps, width, batch]
 * @returns for each step its part of each tensor, [width, batch]
 */
function inBlocks<Step>(
  steps: readonly Step[],
  compute: (block: readonly Step[], first: number) => readonly [Tensor, Tensor],
): (readonly [Tensor, Tensor])[] {
  const parts: (readonly [Tensor, Tensor])[] = [];
  for (let first = 0; first < steps.length; first += BLOCK) {
    const block = steps.slice(first, first + BLOCK);
    const [left, right] = compute(block, first);
    const [flatLeft, flatRight] = [rows(left), rows(right)];
    const partOf = (flat: Tensor, width: number, k: number): Tensor => part(flat, k * width, width);
    for (const k of block.keys()) {
      parts.push([partOf(flatLeft, staticSide(left.shape, 1), k), partOf(flatRight, staticSide(right.shape, 1), k)]);
    }
  }
  return parts;
}

/** [time, width, batch] to [time · width, batch]. */
function rows(x: Tensor): Tensor {
  const time = x.shape.length === 3 ? staticSide(x.shape, 0) : 1;
  return op.Reshape(x, [time * staticSide(x.shape, -2), sideOf(x.shape, -1)]);
}

/** The states before each step, [time, units, batch]. */
function shifted(steps: readonly { readonly h: Tensor }[]): Tensor {
  return stack([nothingLike(itemAt(steps, 0).h), ...steps.slice(0, -1).map((step) => step.h)]);
}

/** Σ a bᵀ over time and batch, of [time, m, batch] and [time, n, batch]. */
function sumOfProducts(a: Tensor, b: Tensor): Tensor {
  return op.ReduceSum(op.MatMul(a, op.Transpose(b, [0, 2, 1])), [0]);
}

function nothingLike(x: Tensor): Tensor {
  return op.Mul(x, 0);
}

/** The sum of those that are there: one at least. */
function sum(first: Tensor | undefined, ...others: (Tensor | undefined)[]): Tensor {
  const rest = others.filter((term) => term !== undefined);
  const [last] = rest.slice(-1);
  if (!last) return itemAt(first ? [first] : [], 0);
  // from the right, as a product that comes last is added to a sum that is known before it
  const tail = rest.slice(0, -1).reduceRight((total, term) => op.Add(term, total), last);
  return first ? op.Add(first, tail) : tail;
}
