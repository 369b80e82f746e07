// What a specification that comes out of a file must be, place by place: a damaged one computes other things without a word.
import { scalingMethods } from '../data/scaling.js';
import { dateForms } from '../data/table/dates.js';
import { type Gap, parseGap } from '../data/table/gap.js';
import { missingPolicies, tableWidth } from '../data/table/schema.js';
import { sizeOf } from '../graph/shape.js';
import { activationNames } from '../nn/activations.js';
import { lossNames } from '../nn/losses.js';
import {
  amount,
  type Check,
  count,
  finite,
  flag,
  list,
  MOST,
  number,
  oneOf,
  optional,
  record,
  refuse,
  share,
  text,
  variant,
  whole,
} from './place-checks.js';
import type { Specification } from './specification.js';

const factor = number('a factor that is not 0', (value) => {
  const rounded = Math.fround(value);
  return rounded !== 0 && Number.isFinite(rounded);
});

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
