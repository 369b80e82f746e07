import { badInput } from '../core/errors.js';
import { sizeOf } from '../graph/shape.js';
import type { Activation } from '../nn/activations.js';
import { convolutionalDefaults, plainConvolutions } from './convolutional-defaults.js';
import { checkEmbedding } from './embedding.js';
import type { InputDescription } from './kind.js';
import type { CompleteOptionValues } from './options.js';
import type { SocketOptions } from './socket-options.js';
import { builderOf } from './sockets/body/index.js';
import type {
  Body,
  Code,
  ConvolutionalBody,
  Corruption,
  Penalty,
  Pretraining,
  Specification,
} from './specification.js';

type Values = CompleteOptionValues<SocketOptions>;

/** Contractive penalties of codes up to this width are exact: each code value costs a pass. */
const EXACT_WIDTH = 8;
/** The noise that nobody gave an amount of. */
const DEVIATION = 0.5;
/** The same of noise of many sizes, where values are not bound to 0 … 1. */
const LARGEST_DEVIATION = 2;
const PROBABILITY = 0.3;

/** The width of a code that nobody asked for. */
function defaultCodeWidth({ shape }: InputDescription): number {
  return Math.max(1, Math.min(32, Math.floor(sizeOf(shape) / 2)));
}

/**
 * The corruption that is asked for.
 *
 * @throws GargaloError `bad-input` naming `noise` or `corruption`
 */
export function corruptionOf(
  { corruption, noise, noiseSpan: span }: Pick<Values, 'corruption' | 'noise'> & Partial<Pick<Values, 'noiseSpan'>>,
  input: Pick<InputDescription, 'bounded'>,
): Corruption {
  const type = corruption ?? ((noise === undefined && span === undefined) || noise === 0 ? 'none' : 'gaussian');
  if (span !== undefined && type !== 'gaussian') {
    throw badInput('noiseSpan', `expected gaussian noise for it, got ${type}`, 'use `corruption: "gaussian"`');
  }
  if (type === 'none') {
    if (noise) throw badInput('noise', 'expected a corruption to go with it, got none', 'use `corruption: "gaussian"`');
    return { type };
  }
  if (type === 'gaussian') {
    const deviation = noise ?? (span === undefined || input.bounded ? DEVIATION : LARGEST_DEVIATION);
    if (deviation === 0) throw badInput('noise', 'expected a standard deviation above 0, got 0');
    return { type, deviation, clipped: input.bounded, ...(span !== undefined && { span }) };
  }
  const probability = noise ?? PROBABILITY;
  if (probability <= 0 || probability >= 1) {
    throw badInput('noise', `expected a probability between 0 and 1 for ${type}, got ${probability}`);
  }
  if (type === 'salt-and-pepper' && !input.bounded) {
    throw badInput('corruption', 'expected values in 0 … 1 for salt-and-pepper', 'use `scaling: "min-max"`');
  }
  return { type, probability };
}

/** The filters and the stem that are asked for, or those that suit the images. */
function filtersOf(
  { filters, stem, codeLayer }: Values,
  { shape }: InputDescription,
): Pick<ConvolutionalBody, 'filters' | 'stem'> {
  if (filters) return { filters, ...(stem !== undefined && { stem }) };
  const suitable = codeLayer === 'none' || stem === 1 ? plainConvolutions : convolutionalDefaults(shape);
  return stem === undefined ? suitable : { ...suitable, stem };
}

function bodyOf(values: Values, input: InputDescription): Body {
  const { body, encoder, decoder = 'mirrored', activation, tied, kernel, cell } = values;
  if (tied && body !== 'dense') {
    throw badInput('tied', `expected a dense body for tied weights, got a ${body} one`, 'leave out `tied: true`');
  }
  switch (body) {
    case 'dense':
      if (tied && decoder !== 'mirrored' && decoder.join() !== [...encoder].reverse().join()) {
        throw badInput('tied', 'expected a mirrored decoder for tied weights', 'leave out `decoder`');
      }
      if (values.codeLayer === 'none') {
        throw badInput('codeLayer', 'expected a dense one for a dense body, got none', 'leave it out');
      }
      return { type: 'dense', encoder, decoder, activation, tied };
    case 'convolutional': {
      if (input.shape.length < 2 || input.sequence) {
        const got = input.sequence ? 'windows of a series' : 'rows of a table';
        throw badInput('body', `expected images for convolutions, got ${got}`, 'use `body: "dense"`');
      }
      const { downsampling, upsampling } = values;
      const codeLayer = values.codeLayer !== 'none';
      const { filters, stem } = filtersOf(values, input);
      if (filters.length === 0) throw badInput('filters', 'expected at least one convolution, got none');
      return {
        type: 'convolutional',
        ...(stem !== undefined && stem > 1 && { stem }),
        filters,
        kernel,
        downsampling,
        upsampling,
        encoder,
        decoder,
        activation,
        codeLayer,
      };
    }
    case 'recurrent':
      if (!input.sequence) {
        const got = input.shape.length > 1 ? 'images' : 'rows of a table';
        throw badInput(
          'body',
          `expected windows of a series, which have a time axis, for recurrent cells, got ${got}`,
          'use `window: 64` on a table whose rows are steps in time',
        );
      }
      return { type: 'recurrent', cell, encoder, decoder, codeLayer: values.codeLayer === 'dense' };
  }
}

function codeOf(values: Values, input: InputDescription, body: Body): Code {
  const { bottleneck, code, encoder, activation } = values;
  const { codeWidth, positions } = builderOf(body).fit(body, input);
  if (codeWidth !== undefined && code !== undefined && code !== codeWidth) {
    throw badInput(
      'code',
      `expected ${codeWidth}, the size of the last feature map, without a code layer, got ${code}`,
      'leave out `code`, or `codeLayer: "none"`',
    );
  }
  const width = codeWidth ?? code ?? defaultCodeWidth(input);
  const hasHidden = body.type !== 'dense' || encoder.length > 0;
  // What has no layer of its own has had its activation already.
  const own: Activation = codeWidth === undefined && body.type !== 'recurrent' && !hasHidden ? activation : 'identity';
  const chosen = values.codeActivation ?? own;
  if (bottleneck !== 'top-k' && values.active !== undefined) {
    throw badInput('active', `expected the bottleneck top-k for it, got ${bottleneck}`, 'use `bottleneck: "top-k"`');
  }
  switch (bottleneck) {
    case 'plain':
      return { type: 'plain', width, activation: chosen };
    case 'top-k': {
      const active = values.active ?? Math.max(1, Math.round(width / 8));
      if (active > width) {
        throw badInput(
          'active',
          `expected at most ${width}, the width of the code, got ${active}`,
          'keep fewer values',
        );
      }
      return { type: 'top-k', width, activation: values.codeActivation ?? 'identity', active };
    }
    case 'gaussian': {
      if (values.codeActivation && values.codeActivation !== 'identity') {
        throw badInput('codeActivation', 'expected identity: a normal distribution has no bounds', 'leave it out');
      }
      if (codeWidth !== undefined || (body.type === 'recurrent' && !body.codeLayer)) {
        throw badInput('codeLayer', 'expected dense: mean and variance need a layer each', 'use `codeLayer: "dense"`');
      }
      const { beta, klWarmup, freeBits } = values;
      return { type: 'gaussian', width, beta, warmup: klWarmup, freeBits };
    }
    case 'quantized':
      if (values.codeActivation && values.codeActivation !== 'identity') {
        throw badInput('codeActivation', 'expected identity: rounding needs room', 'leave it out');
      }
      return { type: 'quantized', width, rate: values.rate };
    case 'vector-quantized': {
      const { entries, commitment, decay } = values;
      const vectors = values.vectors ?? positions ?? Math.max(1, Math.floor(width / 4));
      if (width % vectors !== 0) {
        throw badInput(
          'vectors',
          `expected a number that divides the code's ${width} values, got ${vectors}`,
          `use \`code: ${Math.ceil(width / vectors) * vectors}\``,
        );
      }
      return { type: 'vector-quantized', width, vectors, entries, commitment, decay };
    }
  }
}

function penaltiesOf(values: Values, code: Code, body: Body): Penalty[] {
  const { l1, sparsity, sparsityWeight, contractive, projections, l2, orthogonality, adversarial } = values;
  const discrete = code.type === 'vector-quantized';
  const penalties: Penalty[] = [];
  if (l1 !== undefined) penalties.push({ type: 'l1', weight: l1 });
  if (sparsity !== undefined) {
    if (sparsity >= 1) throw badInput('sparsity', `expected a mean activity between 0 and 1, got ${sparsity}`);
    if (code.type !== 'plain' || code.activation !== 'sigmoid') {
      throw badInput(
        'sparsity',
        'expected a code whose activities lie in 0 … 1',
        'use `codeActivation: "sigmoid"` with a plain bottleneck',
      );
    }
    penalties.push({ type: 'sparsity', weight: sparsityWeight, target: sparsity });
  }
  if (contractive !== undefined) {
    if (discrete) throw badInput('contractive', 'expected a code with a derivative, got a vector-quantized one');
    const exact = projections === 0 || (projections === undefined && code.width <= EXACT_WIDTH);
    penalties.push({ type: 'contractive', weight: contractive, projections: exact ? 'exact' : (projections ?? 1) });
  }
  if (l2 !== undefined) penalties.push({ type: 'l2', weight: l2 });
  if (orthogonality !== undefined) {
    if (body.type !== 'dense') throw badInput('orthogonality', `expected a dense body, got a ${body.type} one`);
    penalties.push({ type: 'orthogonality', weight: orthogonality });
  }
  if (adversarial !== undefined) {
    if (discrete) throw badInput('adversarial', 'expected a code that can follow a prior, got a vector-quantized one');
    penalties.push({ type: 'adversarial', weight: adversarial, discriminator: values.discriminator });
  }
  return penalties;
}

function pretrainingOf(values: Values, body: Body, code: Code): Pretraining | undefined {
  const { pretraining, pretrainingEpochs, pretrainingRate, gibbsSteps } = values;
  if (pretraining === 'none') return undefined;
  if (body.type !== 'dense' || (code.type !== 'plain' && code.type !== 'top-k')) {
    throw badInput(
      'pretraining',
      'expected a dense body and a plain code to train layer by layer',
      'leave out `pretraining`',
    );
  }
  if (body.decoder !== 'mirrored' && body.decoder.join() !== [...body.encoder].reverse().join()) {
    throw badInput('pretraining', 'expected a mirrored decoder: each layer is trained with its counterpart');
  }
  if (pretraining === 'rbm') {
    const hidden = body.encoder.length > 0 ? [body.activation] : [];
    const activations = [...hidden, ...(code.type === 'plain' ? [code.activation] : [])];
    const fits = code.type === 'plain' && hidden.every((name) => name === 'sigmoid');
    if (!fits || !activations.every((name) => name === 'sigmoid' || name === 'identity')) {
      throw badInput(
        'pretraining',
        'expected sigmoid layers (the code may be the identity) for restricted Boltzmann machines',
        'use `activation: "sigmoid"`',
      );
    }
  }
  return { method: pretraining, epochs: pretrainingEpochs, learningRate: pretrainingRate, gibbsSteps };
}

/** Whether there is a linear path for training to start at PCA, and refuses what has no place for it. */
function linearPathOf(
  { start }: Values,
  { body, code, output }: Pick<Specification, 'body' | 'code' | 'output'>,
): boolean {
  if (start !== 'pca') return false;
  const refuse = (expected: string, mend: string) =>
    badInput('start', `expected ${expected} to start at PCA`, `${mend}, or leave out \`start: "pca"\``);
  if (body.type === 'dense') {
    if (body.tied) throw refuse('weights that are not tied', 'leave out `tied: true`');
    if (body.encoder.length === 0) throw refuse('at least one hidden layer', 'use `encoder: [64]`');
  } else if (!body.codeLayer) {
    throw refuse('a code layer', 'use `codeLayer: "dense"`');
  }
  const isPlain = (code.type === 'plain' && code.activation === 'identity') || code.type === 'gaussian';
  if (!isPlain) throw refuse('a plain code without activation, or a gaussian one', 'use `codeActivation: "identity"`');
  if (output === 'sigmoid') throw refuse('an output of identity or clipped', 'use `loss: "mse"` `output: "identity"`');
  return true;
}

/**
 * The specification that settings of the sockets make for an input.
 *
 * @throws GargaloError `bad-input` naming the option and the reason where settings do not go together or do not fit
 */
export function specify(kind: string, input: InputDescription, values: Values): Specification {
  const loss = values.loss ?? (input.bounded ? 'bce' : 'mse');
  if (loss === 'bce' && !input.bounded) {
    throw badInput('loss', 'expected values in 0 … 1 for bce', 'use `loss: "mse"`, or `scaling: "min-max"`');
  }
  const output = values.output ?? (input.bounded ? 'sigmoid' : 'identity');
  if (loss === 'bce' && output !== 'sigmoid') {
    throw badInput('output', `expected sigmoid for bce, got ${output}`, 'use `loss: "mse"`');
  }
  if (output !== 'identity' && !input.bounded) {
    throw badInput('output', `expected values in 0 … 1 for an output that is ${output}`, 'use `scaling: "min-max"`');
  }
  const body = bodyOf(values, input);
  const code = codeOf(values, input, body);
  const pretraining = pretrainingOf(values, body, code);
  if (pretraining && output === 'clipped') {
    throw badInput(
      'pretraining',
      'expected an output of sigmoid or identity for it, got clipped',
      'leave out `output`',
    );
  }
  if (pretraining && values.start === 'pca') {
    throw badInput('pretraining', 'expected it or a start at PCA, got both', 'leave out `start: "pca"`');
  }
  checkEmbedding(input, body, pretraining);
  const { shape, sequence, table, scaling } = input;
  return {
    kind,
    input: { shape, ...(sequence && { sequence }), ...(table && { table }), scaling },
    corruption: corruptionOf(values, input),
    body,
    code,
    penalties: penaltiesOf(values, code, body),
    loss,
    ...(values.trim > 0 && { trim: values.trim }),
    output,
    ...(pretraining && { pretraining }),
    ...(linearPathOf(values, { body, code, output }) && { linearPath: true }),
  };
}
