import { entryOf, itemAt } from '../core/collections.js';
import * as op from '../graph/ops/index.js';
import type { Tensor } from '../graph/tensor.js';
import { type Activation, activate } from '../nn/activations.js';
import { zeros } from '../nn/initializers.js';
import { meanBinaryCrossEntropy, squaredError } from '../nn/losses.js';
import type { Scope } from '../nn/scope.js';
import { bernoulli, type StepContext, stopGradient } from './context.js';
import type { ObjectivePass, Stage } from './objective.js';
import { decoderLayers, encoderLayers, type Layer, throughLayer, weightOf } from './sockets/body/dense.js';
import { corrupt } from './sockets/corruption.js';
import { l1Penalty, sparsityPenalty } from './sockets/penalty/activity.js';
import { type DenseBody, type Pretraining, penaltyOf, type Specification } from './specification.js';

/** A layer of the encoder with its counterpart in the decoder. */
interface Pair {
  readonly below: readonly Layer[];
  readonly layer: Layer;
  readonly back: Layer;
  /** Activation of what the pair rebuilds: that of the layer below, or of the output. */
  readonly target: Activation;
}

type Dense = Specification & { readonly body: DenseBody };

/** The activation that the outermost pair rebuilds; `specify` refuses a clipped output here. */
const outputActivation = ({ output }: Specification): Activation => (output === 'clipped' ? 'identity' : output);

function pairsOf(specification: Dense): Pair[] {
  const layers = encoderLayers(specification);
  const backs = decoderLayers(specification);
  return layers.map((layer, i) => ({
    below: layers.slice(0, i),
    layer,
    back: itemAt(backs, -1 - i),
    target: i === 0 ? outputActivation(specification) : itemAt(layers, i - 1).activation,
  }));
}

/** One training for each layer of a mirrored dense network, from the input inwards; none where none is asked for. */
export function layerStages(specification: Specification): Stage[] {
  const { pretraining, body } = specification;
  if (!pretraining || body.type !== 'dense') return [];
  const whole = { ...specification, body };
  const pairs = pairsOf(whole);
  return pairs.map((pair, i) => ({
    name: `layer ${i + 1} of ${pairs.length}`,
    epochs: pretraining.epochs,
    learningRate: pretraining.learningRate,
    trains: (parameter) => [pair.layer, pair.back].some(({ name }) => parameter.startsWith(`${name}/`)),
    objective: (scope, x, context) => {
      const input = pair.below.reduce((h, layer) => throughLayer(scope, layer, h), x);
      return pretraining.method === 'rbm'
        ? machinePass(pair, scope, input, context, pretraining)
        : layerPass(whole, pair, scope, input, context);
    },
  }));
}

/** The bias of a layer. */
function biasOf(scope: Scope, { name, units }: Layer): Tensor {
  return scope.within(name, (layer) => layer.parameter('bias', [units], zeros));
}

/** The weight that leads back, [units, inputs]: the layer's own transposed where weights are tied. */
function backWeight(specification: Dense, { layer, back }: Pair, scope: Scope): Tensor {
  return specification.body.tied ? op.Transpose(weightOf(scope, layer)) : weightOf(scope, back);
}

/** A layer as an autoencoder of its own, corrupted and penalised as the whole will be (Bengio 2007, Vincent 2010). */
function layerPass(
  specification: Dense,
  pair: Pair,
  scope: Scope,
  input: Tensor,
  { noise, sample }: StepContext,
): ObjectivePass {
  const { layer, back, target } = pair;
  const { corruption } = specification;
  const clipped = target === 'sigmoid';
  const noisy = corruption.type === 'gaussian' ? { ...corruption, clipped } : corruption;
  const seen = noise ? corrupt(noisy, input, noise) : input;
  const code = throughLayer(scope, layer, seen);
  const logits = op.Add(op.MatMul(code, backWeight(specification, pair, scope)), biasOf(scope, back));
  const output = activate(logits, target);
  const error = squaredError(output, input);
  const reconstruction =
    target === 'sigmoid' && (pair.below.length > 0 || specification.loss === 'bce')
      ? meanBinaryCrossEntropy(logits, input, sample)
      : op.Mul(op.ReduceMean(error), 1 / layer.inputs);
  const sparsity = penaltyOf(specification, 'sparsity');
  const l1 = penaltyOf(specification, 'l1');
  return {
    terms: {
      reconstruction,
      ...(sparsity && layer.activation === 'sigmoid' && sparsityPenalty(sparsity, { code }).terms),
      ...(l1 && l1Penalty(l1, { code }).terms),
    },
    auxiliary: {},
    updates: [],
    hidden: {},
    code,
    measures: () => ({ 'squared-error': error }),
  };
}

/**
 * A layer as a restricted Boltzmann machine, by k steps of contrastive divergence (Hinton 2002; Hinton & Salakhutdinov
 * 2006): the gradient is that of F(data) − F(samples) with the free energy F(v) = −b·v − Σ_j log(1 + e^(c + v W)_j), or
 * −b·v − ½ Σ_j (c + v W)_j² where the layer is linear with unit-variance normal units. The weight back is the same
 * weight, transposed. What is reported is the squared error per element of one step there and back.
 */
function machinePass(
  pair: Pair,
  scope: Scope,
  data: Tensor,
  { noise }: StepContext,
  { gibbsSteps }: Pretraining,
): ObjectivePass {
  const { layer, back } = pair;
  const weight = weightOf(scope, layer);
  const hiddenBias = biasOf(scope, layer);
  const visibleBias = biasOf(scope, back);
  const linear = layer.activation === 'identity';
  const toHidden = (v: Tensor): Tensor => op.Add(op.MatMul(v, weight), hiddenBias);
  const meanHidden = (v: Tensor): Tensor => (linear ? toHidden(v) : op.Sigmoid(toHidden(v)));
  const meanVisible = (h: Tensor): Tensor =>
    activate(
      op.Add(op.MatMul(h, op.Transpose(weight)), visibleBias),
      pair.target === 'identity' ? 'identity' : 'sigmoid',
    );
  const drawn = (v: Tensor, step: number): Tensor => {
    const mean = meanHidden(v);
    const normal = noise?.(`gibbs-${step}`, mean.shape);
    if (!normal) return mean;
    return linear ? op.Add(mean, normal) : bernoulli(mean, normal);
  };
  const once = meanVisible(drawn(data, 0));
  let negative = once;
  for (let step = 1; step < gibbsSteps; step++) negative = meanVisible(drawn(negative, step));
  negative = stopGradient(negative);

  // ∂F/∂θ needs no more than the mean hidden activities, so the energies themselves are never computed.
  const [batch] = data.shape;
  const slope = (v: Tensor, examples: number): { weight: Tensor; hidden: Tensor; visible: Tensor } => {
    const h = meanHidden(v);
    const mean = (x: Tensor): Tensor => op.Mul(op.ReduceSum(x, [0]), 1 / examples);
    return {
      weight: op.Mul(op.MatMul(op.Transpose(v), h), 1 / examples),
      hidden: mean(h),
      visible: mean(v),
    };
  };
  const error = squaredError(once, data);
  const value = op.Mul(op.ReduceMean(error), 1 / layer.inputs);
  const [positive, sampled] = typeof batch === 'number' ? [slope(data, batch), slope(negative, batch)] : [];
  const term =
    positive && sampled
      ? op.withGradient(value, [weight, hiddenBias, visibleBias], (g) => [
          op.Mul(op.Sub(sampled.weight, positive.weight), g),
          op.Mul(op.Sub(sampled.hidden, positive.hidden), g),
          op.Mul(op.Sub(sampled.visible, positive.visible), g),
        ])
      : value;
  return {
    terms: { reconstruction: term },
    auxiliary: {},
    updates: [],
    hidden: {},
    code: meanHidden(data),
    measures: () => ({ 'squared-error': error }),
  };
}

/** The weight of each encoder layer, transposed, by the name of its counterpart in the decoder. */
function transposedPairs(specification: Specification, weights: ReadonlyMap<string, Float32Array>) {
  const { body } = specification;
  if (body.type !== 'dense' || body.tied) return [];
  return pairsOf({ ...specification, body }).map(({ layer, back }) => {
    const forth = entryOf(weights, `${layer.name}/weight`);
    const turned = new Float32Array(forth.length);
    for (let i = 0; i < layer.inputs; i++) {
      for (let j = 0; j < layer.units; j++) turned[j * layer.inputs + i] = forth[i * layer.units + j] ?? Number.NaN;
    }
    return { layer: layer.name, back: `${back.name}/weight`, turned };
  });
}

/**
 * The start of the whole network where its layers were trained as machines: the decoder's weights are the encoder's,
 * transposed ("unrolled", Hinton & Salakhutdinov 2006).
 *
 * @param weights of the encoder, by name
 */
export function unrolled(
  specification: Specification,
  weights: ReadonlyMap<string, Float32Array>,
): Map<string, Float32Array> {
  const result = new Map(weights);
  if (specification.pretraining?.method !== 'rbm') return result;
  for (const { back, turned } of transposedPairs(specification, weights)) result.set(back, turned);
  return result;
}

/** How far each decoder weight is from its encoder weight transposed: ‖W′ − Wᵀ‖ / ‖W‖. */
export function mirroredWeights(
  specification: Specification,
  weights: ReadonlyMap<string, Float32Array>,
): { readonly layer: string; readonly distance: number }[] {
  return transposedPairs(specification, weights).map(({ layer, back, turned }) => {
    const own = entryOf(weights, back);
    let [difference, norm] = [0, 0];
    for (const [i, value] of turned.entries()) {
      difference += (itemAt(own, i) - value) ** 2;
      norm += value ** 2;
    }
    return { layer, distance: Math.sqrt(difference / Math.max(norm, Number.MIN_VALUE)) };
  });
}
