import type { PictureForm } from '../data/dataset.js';
import type { Scaling } from '../data/scaling.js';
import type { TableRoles, TableSchema } from '../data/table/schema.js';
import { sizeOf } from '../graph/shape.js';
import type { Activation } from '../nn/activations.js';
import type { LossName } from '../nn/losses.js';

/**
 * What the encoder sees in training instead of the clean example; the loss still compares with the clean one (Vincent
 * et al. 2008, 2010). Amounts are in scaled units.
 */
export type Corruption =
  | { readonly type: 'none' }
  /**
   * Normal noise added; `clipped` to 0 … 1 afterwards, where the data are bounded so. With a `span` each example gets noise of
   * a size of its own, from deviation / span to deviation, evenly on a logarithmic scale.
   */
  | { readonly type: 'gaussian'; readonly deviation: number; readonly clipped: boolean; readonly span?: number }
  /** Each value becomes 0 with that probability. */
  | { readonly type: 'masking'; readonly probability: number }
  /** Each value becomes 0 or 1, half and half, with that probability. */
  | { readonly type: 'salt-and-pepper'; readonly probability: number };

/** A code as it comes. */
export interface PlainCode {
  readonly type: 'plain';
  /** Number of code values for an example. */
  readonly width: number;
  readonly activation: Activation;
}

/** Only the k largest values of each example's code are kept, the others become 0 (Makhzani & Frey 2013). */
export interface TopKCode {
  readonly type: 'top-k';
  readonly width: number;
  readonly activation: Activation;
  /** How many values are kept. */
  readonly active: number;
}

/** A normal distribution for each example; training draws from it (Kingma & Welling 2014). */
export interface GaussianCode {
  readonly type: 'gaussian';
  readonly width: number;
  /** Weight of the divergence from the prior N(0, I); 1 is the variational bound (Higgins et al. 2017). */
  readonly beta: number;
  /** Epochs over which that weight rises from 0 (Sønderby et al. 2016). */
  readonly warmup: number;
  /** Nats that each dimension may use without being charged (Kingma et al. 2016). */
  readonly freeBits: number;
}

/** Numbers that are going to be rounded, and entropy-coded: what they take is charged (Ballé et al. 2017). */
export interface QuantizedCode {
  readonly type: 'quantized';
  readonly width: number;
  /** Squared error in scaled units, or nats of bce, that a bit is worth; both summed over an example. */
  readonly rate: number;
}

/** Each part of the code is the nearest of K learned vectors (van den Oord et al. 2017). */
export interface VectorQuantizedCode {
  readonly type: 'vector-quantized';
  /** `vectors` times the length of one. */
  readonly width: number;
  /** Vectors for an example. */
  readonly vectors: number;
  /** K, the number of entries in the codebook. */
  readonly entries: number;
  /** Weight of the term that keeps the encoder near the entries. */
  readonly commitment: number;
  /** How much of the entries' running means stays at each step. */
  readonly decay: number;
}

/** What the bottleneck is. */
export type Code = PlainCode | TopKCode | GaussianCode | QuantizedCode | VectorQuantizedCode;

/** What is added to the loss, times its weight. The loss is a mean per element; each penalty says what it is. */
export type Penalty =
  /** Σ|z| of a code, mean over the examples. */
  | { readonly type: 'l1'; readonly weight: number }
  /** Σ_j KL(target ‖ mean activity of code unit j over the batch) (Ng, UFLDL). */
  | { readonly type: 'sparsity'; readonly weight: number; readonly target: number }
  /**
   * ‖∂z/∂x‖²_F, mean over the examples (Rifai et al. 2011): exact, or its unbiased estimate by that many random
   * projections.
   */
  | { readonly type: 'contractive'; readonly weight: number; readonly projections: number | 'exact' }
  /** Σ W² over all weights, without biases. */
  | { readonly type: 'l2'; readonly weight: number }
  /** ‖Wᵀ W − I‖²_F of the weight that leads into the code. */
  | { readonly type: 'orthogonality'; readonly weight: number }
  /** How well a discriminator with these hidden units tells codes from the prior N(0, I) (Makhzani et al. 2015). */
  | { readonly type: 'adversarial'; readonly weight: number; readonly discriminator: readonly number[] };

/** Fully connected layers. */
export interface DenseBody {
  readonly type: 'dense';
  /** Units of the encoder's hidden layers, from the input inwards; the code comes after them. */
  readonly encoder: readonly number[];
  /** Units of the decoder's hidden layers, from the code outwards, or "mirrored": the encoder's, reversed. */
  readonly decoder: 'mirrored' | readonly number[];
  /** Activation of the hidden layers. */
  readonly activation: Activation;
  /** Whether the decoder uses the encoder's weights, transposed; needs a mirrored decoder. */
  readonly tied: boolean;
}

/** Convolutions that each halve the sides, then dense layers; and the way back. */
export interface ConvolutionalBody {
  readonly type: 'convolutional';
  /**
   * Side of the patches that the first layer reads, without overlap (Dosovitskiy et al. 2021), and that the last layer writes.
   * That layer has the first of the filters, and does not halve. Absent: the first layer is a convolution like the others.
   */
  readonly stem?: number;
  /** Filters of the encoder's convolutions; each is followed by halving (rounded up). The decoder's are the reverse. */
  readonly filters: readonly number[];
  /** Side of the kernels. */
  readonly kernel: number;
  readonly downsampling: 'max-pool' | 'average-pool' | 'stride';
  readonly upsampling: 'nearest' | 'transposed';
  /** Units of dense layers between the last convolution and the code. */
  readonly encoder: readonly number[];
  /** The same between the code and the decoder's first convolution. */
  readonly decoder: 'mirrored' | readonly number[];
  /** Activation of all of them. */
  readonly activation: Activation;
  /** Whether a dense layer makes the code; if not, what the last convolution gives is the code. */
  readonly codeLayer: boolean;
}

/** Sequence to sequence: the last state is the code, and the decoder sees it at every step (Srivastava et al. 2015). */
export interface RecurrentBody {
  readonly type: 'recurrent';
  readonly cell: 'lstm' | 'gru';
  /** Units of the encoder's cells, from the input inwards; where there is no code layer, one more makes the code. */
  readonly encoder: readonly number[];
  /** Units of the decoder's cells. */
  readonly decoder: 'mirrored' | readonly number[];
  /** Whether a dense layer makes the code of the last state. */
  readonly codeLayer: boolean;
}

/** What encoder and decoder are made of. */
export type Body = DenseBody | ConvolutionalBody | RecurrentBody;

/** Training the layers one by one before the whole network. */
export interface Pretraining {
  /** Each as an autoencoder (Bengio et al. 2007) or as a restricted Boltzmann machine (Hinton & Salakhutdinov 2006). */
  readonly method: 'autoencoder' | 'rbm';
  /** Epochs for each layer. */
  readonly epochs: number;
  readonly learningRate: number;
  /** Steps of Gibbs sampling, the k of CD-k. */
  readonly gibbsSteps: number;
}

/**
 * An autoencoder as plain data: JSON in, JSON out. Everything else (graphs, parameters, file) follows from it and the
 * weights.
 */
export interface Specification {
  /** The kind it was made by; for people, nothing depends on it. */
  readonly kind: string;
  readonly input: {
    /** Shape of one example. */
    readonly shape: readonly number[];
    /** Whether the first axis of an example is time: it is a window of a series. */
    readonly sequence?: boolean;
    /** The names of a table's columns, where it has names; of a window, those of the values at a time step. */
    readonly columns?: readonly string[];
    /** How the columns of a table become features, where more is done than taking numbers as they are. */
    readonly table?: TableSchema;
    /** The columns of the table that are no features, and how its rows are taken for a series. */
    readonly roles?: TableRoles;
    /** How files of images become examples. */
    readonly picture?: PictureForm;
    /** How raw values become those the network sees. */
    readonly scaling: Scaling;
  };
  readonly corruption: Corruption;
  readonly body: Body;
  readonly code: Code;
  readonly penalties: readonly Penalty[];
  readonly loss: LossName;
  /** The part of each batch, the examples with the largest errors, that the reconstruction's loss leaves out; none by default. */
  readonly trim?: number;
  /**
   * Activation of the output; with bce it is always sigmoid, and the loss works on what goes into it. `clipped`: limited to
   * 0 … 1, where the gradient is that of the clipped error with respect to what was clipped, so that no output gets stuck.
   */
  readonly output: 'sigmoid' | 'identity' | 'clipped';
  readonly pretraining?: Pretraining;
  /**
   * A linear path beside the network, from the input to the code and from the code to the output, added to what encoder and
   * decoder give. Training starts it at the principal components, and the network beside it at zero: the whole is PCA then.
   */
  readonly linearPath?: true;
}

/** The number of values in one example. */
export function inputSize(specification: Pick<Specification, 'input'>): number {
  return sizeOf(specification.input.shape);
}

/** The penalty of a type, where there is one. */
export function penaltyOf<Type extends Penalty['type']>(
  specification: Pick<Specification, 'penalties'>,
  type: Type,
): Extract<Penalty, { type: Type }> | undefined {
  return specification.penalties.find((penalty): penalty is Extract<Penalty, { type: Type }> => penalty.type === type);
}

/** Whether the scaled values of a model's data lie in 0 … 1, as far as the model tells. */
export function isBounded({ output, input }: Specification): boolean {
  return output !== 'identity' || input.scaling.method === 'bytes' || input.scaling.method === 'min-max';
}

/** Units of the decoder's hidden layers, from the code outwards. */
export function decoderUnits(body: Body): readonly number[] {
  return body.decoder === 'mirrored' ? [...body.encoder].reverse() : body.decoder;
}

/** Whether something else than the width keeps the network from copying its input. */
function isRegularized({ corruption, code, penalties }: Specification): boolean {
  return corruption.type !== 'none' || code.type !== 'plain' || penalties.length > 0;
}

/** What a person should know about a specification before it is trained, in plain words. */
export function specificationWarnings(specification: Specification): string[] {
  const size = inputSize(specification);
  const { width } = specification.code;
  if (width < size || isRegularized(specification)) return [];
  return [
    `the code (${width} values) is not narrower than the input (${size}): nothing is compressed, and without a penalty or corruption the network may just copy`,
  ];
}
