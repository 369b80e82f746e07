import type { Scaling } from '../data/scaling.js';
import type { TableSchema } from '../data/table/schema.js';
import type { SocketValues } from './generated/socket-values.js';
import { type CompleteOptionValues, completeOptions, type Option } from './options.js';
import { type SocketOptions, socketOptions } from './socket-options.js';
import type { Specification } from './specification.js';
import { specify } from './specify.js';

/** What is known of the data when a specification is made. */
export interface InputDescription {
  /** Shape of one example. */
  readonly shape: readonly number[];
  /** Whether its first axis is time. */
  readonly sequence?: boolean;
  /** How the columns of a table became features, where more was done than taking numbers as they are. */
  readonly table?: TableSchema;
  readonly scaling: Scaling;
  /** Whether the scaled values lie in [0, 1]. */
  readonly bounded: boolean;
}

export type { SocketValues };

/** What a kind is defined by. */
export interface KindDefinition {
  readonly name: string;
  /** One line for `gargalo kinds`. */
  readonly summary: string;
  /** What is minimised, as a formula in plain text. */
  readonly formula: string;
  /** Where it comes from. */
  readonly paper: string;
  /** The defaults that differ from those of the sockets. */
  readonly defaults: SocketValues;
  /** Defaults that depend on what was given. */
  readonly adjust?: (given: SocketValues) => SocketValues;
  /** How it is trained where nothing else is asked for. */
  readonly training?: {
    /** In words, for its documentation. */
    readonly summary: string;
    /** Options of training by name, for so many examples and the options that were given. */
    readonly defaults: (
      examples: number,
      given: Readonly<Record<string, unknown>>,
    ) => Readonly<Record<string, unknown>>;
  };
  /** Refuses, with a reason, what would make it another kind. */
  readonly check?: (specification: Specification) => void;
}

/**
 * A kind of autoencoder: a named setting of the four sockets. What it makes is a plain specification; nothing
 * downstream knows which kind made it.
 */
export interface Kind extends KindDefinition {
  /** All options, with the defaults of this kind. */
  readonly options: Readonly<Record<keyof SocketOptions, Option>>;
  /**
   * Makes the specification from options.
   *
   * @throws GargaloError `bad-input` naming the option that does not fit, and why
   */
  specify(input: InputDescription, given: SocketValues): Specification;
}

/** Completes a definition. */
export function defineKind<const Name extends string>(
  definition: KindDefinition & { readonly name: Name },
): Kind & { readonly name: Name } {
  const { name, defaults, adjust, check } = definition;
  const options = Object.fromEntries(
    Object.entries(socketOptions).map(([option, record]) => {
      const own = defaults[option as keyof SocketValues];
      return [option, own === undefined ? record : { ...record, default: own }];
    }),
  ) as Record<keyof SocketOptions, Option>;
  return {
    ...definition,
    options,
    specify(input, given) {
      const settled = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      // Where the last feature map is the code there is no place for hidden layers that a kind has by default.
      const bare = settled.codeLayer === 'none' && { encoder: [] };
      const values = { ...bare, ...adjust?.(settled), ...settled };
      const complete = completeOptions(options, values) as CompleteOptionValues<SocketOptions>;
      const specification = specify(name, input, complete);
      check?.(specification);
      return specification;
    },
  };
}
