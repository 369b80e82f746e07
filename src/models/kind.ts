import type { Scaling } from '../data/scaling.js';
import { sizeOf } from '../graph/shape.js';
import { activationNames } from '../nn/activations.js';
import { lossNames } from '../nn/losses.js';
import type { Option, OptionValues } from './options.js';
import type { Specification } from './specification.js';

/** The options that every dense kind shares. */
export const bodyOptions = {
  code: {
    type: 'integer',
    default: undefined,
    minimum: 1,
    description:
      'width of the code: how many numbers are kept of an example (default: 32, or half of a narrower input)',
  },
  encoder: {
    type: 'integers',
    default: [],
    minimum: 1,
    description: 'units of the hidden layers between input and code, e.g. 128,64',
  },
  decoder: {
    type: 'integers',
    default: undefined,
    minimum: 1,
    description: 'units of the hidden layers between code and output (default: the encoder mirrored)',
  },
  activation: {
    type: 'choice',
    choices: activationNames,
    default: 'relu',
    description: 'activation of the hidden layers',
  },
  codeActivation: {
    type: 'choice',
    choices: activationNames,
    default: undefined,
    description: 'activation of the code (default: that of the hidden layers where there are none, else identity)',
  },
  loss: {
    type: 'choice',
    choices: lossNames,
    default: undefined,
    description: 'bce (for values in 0 … 1) or mse (default: bce for images, mse for tables)',
  },
  tied: {
    type: 'flag',
    default: false,
    description: "the decoder uses the encoder's weights, transposed",
  },
} as const satisfies Record<string, Option>;

/** What is known of the data when a specification is made. */
export interface InputDescription {
  /** Shape of one example. */
  readonly shape: readonly number[];
  /** Whether the first axis of an example is time. */
  readonly sequence?: boolean;
  readonly scaling: Scaling;
  /** Whether the scaled values lie in [0, 1]. */
  readonly bounded: boolean;
}

/** The width of a code that nobody asked for. */
export function defaultCodeWidth({ shape }: InputDescription): number {
  const size = sizeOf(shape);
  return Math.max(1, Math.min(32, Math.floor(size / 2)));
}

/**
 * A kind of autoencoder: a named setting of the four sockets. What it makes is a plain specification; nothing
 * downstream knows which kind made it.
 */
export interface Kind<Options extends Readonly<Record<string, Option>> = Readonly<Record<string, Option>>> {
  readonly name: string;
  /** One line for `gargalo kinds`. */
  readonly summary: string;
  /** Where it comes from. */
  readonly paper: string;
  readonly options: Options;
  /** Makes the specification from checked options. */
  specify(input: InputDescription, options: OptionValues<Options>): Specification;
}
