// The flags of everything that trains.
import type { Command } from 'commander';
import { kindNamed, kinds } from '../models/kinds/index.js';
import type { Option } from '../models/options.js';
import {
  bodyOptions,
  codeOptions,
  corruptionOptions,
  penaltyOptions,
  pretrainingOptions,
} from '../models/socket-options.js';
import { trainingOptions } from '../train/options.js';
import { addFlags, asFlagProblem, valuesOf } from './flags.js';

/** The options of every kind by name; those of the first kind that has them where several do. */
const kindOptions: Readonly<Record<string, Option>> = Object.assign({}, ...kinds.map((kind) => kind.options).reverse());

const groups = {
  'Code:': codeOptions,
  'Body:': bodyOptions,
  'Corruption:': corruptionOptions,
  'Penalties:': penaltyOptions,
  'Layer-wise training:': pretrainingOptions,
};

/** The name of a kind, as a flag gives it. */
export function parseKind(name: string): string {
  try {
    return kindNamed(name).name;
  } catch (error) {
    throw asFlagProblem(error, ['kind']);
  }
}

/** All options that a training takes. */
export const allTrainingOptions: Readonly<Record<string, Option>> = { ...kindOptions, ...trainingOptions };

/**
 * Adds a flag for every option of kinds and of training.
 *
 * @param without options that the command has flags of its own for
 */
export function addTrainingFlags(command: Command, without: readonly string[] = []): void {
  for (const [heading, records] of Object.entries(groups)) {
    const names = Object.keys(records).filter((name) => !without.includes(name));
    addFlags(command, heading, Object.fromEntries(names.map((name) => [name, kindOptions[name] as Option])));
  }
  addFlags(command, 'Training:', trainingOptions);
}

/** The values given for them. */
export function trainingValuesOf(command: Command, without: readonly string[] = []): Record<string, unknown> {
  const values = valuesOf(command, allTrainingOptions);
  return Object.fromEntries(Object.entries(values).filter(([name]) => !without.includes(name)));
}
