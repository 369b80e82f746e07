// What a specification says of the options that it can be made by: which of them it uses, and with what values.
import { badInput } from '../core/errors.js';
import type { SocketValues } from './generated/socket-values.js';
import type { SocketOptions } from './socket-options.js';
import { penaltyOf, type Specification } from './specification.js';

type Setting = keyof SocketOptions;

/** A field of a part of a specification that only some forms of the part have. */
const field = (part: object, name: string): unknown => (part as Readonly<Record<string, unknown>>)[name];
const ofCode =
  (name: string) =>
  ({ code }: Specification) =>
    field(code, name);
const ofBody =
  (name: string) =>
  ({ body }: Specification) =>
    field(body, name);
const weightOf = (type: Parameters<typeof penaltyOf>[1]) => (specification: Specification) => {
  const penalty = penaltyOf(specification, type);
  return penalty && (penalty.type === 'sparsity' ? penalty.target : penalty.weight);
};

/** The value of each option in a specification; undefined where the specification has no place for it. */
const settings: { readonly [Name in Setting]: (specification: Specification) => unknown } = {
  code: ofCode('width'),
  bottleneck: ofCode('type'),
  codeActivation: ({ code }) =>
    code.type === 'gaussian' || code.type === 'quantized' ? 'identity' : field(code, 'activation'),
  active: ofCode('active'),
  beta: ofCode('beta'),
  klWarmup: ofCode('warmup'),
  freeBits: ofCode('freeBits'),
  rate: ofCode('rate'),
  entries: ofCode('entries'),
  vectors: ofCode('vectors'),
  commitment: ofCode('commitment'),
  decay: ofCode('decay'),
  body: ofBody('type'),
  encoder: ofBody('encoder'),
  decoder: ({ body }) =>
    body.type === 'convolutional' && !body.codeLayer
      ? undefined
      : body.decoder === 'mirrored'
        ? body.encoder.toReversed()
        : body.decoder,
  activation: ofBody('activation'),
  tied: ({ body }) => body.type === 'dense' && body.tied,
  filters: ofBody('filters'),
  stem: ({ body }) => (body.type === 'convolutional' ? (body.stem ?? 1) : undefined),
  kernel: ofBody('kernel'),
  downsampling: ofBody('downsampling'),
  upsampling: ofBody('upsampling'),
  codeLayer: ({ body }) => (body.type === 'dense' || body.codeLayer ? 'dense' : 'none'),
  cell: ofBody('cell'),
  loss: ({ loss }) => loss,
  output: ({ output }) => output,
  start: ({ linearPath }) => (linearPath ? 'pca' : 'random'),
  corruption: ({ corruption }) => corruption.type,
  noise: ({ corruption }) =>
    corruption.type === 'none' ? 0 : corruption.type === 'gaussian' ? corruption.deviation : corruption.probability,
  noiseSpan: ({ corruption }) => field(corruption, 'span'),
  trim: ({ trim = 0 }) => trim,
  l1: weightOf('l1'),
  sparsity: weightOf('sparsity'),
  sparsityWeight: (specification) => penaltyOf(specification, 'sparsity')?.weight,
  contractive: weightOf('contractive'),
  projections: (specification) => {
    const projections = penaltyOf(specification, 'contractive')?.projections;
    return projections === 'exact' ? 0 : projections;
  },
  l2: weightOf('l2'),
  orthogonality: weightOf('orthogonality'),
  adversarial: weightOf('adversarial'),
  discriminator: (specification) => penaltyOf(specification, 'adversarial')?.discriminator,
  pretraining: ({ pretraining }) => pretraining?.method ?? 'none',
  pretrainingEpochs: ({ pretraining }) => pretraining?.epochs,
  pretrainingRate: ({ pretraining }) => pretraining?.learningRate,
  gibbsSteps: ({ pretraining }) => (pretraining?.method === 'rbm' ? pretraining.gibbsSteps : undefined),
};

/** Values of options by name, without those that are none of the sockets. */
const given = (values: SocketValues): [Setting, unknown][] =>
  Object.entries(values).flatMap(([name, value]) =>
    value !== undefined && Object.hasOwn(settings, name) ? [[name as Setting, value]] : [],
  );

/** What an option is for, and the option that brings it about, if that is one alone. */
const needs: { readonly [Name in Setting]?: readonly [what: string, mend?: string] } = {
  ...{
    beta: ['a gaussian code', '`bottleneck: "gaussian"`'],
    klWarmup: ['a gaussian code', '`bottleneck: "gaussian"`'],
  },
  freeBits: ['a gaussian code', '`bottleneck: "gaussian"`'],
  rate: ['a quantized code', '`bottleneck: "quantized"`'],
  entries: ['a vector-quantized code', '`bottleneck: "vector-quantized"`'],
  vectors: ['a vector-quantized code', '`bottleneck: "vector-quantized"`'],
  commitment: ['a vector-quantized code', '`bottleneck: "vector-quantized"`'],
  decay: ['a vector-quantized code', '`bottleneck: "vector-quantized"`'],
  codeActivation: ['a code of numbers and not of codebook entries'],
  ...{ filters: ['a convolutional body'], stem: ['a convolutional body'], kernel: ['a convolutional body'] },
  ...{ downsampling: ['a convolutional body'], upsampling: ['a convolutional body'], cell: ['a recurrent body'] },
  activation: ['a body whose layers have an activation to choose'],
  decoder: ['dense layers between code and output'],
  sparsityWeight: ['a target of the activity', '`sparsity: 0.05`'],
  projections: ['a contractive penalty', '`contractive: 1e-3`'],
  discriminator: ['an adversarial penalty', '`adversarial: 0.01`'],
  pretrainingEpochs: ['layers that are trained one by one', '`pretraining: "autoencoder"`'],
  pretrainingRate: ['layers that are trained one by one', '`pretraining: "autoencoder"`'],
  gibbsSteps: ['restricted Boltzmann machines', '`pretraining: "rbm"`'],
};

/** The options among some that a specification has no place for: they would change nothing. */
export function unusedSettings(specification: Specification, values: SocketValues): Setting[] {
  return given(values).flatMap(([name]) => (settings[name](specification) === undefined ? [name] : []));
}

/** The error about an option that would change nothing. */
export function unusedError(name: string, { kind, body, code }: Specification): Error {
  const [what, mend] = needs[name as Setting] ?? ['a kind that it is for'];
  return badInput(
    name,
    `expected ${what} for it, got the kind ${kind} (${body.type} body, ${code.type} code), where it changes nothing`,
    `leave it out${mend === undefined ? '' : `, or use ${mend}`}`,
  );
}

/**
 * Refuses options that say something else than a specification does.
 *
 * @throws GargaloError `bad-input` naming the first of them
 */
export function refuseContradiction(specification: Specification, values: SocketValues): void {
  for (const [name, value] of given(values)) {
    const own = settings[name](specification);
    if (JSON.stringify(value) === JSON.stringify(own)) continue;
    throw badInput(
      name,
      `expected ${own === undefined ? 'none' : JSON.stringify(own)}, as the model to start from has it, got ${JSON.stringify(value)}`,
      'leave it out: layers, code and loss come from the model',
    );
  }
}
