import type { Scaling } from '../data/scaling.js';
import { sizeOf } from '../graph/shape.js';
import type { Activation } from '../nn/activations.js';
import type { LossName } from '../nn/losses.js';

/** What the encoder sees in training instead of the clean example; the loss still compares with the clean one. */
export type Corruption = { readonly type: 'none' };

/** What the bottleneck is. */
export type Code = {
  readonly type: 'plain';
  /** Number of code values for an example. */
  readonly width: number;
  readonly activation: Activation;
};

/** What is added to the loss; none exists yet, and `never` says so to the compiler. */
export type Penalty = never;

/** What encoder and decoder are made of. */
export type Body = {
  readonly type: 'dense';
  /** Units of the encoder's hidden layers, from the input inwards; the code comes after them. */
  readonly encoder: readonly number[];
  /** Units of the decoder's hidden layers, from the code outwards, or "mirrored": the encoder's, reversed. */
  readonly decoder: 'mirrored' | readonly number[];
  /** Activation of the hidden layers. */
  readonly activation: Activation;
  /** Whether the decoder uses the encoder's weights, transposed; needs a mirrored decoder. */
  readonly tied: boolean;
};

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
    /** How raw values become those the network sees. */
    readonly scaling: Scaling;
  };
  readonly corruption: Corruption;
  readonly body: Body;
  readonly code: Code;
  readonly penalties: readonly Penalty[];
  readonly loss: LossName;
  /** Activation of the output; with bce it is always sigmoid, and the loss works on what goes into it. */
  readonly output: 'sigmoid' | 'identity';
}

/** The number of values in one example. */
export function inputSize(specification: Specification): number {
  return sizeOf(specification.input.shape);
}

/** Units of the decoder's hidden layers, from the code outwards. */
export function decoderUnits(body: Body): readonly number[] {
  return body.decoder === 'mirrored' ? [...body.encoder].reverse() : body.decoder;
}

/** What a person should know about a specification before it is trained, in plain words. */
export function specificationWarnings(specification: Specification): string[] {
  const size = inputSize(specification);
  const { width } = specification.code;
  if (width < size) return [];
  return [
    `the code (${width} values) is not narrower than the input (${size}): nothing is compressed, and without a penalty or corruption the network may just copy`,
  ];
}
