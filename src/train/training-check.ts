// What the record of a training that comes out of a file must be: a damaged one would be trained on from with other numbers.
import { badInput } from '../core/errors.js';
import { completeOptions } from '../models/options.js';
import { type Check, finite, list, optional, record, refuse, text, whole } from '../models/place-checks.js';
import { trainingOptions } from './options.js';

/** A number, or what JSON makes of one that is not finite. */
const figure: Check = (value, at) => value === null || finite(value, at);

const figuresOf =
  (fields: Check): Check =>
  (value, at) => {
    record({})(value, at);
    for (const [name, field] of Object.entries(value as object)) fields(field, `${at}.${name}`);
  };

const epoch = record({
  epoch: whole,
  stage: optional(text),
  trainLoss: finite,
  testLoss: finite,
  testSquaredError: figure,
  terms: figuresOf(record({ train: figure, test: figure, gradient: figure, share: figure })),
  activity: record({
    deadUnits: figure,
    hiddenUnits: figure,
    inactiveCode: figure,
    activeFraction: figure,
    meanActivity: figure,
  }),
  learningRate: figure,
  examplesPerSecond: figure,
  seconds: figure,
});

/** Options that every training has written down; others came with later versions, and their defaults are what was done before. */
const ESSENTIAL = [
  'epochs',
  'batch',
  'optimizer',
  'learningRate',
  'seed',
] as const satisfies readonly (keyof typeof trainingOptions)[];

const options: Check = (value, at) => {
  record({})(value, at);
  try {
    completeOptions(trainingOptions, value as Readonly<Record<string, unknown>>);
  } catch (cause) {
    const { where, problem } = cause as { readonly where: string; readonly problem: string };
    throw badInput(`${at}.${where}`, problem, undefined, cause);
  }
  const missing = ESSENTIAL.find((name) => !Object.hasOwn(value as object, name));
  if (missing) refuse(`${at}.${missing}`, 'a value', undefined);
};

/**
 * Refuses a training's record that is damaged: without its tensors, which are checked where they are taken.
 *
 * @throws GargaloError `bad-input` with the place
 */
export function checkTraining(found: unknown): void {
  record({
    options,
    request: record({
      kind: text,
      values: record({}),
      from: optional(record({ model: optional(text), parameters: text })),
    }),
    data: text,
    epoch: whole,
    step: whole,
    best: optional(record({ epoch: whole, testLoss: finite })),
    start: optional(record({ testLoss: finite, testSquaredError: figure, terms: figuresOf(figure) })),
    history: list(epoch),
  })(found, 'training');
  const {
    history,
    epoch: done,
    best,
  } = found as {
    readonly history: readonly { readonly epoch: number }[];
    readonly epoch: number;
    readonly best?: { readonly epoch: number };
  };
  if (history.length !== done) refuse('training.history', `a record for each of ${done} epochs`, history.length);
  for (const [i, { epoch: own }] of history.entries()) {
    if (own !== i + 1) refuse(`training.history[${i}].epoch`, String(i + 1), own);
  }
  if (best && best.epoch > done) refuse('training.best.epoch', `a whole number of at most ${done}`, best.epoch);
}
