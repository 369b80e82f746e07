import * as op from '../../../graph/ops/index.js';
import type { Tensor } from '../../../graph/tensor.js';
import type { GaussianCode } from '../../specification.js';
import type { CodeBuilder } from './code.js';

/** Beyond these the variance is no longer a useful number; exp stays finite. */
const LOG_VARIANCE = 10;

/**
 * KL(N(μ, σ²) ‖ N(0, 1)) of each dimension, ½ (μ² + σ² − 1 − log σ²), in nats (Kingma & Welling 2014, appendix B).
 *
 * @param mean [batch, width]
 * @param logVariance [batch, width]
 * @returns [batch, width]
 */
export function gaussianDivergence(mean: Tensor, logVariance: Tensor): Tensor {
  const squares = op.Add(op.Mul(mean, mean), op.Exp(logVariance));
  return op.Mul(op.Sub(op.Sub(squares, 1), logVariance), 0.5);
}

/**
 * q(z|x) = N(μ(x), σ²(x)), drawn from in training as μ + σ ε (Kingma & Welling 2014); the code that people get is μ. The
 * divergence is weighted by β (Higgins et al. 2017), which rises over the warm-up (Sønderby et al. 2016); up to
 * `freeBits` nats of each dimension's batch mean are free (Kingma et al. 2016, eq. 15). Divided by the input's size,
 * because the reconstruction is a mean per element: β = 1 is the bound on the likelihood.
 */
export const gaussianCode: CodeBuilder<GaussianCode> = ({ beta, warmup, freeBits }, { layer, context, inputSize }) => {
  const mean = layer('code', 'identity');
  const limit = (x: Tensor): Tensor => op.Min(op.Max(x, -LOG_VARIANCE), LOG_VARIANCE);
  const logVariance = limit(layer('log-variance', 'identity'));
  const noise = context.noise?.('code', mean.shape);
  const passed = noise ? op.Add(mean, op.Mul(op.Exp(op.Mul(logVariance, 0.5)), noise)) : mean;
  const perDimension = op.ReduceMean(gaussianDivergence(mean, logVariance), [0]);
  const charged = freeBits > 0 ? op.Max(perDimension, freeBits) : perDimension;
  const divergence = op.Mul(op.ReduceSum(charged), beta / inputSize);
  const risen = warmup > 0 && context.epoch ? op.Min(op.Div(context.epoch, warmup), 1) : undefined;
  return {
    code: mean,
    passed,
    terms: { divergence: risen ? op.Mul(divergence, risen) : divergence },
    updates: [],
    outputs: { 'log-variance': logVariance },
  };
};
