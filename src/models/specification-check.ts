// What a specification that comes out of a file must be, place by place: a damaged one computes other things without a word.
import { badInput } from '../core/errors.js';
import { scalingMethods } from '../data/scaling.js';
import { dateForms } from '../data/table/dates.js';
import { type Gap, parseGap } from '../data/table/gap.js';
import { missingPolicies, tableWidth } from '../data/table/schema.js';
import { sizeOf } from '../graph/shape.js';
import { activationNames } from '../nn/activations.js';
import { lossNames } from '../nn/losses.js';
import type { Specification } from './specification.js';

/** More values than an example may have, and more units than a layer: no memory holds their weights. */
const MOST = 2 ** 31 - 1;

/** Looks at the value of a place; throws where it is not what it must be. */
type Check = (value: unknown, at: string) => void;

function shown(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return value === undefined ? 'nothing' : (JSON.stringify(value)?.slice(0, 40) ?? typeof value);
}

function refuse(at: string, expected: string, value: unknown): never {
  throw badInput(at, `expected ${expected}, got ${shown(value)}`);
}

const when =
  (expected: string, fits: (value: unknown) => boolean): Check =>
  (value, at) =>
    fits(value) || refuse(at, expected, value);

const number = (expected: string, fits: (value: number) => boolean = () => true): Check =>
  when(expected, (value) => typeof value === 'number' && Number.isFinite(value) && fits(value));

const finite = number('a finite number');
const amount = number('a number of at least 0', (value) => value >= 0);
const share = number('a number from 0 to 1', (value) => value >= 0 && value <= 1);
const count = number('a whole number of at least 1', (value) => Number.isInteger(value) && value >= 1 && value <= MOST);
const whole = number('a whole number of at least 0', (value) => Number.isInteger(value) && value >= 0);
const factor = number('a factor that is not 0', (value) => {
  const rounded = Math.fround(value);
  return rounded !== 0 && Number.isFinite(rounded);
});
const text = when('a text', (value) => typeof value === 'string');
const flag = when('true or false', (value) => typeof value === 'boolean');
const oneOf = (names: readonly unknown[]): Check =>
  when(`one of ${names.join(', ')}`, (value) => names.includes(value));

const optional =
  (check: Check): Check =>
  (value, at) =>
    value === undefined || check(value, at);

const list =
  (check: Check, length?: readonly number[]): Check =>
  (value, at) => {
    if (!Array.isArray(value)) refuse(at, 'a list', value);
    if (length && !length.includes(value.length)) {
      refuse(at, `a list of ${[...new Set(length)].join(' or ')}`, value.length);
    }
    for (const [i, item] of value.entries()) check(item, `${at}[${i}]`);
  };

const record =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(at, 'an object', value);
    for (const [name, check] of Object.entries(fields)) {
      check(
        Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined,
        `${at}.${name}`,
      );
    }
  };

/** One of several objects, told apart by their `type`. */
const variant =
  (variants: Readonly<Record<string, Readonly<Record<string, Check>>>>): Check =>
  (value, at) => {
    record({ type: oneOf(Object.keys(variants)) })(value, at);
    record(variants[(value as { readonly type: string }).type] ?? {})(value, at);
  };

const units = list(count);
const network = {
  encoder: units,
  decoder: (value: unknown, at: string) => value === 'mirrored' || units(value, at),
};
const activation = oneOf(activationNames);
const cell = { name: text, indicator: optional(flag) };
const words = { ...cell, fill: optional(text) };

const column = variant({
  number: { ...cell, fill: optional(finite), format: optional(record({ decimal: oneOf(['.', ',']) })) },
  boolean: { ...words, levels: list(text, [2]) },
  category: { ...words, levels: list(text), embedding: optional(count) },
});

const places = {
  kind: text,
  input: record({
    shape: list(count),
    sequence: optional(flag),
    columns: optional(list(text)),
    table: optional(record({ columns: list(column), missing: optional(oneOf(missingPolicies)) })),
    roles: optional(
      record({
        time: optional(text),
        dateOrder: optional(oneOf(Object.keys(dateForms))),
        group: optional(list(text)),
        id: optional(list(text)),
        gap: optional((value) => void parseGap(value as Gap)),
      }),
    ),
    picture: optional(
      record({
        fit: oneOf(['crop', 'contain']),
        channels: oneOf([1, 3]),
        depth: optional(oneOf(['16', 'float'])),
        patches: optional(flag),
      }),
    ),
    scaling: record({ method: oneOf(scalingMethods), offset: list(finite), scale: list(factor) }),
  }),
  corruption: variant({
    none: {},
    gaussian: {
      deviation: amount,
      clipped: flag,
      span: optional(number('a number of at least 1', (value) => value >= 1)),
    },
    masking: { probability: share },
    'salt-and-pepper': { probability: share },
  }),
  body: variant({
    dense: { ...network, activation, tied: flag },
    convolutional: {
      ...{ ...network, activation, codeLayer: flag, stem: optional(count), filters: units, kernel: count },
      downsampling: oneOf(['max-pool', 'average-pool', 'stride']),
      upsampling: oneOf(['nearest', 'transposed']),
    },
    recurrent: { ...network, cell: oneOf(['lstm', 'gru']), codeLayer: flag },
  }),
  code: variant({
    plain: { width: count, activation },
    'top-k': { width: count, activation, active: count },
    gaussian: { width: count, beta: amount, warmup: amount, freeBits: amount },
    quantized: { width: count, rate: amount },
    'vector-quantized': { width: count, vectors: count, entries: count, commitment: amount, decay: share },
  }),
  penalties: list(
    variant({
      l1: { weight: amount },
      sparsity: { weight: amount, target: share },
      contractive: { weight: amount, projections: (value, at) => value === 'exact' || count(value, at) },
      l2: { weight: amount },
      orthogonality: { weight: amount },
      adversarial: { weight: amount, discriminator: units },
    }),
  ),
  loss: oneOf(lossNames),
  trim: optional(share),
  output: oneOf(['sigmoid', 'identity', 'clipped']),
  pretraining: optional(
    record({ method: oneOf(['autoencoder', 'rbm']), epochs: whole, learningRate: amount, gibbsSteps: count }),
  ),
  linearPath: optional(oneOf([true])),
} satisfies Record<keyof Specification, Check>;

/**
 * Refuses a specification that is damaged: values that are missing, of another type, not finite or out of their range, names of
 * other things, and lengths that do not go together.
 *
 * @param found what a file has, not yet known to be one
 * @throws GargaloError `bad-input` with the place
 */
export function checkSpecification(found: unknown): asserts found is Specification {
  record(places)(found, 'specification');
  const { shape, sequence, columns, table, scaling } = (found as Specification).input;
  const size = sizeOf(shape);
  if (shape.length === 0 || size > MOST) refuse('specification.input.shape', `1 to ${MOST} values`, size);
  const features = sequence ? size / (shape[0] ?? 1) : size;
  const scaled = list(finite, [1, features, size]);
  scaled(scaling.offset, 'specification.input.scaling.offset');
  list(finite, [scaling.offset.length])(scaling.scale, 'specification.input.scaling.scale');
  if (columns) list(text, [features])(columns, 'specification.input.columns');
  if (table && tableWidth(table) !== features) {
    refuse('specification.input.table.columns', `columns of ${features} features`, tableWidth(table));
  }
}
