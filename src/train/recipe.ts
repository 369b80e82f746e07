import { sizeOf } from '../graph/shape.js';
import { convolutionalTraining } from '../models/convolutional-defaults.js';
import type { InputDescription, Kind, SocketValues } from '../models/kind.js';
import { completeOptions } from '../models/options.js';
import type { Specification } from '../models/specification.js';
import { secondsPerStep } from './cost.js';
import { type TrainingOptions, trainingOptions } from './options.js';

/** What is known of data before a training. */
export interface DataDescription extends InputDescription {
  /** Examples to train on. */
  readonly examples: number;
  /** Of windows of a series: how many windows after one share a time step with it; default none. */
  readonly overlap?: number;
  /** Variance of a scaled value that PCA of the code's width does not explain, where it is known. */
  readonly unexplained?: number;
}

/** What a recipe chooses. */
export interface Recipe {
  /** Options of the kind and of training by name, without those that were given. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Steps of the optimizer at most: training may stop earlier. */
  readonly steps: number;
  /** About how long they take, on two quiet cores. */
  readonly seconds: number;
}

/** Options by name, as far as a person gave them. */
export type GivenOptions = Readonly<Record<string, unknown>>;

/** Inputs up to this size can start at PCA by default: larger ones would make it the longest part of the training. */
const LARGEST_FOR_PCA = 16_384;
/** Tests over a training: enough to find the best weights, few enough to cost little. */
const TESTS = 60;
/** The part of the training without a better test loss after which it stops. */
const PATIENCE = 1 / 3;
/** Steps after which the error of tables fell no further: measured on 24 tables of 100 to 20,000 rows. */
const STEPS = { fewest: 2400, most: 6000, images: 12_000 };
/** Rows from which a second hidden layer lowers the error of rows never seen, and units of a hidden layer. */
const ROWS_FOR_TWO_LAYERS = 4000;
const UNITS = { fewest: 16, most: 128, images: 256 };
/** Recurrent cells of a layer. */
const CELLS = 64;
/** Seconds that a training may take by the estimate of {@link secondsPerStep}. */
const SECONDS = { few: 5, many: 30 };
const FEW = 5000;

/** Steps by which overlapping windows are apart when they count as two examples: measured on series of 1,600 to 22,000 steps. */
const STEPS_APART = 32;

/** Examples that count as independent: overlapping windows are nearly the same example. */
function independent({ examples, overlap = 0 }: DataDescription): number {
  return Math.max(1, Math.round(examples / (1 + overlap / STEPS_APART)));
}

const isImages = ({ shape, sequence }: InputDescription): boolean => shape.length > 1 && !sequence;

/** Units of the hidden layers: few where few examples could be learned by heart. */
function hiddenLayers(data: DataDescription): number[] {
  if (isImages(data)) return [UNITS.images];
  // Windows that overlap show a pattern at every offset: a network of their size finds it again.
  if (data.overlap) return [UNITS.most, UNITS.most];
  const count = independent(data);
  const units = Math.max(UNITS.fewest, Math.min(UNITS.most, 8 * Math.round(count / 80)));
  return count < ROWS_FOR_TWO_LAYERS ? [units] : [units, units];
}

/** The options of the sockets as they are before the recipe: the kind's defaults and what was given. */
function settledSockets({ options, adjust }: Kind, given: GivenOptions): SocketValues {
  const ofKind = Object.fromEntries(Object.entries(options).map(([name, option]) => [name, option.default]));
  return { ...ofKind, ...adjust?.(given as SocketValues), ...given } as SocketValues;
}

/** Penalties that pull the code away from that of PCA. */
const penalties = ['l1', 'sparsity', 'contractive', 'orthogonality', 'adversarial'] as const;

/** Options of the sockets: hidden layers, loss and output, and whether training starts at PCA. */
function architecture(data: DataDescription, kind: Kind, given: GivenOptions): SocketValues {
  const settled = settledSockets(kind, given);
  const { body, encoder = [], activation, codeActivation, bottleneck = 'plain', tied, pretraining } = settled;
  const isFree = pretraining === 'none' && !tied && activation !== 'identity' && given.codeActivation === undefined;
  const takesLayers = ['plain', 'top-k', 'gaussian'].includes(bottleneck) && settled.contractive === undefined;
  if (!isFree || !takesLayers) return {};
  const chosen: { -readonly [Name in keyof SocketValues]: SocketValues[Name] } = {};
  const needsLayers = encoder.length === 0 && given.encoder === undefined;
  if (body === 'dense' && needsLayers) chosen.encoder = hiddenLayers(data);
  if (body === 'recurrent' && given.codeLayer === undefined) {
    chosen.codeLayer = 'dense';
    if (needsLayers) chosen.encoder = [CELLS];
  }
  const isSquared = (settled.loss ?? 'mse') === 'mse';
  const hasLayers =
    body === 'dense' ? (chosen.encoder ?? encoder).length > 0 : (chosen.codeLayer ?? settled.codeLayer) !== 'none';
  const startsAtPca =
    given.start === 'pca' ||
    (given.start === undefined &&
      hasLayers &&
      sizeOf(data.shape) <= LARGEST_FOR_PCA &&
      (bottleneck === 'plain' || (bottleneck === 'gaussian' && !data.bounded)) &&
      (codeActivation ?? 'identity') === 'identity' &&
      isSquared &&
      settled.output !== 'sigmoid' &&
      penalties.every((name) => settled[name] === undefined));
  if (!startsAtPca) return chosen;
  const { unexplained } = data;
  const beta = bottleneck === 'gaussian' && unexplained !== undefined && { beta: betaFor(unexplained) };
  // A loss or an output that has no place for it is refused where the specification is made.
  return {
    ...chosen,
    start: 'pca',
    ...(isSquared && { loss: 'mse', output: data.bounded ? 'clipped' : 'identity' }),
    ...beta,
  };
}

/**
 * β of a gaussian code from what PCA of the same width leaves: with squared errors, β is twice the variance of the decoder's
 * noise, and the likelihood is largest where that is what the code cannot explain (probabilistic PCA, Tipping & Bishop 1999;
 * σ-VAE, Rybkin, Daniilidis & Levine 2021). Standardised values have no larger noise than their own variance of 1.
 */
const betaFor = (unexplained: number): number => Number(Math.min(1, Math.max(1e-4, 2 * unexplained)).toPrecision(2));

/** Whether a recipe wants to know {@link DataDescription.unexplained}. */
export function wantsUnexplained(data: InputDescription, kind: Kind, given: GivenOptions): boolean {
  const { bottleneck, loss, start } = settledSockets(kind, given);
  const isOpen = given.beta === undefined && start !== 'random' && (loss ?? 'mse') === 'mse';
  return bottleneck === 'gaussian' && !data.bounded && isOpen && sizeOf(data.shape) <= LARGEST_FOR_PCA;
}

/** Weight decay: the fewer examples, the more the network is drawn to what the linear path says alone. */
const weightDecayFor = (count: number): number => Number(Math.max(0.01, Math.min(5, 500 / count)).toPrecision(2));

/** Options of training for a specification. */
function schedule(data: DataDescription, specification: Specification, given: GivenOptions): TrainingOptions {
  const { examples } = data;
  const count = independent(data);
  const { body, linearPath } = specification;
  const isDense = body.type === 'dense';
  const suitable = isDense
    ? { batch: examples >= 20_000 || isImages(data) ? 128 : 64, learningRate: 2e-3 }
    : body.type === 'convolutional'
      ? convolutionalTraining(linearPath ? 'pca' : 'random')
      : { batch: 64, learningRate: 2e-3 };
  const batch = (given.batch as number | undefined) ?? suitable.batch;
  const cost = secondsPerStep(specification, batch);
  const budget = isDense && count < FEW ? SECONDS.few : SECONDS.many;
  const wanted = isImages(data) ? STEPS.images : Math.max(STEPS.fewest, Math.min(STEPS.most, 8 * count));
  const steps = Math.max(100, Math.min(wanted, budget / cost));
  const perPass = Math.ceil(examples / batch);
  const asked = given.epochs as number | undefined;
  const passes =
    (given.passes as number | undefined) ??
    (asked === undefined ? Math.max(1, Math.round(steps / TESTS / perPass)) : 1);
  const epochs = asked ?? Math.max(1, Math.round(steps / passes / perPass));
  // Without a linear path to be drawn to, decay would draw the network to nothing.
  const usual = given.weightDecay === undefined ? linearPath : (given.weightDecay as number) > 0;
  const { optimizer = usual ? 'adamw' : 'adam' } = given as TrainingOptions;
  const decay = { optimizer, ...(optimizer === 'adamw' && linearPath && { weightDecay: weightDecayFor(count) }) };
  return {
    epochs,
    passes,
    batch,
    ...(optimizer !== 'sgd' && { learningRate: suitable.learningRate }),
    schedule: 'cosine',
    warmup: Number((epochs / 20).toPrecision(2)),
    ...decay,
    best: true,
    // Who names the number of epochs gets that many.
    ...(asked === undefined && { patience: Math.max(10, Math.ceil(epochs * PATIENCE)) }),
  };
}

/**
 * How to train a kind of autoencoder on some data, where a person leaves it open: hidden layers, loss and start; steps from the
 * number of examples and the time that they take; batch, learning rate with warm-up and a cosine to 0; weight decay where examples
 * are few; early stopping with the best weights on the examples held out. Nothing that is given is changed. A kind that has
 * settings of training of its own (`detecting`) keeps them. Measured in docs/results.md, row "defaults".
 *
 * @param given options of the kind and of training that are settled
 * @param settled the network, where it is settled too
 */
export function recipe(data: DataDescription, kind: Kind, given: GivenOptions, settled?: Specification): Recipe {
  const ofKind = kind.training?.defaults(data.examples, given);
  const sockets = ofKind || settled ? {} : architecture(data, kind, given);
  const known = Object.fromEntries(Object.entries(given).filter(([name]) => name in kind.options));
  const specification = settled ?? kind.specify(data, { ...sockets, ...known });
  const values = { ...sockets, ...(ofKind ?? schedule(data, specification, given)) };
  const chosen = Object.fromEntries(Object.entries(values).filter(([name]) => given[name] === undefined));
  const trains = Object.entries({ ...chosen, ...given }).filter(([name]) => name in trainingOptions);
  const { batch, epochs, passes } = completeOptions(trainingOptions, Object.fromEntries(trains));
  const steps = Math.ceil(data.examples / batch) * epochs * passes;
  return { values: chosen, steps, seconds: steps * secondsPerStep(specification, batch) };
}
