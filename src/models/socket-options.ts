import { activationNames } from '../nn/activations.js';
import { lossNames } from '../nn/losses.js';
import { choice, flag, integer, integers, number, type Option } from './options.js';

/** Units of a layer, values of a code: more have no weights that a model file can hold, 2 GB. */
const MOST_UNITS = 1_000_000;
/** Repetitions that become as many parts of a graph. */
const MOST_REPEATED = 1000;

/** What encoder and decoder are made of. */
export const bodyOptions = {
  body: choice(
    { choices: ['dense', 'convolutional', 'recurrent'], default: 'dense' },
    'what encoder and decoder are made of: dense layers, convolutions (images) or recurrent cells (windows of a series)',
  ),
  encoder: integers(
    { default: [], byRecipe: true, minimum: 1, maximum: MOST_UNITS },
    'units of the hidden layers between input and code, e.g. 128,64; after the convolutions of a convolutional body; the cells of a recurrent one',
  ),
  decoder: integers(
    { minimum: 1, maximum: MOST_UNITS },
    'units of the hidden layers between code and output (default: the encoder mirrored)',
  ),
  activation: choice({ choices: activationNames, default: 'relu' }, 'activation of the hidden layers'),
  tied: flag({ default: false }, "the decoder uses the encoder's weights, transposed (dense body)"),
  filters: integers(
    { minimum: 1, maximum: MOST_UNITS },
    'filters of the convolutions, each of which halves the sides of the image; with a stem the first are those of its patches (default: by the size of the images, 16,32 without a stem)',
  ),
  stem: integer(
    { minimum: 1, maximum: MOST_REPEATED },
    'side of the patches that the first convolution reads without overlap and the last one writes: 1 for none (default: 4 where the filters are not given either, the code has a dense layer, and the images have 16 pixels or more each way; else 1)',
  ),
  kernel: integer({ default: 3, minimum: 1, maximum: MOST_REPEATED }, 'side of the convolution kernels, in pixels'),
  downsampling: choice(
    { choices: ['stride', 'max-pool', 'average-pool'], default: 'stride' },
    'how a convolution halves the sides',
  ),
  upsampling: choice(
    { choices: ['transposed', 'nearest'], default: 'transposed' },
    'how the decoder doubles them: transposed convolutions, or repeated pixels and convolutions',
  ),
  codeLayer: choice(
    { choices: ['dense', 'none'], byRecipe: true, usually: 'dense, for recurrent none' },
    'what makes the code: a dense layer, or none: the last feature map or the last state is the code',
  ),
  cell: choice({ choices: ['lstm', 'gru'], default: 'lstm' }, 'the cells of a recurrent body'),
  loss: choice(
    { choices: lossNames, byRecipe: true, usually: 'bce for images, mse for tables' },
    'what is minimised: bce (for values in 0 … 1) or mse',
  ),
  output: choice(
    {
      choices: ['sigmoid', 'identity', 'clipped'],
      byRecipe: true,
      usually: 'sigmoid for values in 0 … 1, else identity',
    },
    'activation of the output; clipped: limited to 0 … 1',
  ),
  start: choice(
    { choices: ['random', 'pca'], byRecipe: true, usually: 'random' },
    'where training starts: random weights, or pca: a linear path beside the network begins as PCA of the same width, and the network adds to it (needs hidden layers, a code layer without activation, and an output of identity or clipped)',
  ),
} as const satisfies Record<string, Option>;

/** What the bottleneck is. */
export const codeOptions = {
  code: integer(
    { minimum: 1, maximum: MOST_UNITS },
    'width of the code: how many numbers are kept of an example (default: 32, or half of a narrower input)',
  ),
  codeActivation: choice(
    { choices: activationNames },
    'activation of the code (default: that of the hidden layers where there are none, else identity)',
  ),
  bottleneck: choice(
    { choices: ['plain', 'top-k', 'gaussian', 'quantized', 'vector-quantized'], default: 'plain' },
    'what the code is: plain numbers, the k largest of them, a distribution, numbers made to be rounded (for gargalo compress), or entries of a codebook',
  ),
  active: integer(
    { minimum: 1, maximum: MOST_UNITS },
    'code values kept of an example by top-k (default: an eighth of the code)',
  ),
  beta: number(
    { default: 1, minimum: 0 },
    'weight of the divergence from the prior of a gaussian code; 1 is the variational bound',
  ),
  klWarmup: number({ default: 0, minimum: 0 }, 'epochs over which that weight rises from 0'),
  freeBits: number(
    { default: 0, minimum: 0 },
    'divergence that each dimension of a gaussian code has free of charge, in nats',
  ),
  rate: number(
    { default: 0.05, minimum: 0 },
    'error that a bit of a quantized code is worth, summed over an example in scaled units: more makes smaller files, e.g. 0.02 … 0.2',
  ),
  entries: integer(
    { default: 512, minimum: 2, maximum: MOST_UNITS },
    'entries of the codebook of a vector-quantized code',
  ),
  vectors: integer(
    { minimum: 1, maximum: MOST_UNITS },
    'codebook vectors that make one code (default: one for each place of a feature map, else one for four code values)',
  ),
  commitment: number(
    { default: 0.25, minimum: 0 },
    'weight of the term that keeps a vector-quantized encoder near its codebook',
  ),
  decay: number(
    { default: 0.99, minimum: 0, maximum: 0.99999 },
    'how much of the running means behind the codebook stays at each step',
  ),
} as const satisfies Record<string, Option>;

/** What the encoder sees in training. */
export const corruptionOptions = {
  corruption: choice(
    { choices: ['none', 'gaussian', 'masking', 'salt-and-pepper'] },
    'what is done to examples before the encoder sees them in training (default: none; gaussian with noise)',
  ),
  noise: number(
    { minimum: 0 },
    'how much: standard deviation of gaussian noise in scaled units, or the probability of masking and salt-and-pepper (default: 0.5, with a span 2 where values are not bound to 0 … 1; 0.3)',
  ),
  noiseSpan: number(
    { minimum: 1, exclusive: true },
    'gaussian noise of many sizes: each example gets its own, from noise / span to noise, evenly on a logarithmic scale (default: all alike)',
  ),
} as const satisfies Record<string, Option>;

/** What is added to the loss, which is a mean per element. */
export const penaltyOptions = {
  trim: number(
    { default: 0, minimum: 0, maximum: 0.5 },
    'part of each batch, the examples with the largest errors, that is left out of the loss: for data that hold some anomalies, e.g. 0.05',
  ),
  l1: number({ minimum: 0, exclusive: true }, 'weight of the sum of |code values| of an example, e.g. 1e-4'),
  sparsity: number(
    { minimum: 0, maximum: 1, exclusive: true },
    'target of the mean activity of each code unit, 0 … 1, by a divergence penalty; needs a sigmoid code',
  ),
  sparsityWeight: number(
    { default: 0.01, minimum: 0, exclusive: true },
    'weight of that divergence, summed over the code units',
  ),
  contractive: number({ minimum: 0, exclusive: true }, "weight of the squared norm of the code's Jacobian, e.g. 1e-3"),
  projections: integer(
    { minimum: 0, maximum: MOST_REPEATED },
    'random projections that estimate that norm; 0: exactly (default: exactly for codes of up to 8 values, else 1)',
  ),
  l2: number({ minimum: 0, exclusive: true }, 'weight of the sum of all squared weights, e.g. 1e-6'),
  orthogonality: number(
    { minimum: 0, exclusive: true },
    'weight of ‖WᵀW − I‖² of the weight that leads into the code, e.g. 1e-2',
  ),
  adversarial: number(
    { minimum: 0, exclusive: true },
    'weight of what a discriminator between codes and the prior N(0, I) says, e.g. 0.01',
  ),
  discriminator: integers(
    { default: [128, 128], minimum: 1, maximum: MOST_UNITS },
    'units of the hidden layers of that discriminator',
  ),
} as const satisfies Record<string, Option>;

/** Training layer by layer first. */
export const pretrainingOptions = {
  pretraining: choice(
    { choices: ['none', 'autoencoder', 'rbm'], default: 'none' },
    'train layer by layer before the whole: each as an autoencoder, or as a restricted Boltzmann machine by contrastive divergence',
  ),
  pretrainingEpochs: integer({ default: 10, minimum: 1 }, 'epochs for each layer'),
  pretrainingRate: number({ default: 1e-3, minimum: 0, exclusive: true }, 'learning rate of the layers'),
  gibbsSteps: integer({ default: 1, minimum: 1, maximum: MOST_REPEATED }, 'the k of contrastive divergence CD-k'),
} as const satisfies Record<string, Option>;

/** Everything that the sockets can be set to: a kind is these with other defaults. */
export const socketOptions = {
  ...codeOptions,
  ...bodyOptions,
  ...corruptionOptions,
  ...penaltyOptions,
  ...pretrainingOptions,
} as const satisfies Record<string, Option>;

/** The options of all kinds by name: each fills one of the four sockets of a specification, or a part of one. */
export type SocketOptions = typeof socketOptions;
