import { type CodeUse, codebookUse, roundedUse } from '../analysis/latent/codes.js';
import { peakSignalToNoise } from '../analysis/latent/fidelity.js';
import { jacobianOf } from '../analysis/latent/jacobian.js';
import { type Comparison, compareWithPca } from '../analysis/training/comparison.js';
import { depthOf } from '../analysis/training/depth.js';
import { distributionOf } from '../analysis/training/distribution.js';
import { type TestErrors, testErrors } from '../analysis/training/errors.js';
import { filtersOf } from '../analysis/training/filters.js';
import { neighbourAgreement, planeOfCodes } from '../analysis/training/map.js';
import { sparsityOf } from '../analysis/training/sparsity.js';
import { namedValues } from '../analysis/training/value-errors.js';
import { meanOf } from '../core/vectors.js';
import type { WorkOptions } from '../core/work.js';
import { type Dataset, exampleSize } from '../data/dataset.js';
import { isLarge } from '../data/large.js';
import { sampleDataset, sampleOfLarge } from '../data/runs.js';
import { applyScaling } from '../data/scaling.js';
import { sliceDataset } from '../data/slice.js';
import { variable } from '../graph/tensor.js';
import { type Autoencoder, type Model, openAutoencoder, parametersAsked } from '../models/autoencoder.js';
import { symbolicContext } from '../models/context.js';
import { forward } from '../models/network.js';
import { fitPca, type Pca, throughPca } from '../models/pca.js';
import { inputSize, penaltyOf, type Specification } from '../models/specification.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import type { TrainingState } from '../train/events.js';
import { type KeptFigures, keptFigures } from '../train/kept.js';
import { trainLossSample } from '../train/step.js';
import { countParameters } from '../train/train.js';
import { denoise } from './denoise.js';
import { priorOf, priorWords, sample } from './sample.js';
import type {
  Cleaned,
  CodeMap,
  Denoising,
  Generated,
  RunSummary,
  Specimen,
  TestExample,
  TrainingFigures,
} from './training-figures.js';

/** Examples that are shown in order, and those with the largest and the smallest error. */
const SAMPLES = 20;
const EXTREMES = 10;
const GENERATED = 64;
const COMPONENTS = 32;
/** Test examples that are looked at where the data are beyond 256 MiB. */
const TEST_SAMPLE = 20_000;
/** Test examples that each of these is measured on. */
const EXAMPLES = { codebook: 5000, jacobian: 500, denoising: 1000 };
/** What is drawn is drawn with this seed, so that a report comes out the same again. */
const SEED = 0;

/** A finished training, and the data it was on. */
export interface FinishedTraining {
  readonly model: Model;
  /** The state that training ended with. */
  readonly state: Pick<TrainingState, 'history' | 'best' | 'options' | 'start'> &
    Partial<Pick<TrainingState, 'request'>>;
  /** The examples trained on, for PCA. */
  readonly train: Dataset;
  readonly test: Dataset;
  /** PCA of the training data where it is known: of the code's width at least. */
  readonly pca?: Pca | undefined;
  /** Where model and report lie, as the summary names them. */
  readonly paths: { readonly model: string; readonly report: string };
  readonly runtime?: RuntimeOptions;
  /** Called while PCA is fitted, which of wide codes takes longest. */
  readonly onProgress?: WorkOptions['onProgress'];
}

/** Network and PCA on the test data. */
interface Measured {
  readonly errors: TestErrors;
  readonly pca: Pca;
  /** The figures of the model's weights. */
  readonly kept: KeptFigures;
}

function testExample({ labels }: Dataset, index: number): TestExample {
  const label = labels?.names[labels.values[index] ?? -1];
  return { index, ...(label !== undefined && { label }) };
}

/** Test examples with their reconstructions. */
async function specimensOf(
  positions: readonly number[],
  autoencoder: Autoencoder,
  test: Dataset,
  { pca, errors }: Measured,
): Promise<(positions: readonly number[]) => Specimen[]> {
  const { specification } = autoencoder;
  const { scaling } = specification.input;
  const size = inputSize(specification);
  const raw = new Float32Array(positions.length * size);
  for (const [i, position] of positions.entries()) raw.set(await test.block(position, position + 1), i * size);
  const inputs = applyScaling(raw, scaling);
  const outputs = applyScaling(await autoencoder.reconstruct(raw), scaling);
  const linear = throughPca(pca, inputs, specification.code.width);
  const specimens = new Map(
    positions.map((index, i): [number, Specimen] => {
      const of = (values: Float32Array): Float32Array => values.subarray(i * size, (i + 1) * size);
      const [squaredError, pcaSquaredError] = [errors.network[index]!, errors.pca[index]!];
      const values = { input: of(inputs), reconstruction: of(outputs), pcaReconstruction: of(linear) };
      return [index, { ...testExample(test, index), ...values, squaredError, pcaSquaredError }];
    }),
  );
  return (wanted) => wanted.flatMap((position) => specimens.get(position) ?? []);
}

/** The first test examples and those with the largest and the smallest errors. */
async function shownExamples(
  autoencoder: Autoencoder,
  test: Dataset,
  measured: Measured,
): Promise<Pick<TrainingFigures, 'samples' | 'worst' | 'best'>> {
  const { network } = measured.errors;
  const order = Array.from(network.keys()).sort((a, b) => network[b]! - network[a]!);
  const first = Array.from({ length: Math.min(SAMPLES, test.length) }, (_, i) => i);
  const worst = order.slice(0, EXTREMES);
  const best = order.slice(-EXTREMES).reverse();
  const take = await specimensOf([...new Set([...first, ...worst, ...best])], autoencoder, test, measured);
  return { samples: take(first), worst: take(worst), best: take(best) };
}

/** Test examples corrupted as in training, and cleaned; undefined for a network that never saw any. */
async function denoisingOf(autoencoder: Autoencoder, test: Dataset): Promise<Denoising | undefined> {
  const { specification } = autoencoder;
  const { corruption } = specification;
  if (corruption.type === 'none') return undefined;
  const { scaling } = specification.input;
  const unseen = sliceDataset(test, 0, Math.min(EXAMPLES.denoising, test.length));
  const { values, corrupted } = await denoise(autoencoder, unseen, { corruption, seed: SEED });
  if (!corrupted) return undefined;
  const size = inputSize(specification);
  const { before, after, peak } = corrupted;
  const examples: Cleaned[] = [];
  for (let index = 0; index < Math.min(EXTREMES, unseen.length); index++) {
    const part = (all: Float32Array) => applyScaling(all.slice(index * size, (index + 1) * size), scaling);
    const clean = applyScaling(await test.block(index, index + 1), scaling);
    const [seen, output] = [part(corrupted.values), part(values)];
    examples.push({
      ...{ ...testExample(test, index), clean, corrupted: seen, output },
      before: peakSignalToNoise(clean, seen, peak),
      after: peakSignalToNoise(clean, output, peak),
    });
  }
  return { corruption, before, after, count: unseen.length, examples };
}

/** Examples drawn from the model; undefined where nothing can be drawn. */
async function generatedOf(autoencoder: Autoencoder): Promise<Generated | undefined> {
  const { specification } = autoencoder;
  const prior = priorOf(specification);
  if (!prior) return undefined;
  const { values } = await sample(autoencoder, { count: GENERATED, seed: SEED });
  return {
    count: GENERATED,
    values: applyScaling(values, specification.input.scaling, values),
    prior: priorWords[prior],
  };
}

/** What only some codes have: a codebook, a prior, a penalty on their Jacobian. */
async function codeFigures(
  model: Model,
  test: Dataset,
  { kept }: Measured,
  runtime: RuntimeOptions | undefined,
): Promise<Pick<TrainingFigures, 'codebook' | 'distribution' | 'jacobian'>> {
  const { specification } = model;
  const { code } = specification;
  const first = (most: number) => sliceDataset(test, 0, Math.min(most, test.length));
  const distribution =
    priorOf(specification) === 'normal'
      ? await distributionOf(model, { test, testLoss: kept.testLoss, runtime })
      : undefined;
  const figures: { -readonly [Name in 'codebook' | 'jacobian']?: NonNullable<TrainingFigures[Name]> } = {};
  if (code.type === 'vector-quantized') {
    const data = first(EXAMPLES.codebook);
    figures.codebook = { ...(await codebookUse(model, data, runtime)), examples: data.length, vectors: code.vectors };
  }
  if (penaltyOf(specification, 'contractive')) {
    const data = first(EXAMPLES.jacobian);
    figures.jacobian = { ...(await jacobianOf(model, data, runtime)), examples: data.length };
  }
  return { ...figures, ...(distribution && { distribution }) };
}

/** How much of what a discrete code can say is said; undefined where it is none. */
function codeUseOf(
  { code }: Specification,
  codebook: TrainingFigures['codebook'],
  codes: Float32Array,
): CodeUse | undefined {
  if (code.type === 'quantized') return roundedUse(codes, code.width);
  if (!codebook) return undefined;
  const { counts, perplexity } = codebook;
  const used = counts.filter((count) => count > 0).length;
  return { entries: counts.length, used, share: used / counts.length, perplexity };
}

async function mapOf(
  { codes, thumbnails }: TestErrors,
  specification: Specification,
  { labels }: Dataset,
  runtime: RuntimeOptions | undefined,
): Promise<CodeMap | undefined> {
  const plane = await planeOfCodes({ values: codes, width: specification.code.width }, runtime);
  if (!plane) return undefined;
  const values = labels?.values.subarray(0, plane.points.length / 2);
  return {
    ...plane,
    ...(labels && values && { labels: { ...labels, values }, agreement: neighbourAgreement(plane.points, values) }),
    ...(thumbnails.length > 0 && {
      thumbnails: { count: thumbnails.length / inputSize(specification), values: thumbnails },
    }),
  };
}

/** The terms that only an opponent minimises. */
function opponentsOf(specification: Specification): string[] {
  let names: string[] = [];
  parametersAsked((scope) => {
    const x = variable('x', [2, inputSize(specification)]);
    names = Object.keys(forward(specification, scope, x, symbolicContext()).auxiliary);
  });
  return names;
}

const sumOf = (values: Iterable<number>): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
};

/** Figures before the first step, where training started at PCA. */
const pcaStart = ({ start, request }: FinishedTraining['state']): TrainingState['start'] =>
  request?.from ? undefined : start;

/** What the network is compared with PCA by. */
function comparisonOf({ model, state }: FinishedTraining, { errors, pca, kept }: Measured): Comparison {
  const { specification } = model;
  const { width } = specification.code;
  const { history, options } = state;
  const start = pcaStart(state);
  const left = pca.totalVariance - sumOf(pca.variances.slice(0, width));
  return compareWithPca({
    ...{ specification, options, history },
    ...(start && { start }),
    keptEpoch: kept.epoch,
    squaredError: {
      network: meanOf(errors.network),
      pca: meanOf(errors.pca),
      ...(pca.variances.length >= width && { pcaOnTrain: Math.max(0, left) }),
      mean: sumOf(errors.perValue.variance),
    },
    bce: { network: errors.networkBce, pca: errors.pcaBce, floor: errors.bceFloor },
  });
}

function summaryOf(
  training: FinishedTraining,
  measured: Measured,
  opponents: readonly string[],
  codebook: CodeUse | undefined,
): RunSummary {
  const { model, state, paths } = training;
  const { errors, kept } = measured;
  const { epoch: keptEpoch, trainLoss, testLoss, testSquaredError, terms } = kept;
  const values = Object.entries(terms).filter(([name]) => !opponents.includes(name));
  const { history } = state;
  return {
    kind: model.specification.kind,
    parameters: countParameters(model.specification),
    epochs: history.length,
    ...{ keptEpoch, trainLoss, testLoss, testSquaredError },
    pcaSquaredError: meanOf(errors.pca),
    comparison: comparisonOf(training, measured),
    bceFloor: errors.bceFloor,
    ...(values.length > 1 && { terms: Object.fromEntries(values) }),
    ...(codebook && { codebook }),
    // Every epoch sees the same examples, so the mean speed is the harmonic one.
    examplesPerSecond: history.length / sumOf(history.map((record) => 1 / record.examplesPerSecond)),
    seconds: sumOf(history.map(({ seconds }) => seconds)),
    ...paths,
  };
}

/** PCA of the training data at the code's width. */
function fitTwin(
  train: Dataset,
  { code, input }: Specification,
  { runtime, onProgress }: Pick<FinishedTraining, 'runtime' | 'onProgress'>,
): Promise<Pca> {
  const size = exampleSize(train);
  return fitPca(train, {
    // As wide as the data PCA is exact, and its components are only looked at.
    width: code.width < size ? code.width : Math.min(size, COMPONENTS),
    scaling: input.scaling,
    ...{ maximumComponents: COMPONENTS, onProgress },
    ...(runtime && { runtime }),
  });
}

/** What the report says of PCA. */
function pcaFigures({ pca, errors }: Measured, specification: Specification): TrainingFigures['pca'] {
  const size = inputSize(specification);
  const count = Math.min(COMPONENTS, pca.components.length / size);
  return {
    width: specification.code.width,
    testSquaredError: meanOf(errors.pca),
    testBce: errors.pcaBce,
    explained: Array.from(pca.variances, (variance) => (pca.totalVariance > 0 ? variance / pca.totalVariance : 0)),
    components: { count, values: pca.components.subarray(0, count * size) },
  };
}

/** Which parts of the data were looked at in place of all. */
function sampledOf(
  all: Pick<FinishedTraining, 'train' | 'test'>,
  taken: { readonly train: Dataset; readonly test: Dataset },
): Pick<TrainingFigures, 'sampled'> {
  const parts = (['train', 'test'] as const).flatMap((part) => {
    const [examples, of] = [taken[part].length, all[part].length];
    return examples < of ? [[part, { examples, of }] as const] : [];
  });
  return parts.length > 0 ? { sampled: Object.fromEntries(parts) } : {};
}

/**
 * Everything that is to be said of a finished training: the network's outputs for the whole test data, PCA at the same code
 * width fitted on the training data, the extremes, the map. The data pass in blocks, so that memory holds no second copy of
 * them; of data beyond 256 MiB it is a sample of at most 100,000 examples to train and 20,000 to test, and the figures say so.
 *
 * @throws GargaloError `bad-input` where data and model do not fit each other
 */
export async function measureTraining(training: FinishedTraining): Promise<TrainingFigures> {
  const { model, state, runtime } = training;
  const large = isLarge(training.train) || isLarge(training.test);
  const train = sampleOfLarge(training.train);
  const test = large ? sampleDataset(training.test, TEST_SAMPLE) : training.test;
  const { specification } = model;
  const pca = training.pca ?? (await fitTwin(train, specification, training));
  const autoencoder = openAutoencoder(model, runtime);
  try {
    const errors = await testErrors(autoencoder, test, pca);
    const measured: Measured = { errors, pca, kept: keptFigures(state) };
    const opponents = opponentsOf(specification);
    const codes = { values: errors.codes, width: specification.code.width };
    // A code that became NaN has no figures.
    const sparsity = errors.codes.every(Number.isFinite) ? sparsityOf(specification, codes) : undefined;
    const generated = await generatedOf(autoencoder);
    const denoising = await denoisingOf(autoencoder, test);
    const depth = await depthOf(model, test, EXTREMES, runtime);
    const map = await mapOf(errors, specification, test, runtime);
    const own = await codeFigures(model, test, measured, runtime);
    const start = pcaStart(state);
    const lossSample = trainLossSample(specification, state.options.batch);
    return {
      summary: summaryOf(training, measured, opponents, codeUseOf(specification, own.codebook, errors.codes)),
      ...(opponents.length > 0 && { opponents }),
      loss: specification.loss,
      shape: specification.input.shape,
      ...(test.columns && { columns: test.columns }),
      ...(specification.input.sequence && { sequence: true }),
      history: state.history,
      ...(start && { start }),
      ...(lossSample && { trainLossSample: lossSample }),
      ...sampledOf(training, { train, test }),
      ...(await shownExamples(autoencoder, test, measured)),
      ...filtersOf(model, codes),
      ...own,
      ...(sparsity && { sparsity }),
      ...(generated && { generated }),
      ...(denoising && { denoising }),
      ...(depth && { depth }),
      testBce: errors.networkBce,
      perValue: namedValues(errors.perValue, test),
      ...(map && { map }),
      pca: pcaFigures(measured, specification),
    };
  } finally {
    await autoencoder.close();
  }
}
