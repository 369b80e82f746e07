import { arrayDataset, type Dataset, exampleSize } from '../../../data/dataset.js';
import { isLarge } from '../../../data/large.js';
import { sampleDataset, sampleOfLarge } from '../../../data/runs.js';
import { applyScaling, type Scaling } from '../../../data/scaling.js';
import { variable } from '../../../graph/tensor.js';
import { type Autoencoder, type Model, openAutoencoder, parametersAsked } from '../../../models/autoencoder.js';
import { symbolicContext } from '../../../models/context.js';
import { forward } from '../../../models/network.js';
import { fitPca, type Pca, projectPca, throughPca } from '../../../models/pca.js';
import { inputSize, type Specification } from '../../../models/specification.js';
import type { RuntimeOptions } from '../../../runtime/runtime.js';
import type { TrainingState } from '../../../train/events.js';
import { type KeptFigures, keptFigures } from '../../../train/kept.js';
import { trainLossSample } from '../../../train/step.js';
import { countParameters } from '../../../train/train.js';
import { activityOf } from './figures/activity.js';
import { codebookOf } from './figures/codebook.js';
import { denoisingOf } from './figures/denoising.js';
import { depthOf } from './figures/depth.js';
import { distributionOf } from './figures/distribution.js';
import { type Errors, measure } from './figures/errors.js';
import { filtersOf } from './figures/filters.js';
import { generatedOf } from './figures/generated.js';
import { jacobianFigures } from './figures/jacobian.js';
import { namedValues } from './figures/per-value.js';
import type { ReportInput, RunSummary, Specimen } from './input.js';
import { type Comparison, compareWithPca } from './verdict.js';

/** What a report is made of. */
export interface ReportContext {
  readonly model: Model;
  /** The state that training ended with. */
  readonly state: Pick<TrainingState, 'history' | 'best' | 'options' | 'start'>;
  /** The examples trained on, for PCA. */
  readonly train: Dataset;
  readonly test: Dataset;
  /** PCA of the training data where it is known: of the code's width at least. */
  readonly pca?: Pca | undefined;
  readonly title: string;
  readonly date: Date;
  /** Where model and report lie, as the summary names them. */
  readonly paths: { readonly model: string; readonly report: string };
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
  readonly command?: string;
  readonly version?: string;
  readonly runtime?: RuntimeOptions;
}

const SAMPLES = 20;
const EXTREMES = 10;
const GENERATED = 64;
/** Test examples that are looked at where the data are beyond 256 MiB. */
const TEST_SAMPLE = 20_000;
const COMPONENTS = 32;
/** Network and PCA on the test data. */
interface Measured {
  readonly errors: Errors;
  readonly pca: Pca;
  /** The figures of the model's weights. */
  readonly kept: KeptFigures;
}

/** Some test examples, and what became of them. */
async function specimensOf(
  positions: readonly number[],
  { autoencoder, test, pca, errors }: { autoencoder: Autoencoder; test: Dataset; pca: Pca; errors: Errors },
): Promise<Map<number, Specimen>> {
  const { specification } = autoencoder;
  const { scaling } = specification.input;
  const size = inputSize(specification);
  const raw = new Float32Array(positions.length * size);
  for (const [i, position] of positions.entries()) raw.set(await test.block(position, position + 1), i * size);
  const reconstructed = await autoencoder.reconstruct(raw);
  const inputs = applyScaling(raw, scaling);
  const outputs = applyScaling(reconstructed, scaling);
  const linear = throughPca(pca, inputs, specification.code.width);
  const { labels } = test;
  return new Map(
    positions.map((index, i) => {
      const of = (values: Float32Array): Float32Array => values.subarray(i * size, (i + 1) * size);
      const label = labels?.names[labels.values[index] ?? -1];
      const specimen: Specimen = {
        index,
        ...(label !== undefined && { label }),
        input: of(inputs),
        reconstruction: of(outputs),
        pcaReconstruction: of(linear),
        squaredError: errors.network[index]!,
        pcaSquaredError: errors.pca[index]!,
      };
      return [index, specimen];
    }),
  );
}

async function mapOf(
  { codes, thumbnails }: Errors,
  specification: Specification,
  test: Dataset,
  runtime: RuntimeOptions | undefined,
): Promise<ReportInput['map']> {
  const { width } = specification.code;
  const count = codes.length / width;
  // A code that became NaN has no place on a map.
  if (count < 2 || !codes.every(Number.isFinite)) return undefined;
  const common = {
    ...(test.labels && { labels: { ...test.labels, values: test.labels.values.subarray(0, count) } }),
    ...(thumbnails.length > 0 && {
      thumbnails: { count: thumbnails.length / inputSize(specification), values: thumbnails },
    }),
  };
  if (width === 2) return { ...common, points: codes, method: 'code', explained: 1 };
  const points = new Float32Array(count * 2);
  if (width === 1) {
    for (let i = 0; i < count; i++) points[2 * i] = codes[i]!;
    return { ...common, points, method: 'pca', explained: 1 };
  }
  const dataset = arrayDataset(codes, { name: 'codes', shape: [width] });
  const pca = await fitPca(dataset, { width: 2, ...(runtime && { runtime }) });
  const shown = (pca.variances[0] ?? 0) + (pca.variances[1] ?? 0);
  return {
    ...common,
    points: projectPca(pca, codes, 2),
    method: 'pca',
    explained: pca.totalVariance > 0 ? Math.min(1, shown / pca.totalVariance) : 1,
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
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

/** What the network is compared with PCA by. */
function comparisonOf({ model, state }: ReportContext, { errors, pca, kept }: Measured): Comparison {
  const { specification } = model;
  const { width } = specification.code;
  const { history, options, start } = state;
  const left = pca.totalVariance - pca.variances.slice(0, width).reduce((sum, variance) => sum + variance, 0);
  return compareWithPca({
    specification,
    options,
    history,
    ...(start && { start }),
    keptEpoch: kept.epoch,
    squaredError: {
      network: mean(errors.network),
      pca: mean(errors.pca),
      ...(pca.variances.length >= width && { pcaOnTrain: Math.max(0, left) }),
      mean: errors.perValue.variance.reduce((sum, variance) => sum + variance, 0),
    },
    bce: { network: errors.networkBce, pca: errors.pcaBce, floor: errors.bceFloor },
  });
}

function summarize(context: ReportContext, measured: Measured, opponents: readonly string[]): RunSummary {
  const { model, state, paths } = context;
  const { errors, kept } = measured;
  const { trainLoss, testLoss, testSquaredError, terms } = kept;
  const values = Object.entries(terms).filter(([name]) => !opponents.includes(name));
  const { history } = state;
  return {
    kind: model.specification.kind,
    parameters: countParameters(model.specification),
    epochs: history.length,
    keptEpoch: kept.epoch,
    trainLoss,
    testLoss,
    testSquaredError,
    pcaSquaredError: mean(errors.pca),
    comparison: comparisonOf(context, measured),
    bceFloor: errors.bceFloor,
    ...(values.length > 1 && { terms: Object.fromEntries(values) }),
    // Every epoch sees the same examples, so the mean speed is the harmonic one.
    examplesPerSecond: history.length / history.reduce((sum, record) => sum + 1 / record.examplesPerSecond, 0),
    seconds: history.reduce((sum, { seconds }) => sum + seconds, 0),
    ...paths,
  };
}

async function fitTwin(
  train: Dataset,
  width: number,
  scaling: Scaling,
  runtime: RuntimeOptions | undefined,
): Promise<Pca> {
  const size = exampleSize(train);
  return fitPca(train, {
    // As wide as the data PCA is exact, and its components are only looked at.
    width: width < size ? width : Math.min(size, COMPONENTS),
    scaling,
    maximumComponents: COMPONENTS,
    ...(runtime && { runtime }),
  });
}

/** What the report should say of samples that were taken instead of all. */
function sampledOf(
  all: Pick<ReportContext, 'train' | 'test'>,
  taken: { readonly train: Dataset; readonly test: Dataset },
): Pick<ReportInput, 'sampled'> {
  const parts = (['train', 'test'] as const).flatMap((part) => {
    const [examples, of] = [taken[part].length, all[part].length];
    return examples < of ? [[part, { examples, of }] as const] : [];
  });
  return parts.length > 0 ? { sampled: Object.fromEntries(parts) } : {};
}

/**
 * Computes everything that a report shows: the network's outputs for the whole test data, PCA at the same code width
 * fitted on the training data, the extremes, the map. The data pass in blocks, so that memory holds no second copy of them; of
 * data beyond 256 MiB it is a sample of at most 100,000 examples to train and 20,000 to test, and the report says so.
 *
 * @throws GargaloError `bad-input` where data and model do not fit each other
 */
export async function assembleReport(context: ReportContext): Promise<ReportInput> {
  const { model, state, runtime } = context;
  const large = isLarge(context.train) || isLarge(context.test);
  const train = sampleOfLarge(context.train);
  const test = large ? sampleDataset(context.test, TEST_SAMPLE) : context.test;
  const { specification } = model;
  const { width } = specification.code;
  const pca = context.pca ?? (await fitTwin(train, width, specification.input.scaling, runtime));
  const autoencoder = openAutoencoder(model, runtime);
  try {
    const errors = await measure(autoencoder, test, pca);
    const order = Array.from(errors.network.keys()).sort((a, b) => errors.network[b]! - errors.network[a]!);
    const first = Array.from({ length: Math.min(SAMPLES, test.length) }, (_, i) => i);
    const worst = order.slice(0, EXTREMES);
    const best = order.slice(-EXTREMES).reverse();
    const specimens = await specimensOf([...new Set([...first, ...worst, ...best])], {
      autoencoder,
      test,
      pca,
      errors,
    });
    const take = (positions: readonly number[]): Specimen[] => positions.map((position) => specimens.get(position)!);
    const opponents = opponentsOf(specification);
    const kept = keptFigures(state);
    const codes = { values: errors.codes, width };
    // A code that became NaN has no figures.
    const sound = errors.codes.every(Number.isFinite);
    const activity = sound ? activityOf(specification, codes) : undefined;
    const about = { test, testLoss: kept.testLoss, runtime };
    const distribution = await distributionOf(model, about);
    const codebook = await codebookOf(model, test, runtime);
    const generated = await generatedOf(autoencoder, GENERATED);
    const denoising = await denoisingOf(autoencoder, test);
    const depth = await depthOf(model, test, EXTREMES, runtime);
    const jacobian = await jacobianFigures(model, test, runtime);
    const map = await mapOf(errors, specification, test, runtime);
    const sample = trainLossSample(specification, state.options.batch);
    const size = inputSize(specification);
    const count = Math.min(COMPONENTS, pca.components.length / size);
    return {
      title: context.title,
      date: context.date,
      summary: summarize(context, { errors, pca, kept }, opponents),
      ...(opponents.length > 0 && { opponents }),
      loss: specification.loss,
      shape: specification.input.shape,
      ...(test.columns && { columns: test.columns }),
      ...(specification.input.sequence && { sequence: true }),
      history: state.history,
      ...(state.start && { start: state.start }),
      ...(sample && { trainLossSample: sample }),
      ...sampledOf(context, { train, test }),
      samples: take(first),
      worst: take(worst),
      best: take(best),
      ...filtersOf(model, codes),
      ...(activity && { activity }),
      ...(distribution && { distribution }),
      ...(codebook && { codebook }),
      ...(jacobian && { jacobian }),
      ...(generated && { generated }),
      ...(denoising && { denoising }),
      ...(depth && { depth }),
      testBce: errors.networkBce,
      perValue: namedValues(errors.perValue, test),
      ...(map && { map }),
      pca: {
        width,
        testSquaredError: mean(errors.pca),
        testBce: errors.pcaBce,
        explained: Array.from(pca.variances, (variance) => (pca.totalVariance > 0 ? variance / pca.totalVariance : 0)),
        components: { count, values: pca.components.subarray(0, count * size) },
      },
      configuration: context.configuration,
      warnings: context.warnings,
      ...(context.command !== undefined && { command: context.command }),
      ...(context.version !== undefined && { version: context.version }),
    };
  } finally {
    await autoencoder.close();
  }
}
