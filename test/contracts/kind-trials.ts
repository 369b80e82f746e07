// What each kind is tried on and with: the contract of kinds and the test in the browser go through it.
import type { InputDescription, SocketValues } from '../../src/models/kind.js';
import { activationNames } from '../../src/nn/activations.js';
import { lossNames } from '../../src/nn/losses.js';
import type { FitOptions } from '../../src/train/fit.js';
import { spots, table, waves } from '../tiny.js';

const imageLike: InputDescription = {
  shape: [28, 28],
  scaling: { method: 'bytes', offset: [0], scale: [1 / 255] },
  bounded: true,
};
const tableLike: InputDescription = {
  shape: [5],
  scaling: { method: 'standard', offset: [1, 2, 3, 0.1, -1e-9], scale: [1, 1 / 3, 1e9, 4, 5] },
  bounded: false,
};
const columnLike: InputDescription = {
  ...tableLike,
  shape: [1],
  scaling: { method: 'none', offset: [0], scale: [1] },
};
const seriesLike: InputDescription = {
  shape: [12, 2],
  sequence: true,
  scaling: { method: 'standard', offset: [1, -2], scale: [3, 1] },
  bounded: false,
};

/** What a kind is tried on. */
export const forms = {
  images: { data: spots(60), inputs: [imageLike] },
  tables: { data: table(60), inputs: [tableLike, columnLike] },
  windows: { data: waves(60), inputs: [seriesLike] },
} as const;
type Form = keyof typeof forms;

/** How a kind is tried. */
interface Trial {
  /** The data that it takes, those for its gradients first. */
  readonly forms: readonly [Form, ...Form[]];
  /** Settings small enough to train in moments. */
  readonly small: FitOptions;
  /** Settings whose gradients are compared with differences. */
  readonly variants: readonly SocketValues[];
  /** The parameters whose gradient is by intent not that of the loss, which tests beside the file compare. */
  readonly substituted?: RegExp;
}

const dense = ['tables', 'images'] as const;
export const trials: Readonly<Record<string, Trial>> = {
  basic: {
    forms: dense,
    small: {},
    variants: [
      {},
      ...activationNames.map((activation) => ({ activation })),
      ...activationNames.map((activation) => ({ activation, encoder: [4] })),
      ...lossNames.map((loss) => ({ loss, encoder: [5, 4], activation: 'sigmoid' as const })),
      ...lossNames.map((loss) => ({ loss, encoder: [5], decoder: [3, 4], activation: 'gelu' as const })),
      { encoder: [5], decoder: [], activation: 'tanh' },
      { tied: true },
      { tied: true, encoder: [5, 4], activation: 'tanh', codeActivation: 'softplus' },
      { codeActivation: 'sigmoid', encoder: [3] },
      { orthogonality: 0.5, l2: 0.1 },
      // whatever goes together, at once
      {
        ...{ corruption: 'masking', noise: 0.4, bottleneck: 'gaussian', encoder: [4], tied: true, activation: 'tanh' },
        ...{ l1: 0.1, contractive: 0.1, l2: 0.1, orthogonality: 0.1, adversarial: 0.3, discriminator: [3] },
      },
      { bottleneck: 'quantized', rate: 0.3, encoder: [4], activation: 'tanh', l2: 0.1 },
      {
        ...{ corruption: 'gaussian', bottleneck: 'top-k', code: 4, active: 2, encoder: [4], activation: 'sigmoid' },
        ...{ l1: 0.1, contractive: 0.1, projections: 2, l2: 0.1, adversarial: 0.3, discriminator: [] },
      },
    ],
  },
  linear: { forms: dense, small: {}, variants: [{}, { tied: true }, { encoder: [4], orthogonality: 0.1 }] },
  deep: {
    forms: dense,
    small: { encoder: [8, 4] },
    variants: [
      { encoder: [5, 4] },
      { encoder: [5, 4, 3], activation: 'elu', tied: true },
      { encoder: [4], pretraining: 'rbm', activation: 'sigmoid' },
    ],
  },
  denoising: {
    forms: dense,
    small: { noise: 0.2 },
    variants: [
      {},
      { corruption: 'gaussian', noise: 2 },
      { corruption: 'masking', encoder: [4], activation: 'tanh' },
      { corruption: 'masking', noise: 0.9, tied: true },
    ],
  },
  detecting: {
    forms: dense,
    // along a cosine to another end, a training that is stopped goes another way
    small: { encoder: [8], schedule: 'constant' },
    variants: [
      { encoder: [4] },
      { encoder: [5, 4], noise: 0.7, noiseSpan: 3, activation: 'gelu', trim: 0.2 },
      { encoder: [4], loss: 'bce', trim: 0.1 },
    ],
  },
  sparse: {
    forms: dense,
    small: { code: 4, sparsity: 0.2 },
    variants: [
      {},
      { sparsity: 0.3, sparsityWeight: 2, code: 8 },
      { l1: 0.1 },
      { l1: 0.1, sparsity: 0.1, encoder: [4], activation: 'gelu', codeActivation: 'sigmoid' },
      { active: 2, code: 5 },
      { active: 1, code: 3, codeActivation: 'relu', encoder: [4] },
    ],
  },
  contractive: {
    forms: dense,
    small: { contractive: 1e-3 },
    variants: [
      { contractive: 0.5 },
      ...activationNames.flatMap((activation) => [
        { contractive: 0.5, activation, codeActivation: activation },
        { contractive: 0.5, activation, encoder: [4] },
      ]),
      { contractive: 0.5, projections: 3, encoder: [4, 3], activation: 'tanh' },
      { contractive: 0.5, tied: true, corruption: 'gaussian' },
    ],
  },
  convolutional: {
    forms: ['images'],
    small: { filters: [3], activation: 'tanh' },
    variants: [
      { filters: [2, 3], activation: 'tanh' },
      { filters: [2], activation: 'sigmoid', downsampling: 'max-pool', upsampling: 'nearest', encoder: [4] },
      { filters: [2], activation: 'softplus', downsampling: 'average-pool', kernel: 4 },
      { filters: [2], activation: 'tanh', contractive: 0.1 },
      { filters: [2, 2], activation: 'tanh', codeLayer: 'none', code: undefined, l2: 0.1 },
      { filters: [2], activation: 'tanh', bottleneck: 'gaussian', corruption: 'gaussian' },
      { stem: 2, filters: [3], activation: 'tanh' },
      { stem: 3, filters: [2, 3], kernel: 2, activation: 'softplus', upsampling: 'nearest', encoder: [4] },
      { stem: 2, filters: [2, 2], kernel: 1, activation: 'tanh', contractive: 0.1 },
    ],
  },
  recurrent: {
    forms: ['windows'],
    small: {},
    variants: [
      {},
      { cell: 'gru' },
      { encoder: [3], cell: 'gru', codeLayer: 'dense' },
      { encoder: [3], decoder: [4, 3], l2: 1e-3 },
      { contractive: 0.1 },
      { contractive: 0.1, cell: 'gru', projections: 1 },
      { codeLayer: 'dense', encoder: [3], bottleneck: 'gaussian', corruption: 'gaussian' },
    ],
  },
  variational: {
    forms: dense,
    small: { encoder: [8], beta: 0.1 },
    variants: [
      { encoder: [4] },
      { encoder: [], beta: 4, klWarmup: 3 },
      { encoder: [4], activation: 'tanh', tied: true, freeBits: 0.3 },
      { encoder: [4], corruption: 'masking', l1: 0.1, adversarial: 0.1, discriminator: [3], activation: 'tanh' },
    ],
  },
  'vector-quantized': {
    forms: dense,
    small: { encoder: [8], entries: 8, decay: 0.9 },
    variants: [
      { encoder: [4], entries: 4 },
      { encoder: [4], code: 6, vectors: 3, entries: 3, tied: true, l2: 0.1 },
    ],
    substituted: /^encoder/,
  },
  adversarial: {
    forms: dense,
    small: { encoder: [8], discriminator: [8] },
    variants: [
      { encoder: [4], discriminator: [4, 3], adversarial: 0.5 },
      { encoder: [], discriminator: [], adversarial: 2, corruption: 'gaussian' },
    ],
  },
};
