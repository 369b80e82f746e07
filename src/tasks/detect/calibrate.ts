import { badInput } from '../../core/errors.js';
import { refuseUnknownKeys } from '../../core/names.js';
import type { WorkOptions } from '../../core/work.js';
import type { Dataset } from '../../data/dataset.js';
import { groupsOf } from '../../data/groups.js';
import { datasetOf, type Examples } from '../../data/in-memory.js';
import { inPieces } from '../../data/pieces.js';
import { seriesOf } from '../../data/series.js';
import { joined } from '../../data/stream.js';
import { type Autoencoder, checkInput, checkModel, runtimeFor } from '../../models/autoencoder.js';
import {
  type Calibration,
  type CodeRange,
  distributionOf,
  type ScoreDistribution,
  type ScoreName,
} from '../../models/calibration.js';
import { inputSize, type Specification } from '../../models/specification.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import { fitCodeRange, hasCodeRange, rebuiltBlocks } from './code-range.js';
import { combinedCalibration } from './combined.js';
import { patternCalibration } from './pattern-calibration.js';
import { joinedRows, PIECES, type Piece, type PieceErrors, piecesOf, rowsFrom, rowsHeld } from './pieces.js';
import { type Contributions, contributionsOf, errorsOf, LARGEST_WHITENED, total } from './scoring.js';
import { isSeriesFor, seriesWindows } from './series.js';
import { short } from './surprise.js';
import { fitWhitening } from './whitening.js';

/** What is left to a caller of {@link calibrate}. */
export interface CalibrateOptions extends WorkOptions {
  /** Examples like those, that were not trained on: the scores are taken from them. */
  readonly heldOut?: Examples | undefined;
  /** Examples to score at most; default 100,000, fewer where they are large. More are sampled evenly. */
  readonly limit?: number | undefined;
  /** Of a series: rows from one window to the next; default 1. */
  readonly stride?: number | undefined;
  /**
   * Whether to keep training rows for the score 'combined' or training windows for the score 'pattern', 1 MiB of them at most; default:
   * rows of a table for models that learned from noise of many sizes, as the kind detecting does, and windows of a series for models
   * whose codes have a range.
   */
  readonly references?: boolean | undefined;
  /** Where neighbours are looked for; by default on the runtime of the autoencoder. */
  readonly runtime?: RuntimeOptions | undefined;
}

/** Every option of {@link calibrate}. */
export const calibrateOptions = [
  ...(['heldOut', 'limit', 'stride', 'references', 'runtime', 'signal', 'onProgress'] as const),
] satisfies (keyof CalibrateOptions)[];

const LIMIT = 100_000;
/** Errors kept meanwhile: 64 MB. */
const KEPT_VALUES = 2 ** 23;
/** Multiplications to find their correlation: about a second. */
const MULTIPLICATIONS = 2 ** 30;

/** The scores of examples and of the rows that they are windows of, each the mean over the windows that hold the row. */
function scoresOf(
  pieces: readonly PieceErrors[],
  { input }: Pick<Specification, 'input'>,
  contribute: Contributions,
): { readonly examples: Float64Array; readonly rows: Float64Array } {
  const [examples, rows]: [number[], number[]] = [[], []];
  const parts = new Float64Array(inputSize({ input }));
  for (const { errors, places } of pieces) {
    const scores = Float64Array.from(errors, (error) => {
      contribute(error, parts);
      return total(parts);
    });
    for (const score of scores) examples.push(score);
    if (places) for (const score of rowsFrom(scores, places, input.shape[0] as number)) rows.push(score);
  }
  return { examples: Float64Array.from(examples), rows: Float64Array.from(rows) };
}

/** What a walk over some data has to know. */
interface Walk extends WorkOptions {
  /** Examples to look at, at most. */
  readonly most: number;
  readonly stride: number;
  /** Whether the examples are kept too. */
  readonly keepsRows: boolean;
}

/** Values of an example of which reference rows are kept, at most. */
const LARGEST_COMPARED = 1024;

/** Whether a model is one for detecting: it learned from noise of many sizes, so that its error is a distance. */
const isDetecting = ({ corruption }: Specification): boolean =>
  corruption.type === 'gaussian' && corruption.span !== undefined;

/** Whether examples are rows of a table, of a size that some hundred of are kept. */
function hasReferences({ input }: Specification, dataset: Dataset): boolean {
  return !input.sequence && input.shape.length === 1 && inputSize({ input }) <= LARGEST_COMPARED && dataset.length > 1;
}

/** Pieces of a data set that are looked at: all of it, or some all over it where it is too long. */
function partsOf({ specification }: Autoencoder, dataset: Dataset, most: number): Piece[] {
  const inRows = isSeriesFor(specification, dataset);
  if (!inRows) checkInput(specification, dataset);
  const window = specification.input.shape[0] as number;
  const fewest = inRows ? 4 * window : 1; // a piece of a series is worth nothing below some windows
  const pieceCount = Math.min(PIECES[inRows ? 'series' : 'examples'], Math.ceil(most / fewest));
  return piecesOf(dataset, Math.max(most, fewest), pieceCount);
}

/** The examples of a piece: it itself or, of a series, windows of it. */
function examplesOf({ specification }: Autoencoder, part: Dataset, stride: number) {
  const window = specification.input.shape[0] as number;
  if (!isSeriesFor(specification, part)) return { examples: part };
  const { windows, places } = seriesWindows(part, { window, stride }, () => undefined, false);
  return { examples: windows, places };
}

/**
 * The errors of a data set, or of pieces all over it where it is too long, and how many examples those have: of a series the rows in
 * whole windows, and the windows.
 */
async function errorsOver(
  autoencoder: Autoencoder,
  dataset: Dataset,
  { most, stride, keepsRows, signal, onProgress }: Walk,
  range?: CodeRange,
): Promise<{ readonly pieces: readonly PieceErrors[]; readonly examples: number; readonly windows?: number }> {
  const { specification } = autoencoder;
  const size = inputSize(specification);
  const parts = partsOf(autoencoder, dataset, most);
  const count = parts.reduce((sum, { part }) => sum + part.length, 0);
  const toErrors = errorsOf(specification);
  const pieces: PieceErrors[] = [];
  let done = 0;
  for (const { from, part } of parts) {
    const errors: Float64Array[] = [];
    const room = () => new Float32Array(keepsRows ? part.length * size : 0);
    const kept = { rows: room(), rebuilt: room() };
    const { examples, places } = examplesOf(autoencoder, part, stride);
    for await (const block of rebuiltBlocks(autoencoder, examples, range, { signal })) {
      const { values, reconstruction, start, end } = block;
      for (let i = 0; i < end - start; i++) {
        const error = new Float64Array(size);
        toErrors(values, reconstruction, i * size, error);
        errors.push(error);
      }
      if (keepsRows) {
        kept.rows.set(values, start * size);
        kept.rebuilt.set(reconstruction, start * size);
      }
    }
    const made = (all: Float32Array) => all.subarray(0, errors.length * size);
    const whole = { rows: made(kept.rows), rebuilt: made(kept.rebuilt) };
    pieces.push({ errors, from, ...(keepsRows && { kept: whole }), ...(places && { places }) });
    done += part.length;
    onProgress?.({ done, total: count });
  }
  const ofPieces = (number: (piece: PieceErrors) => number) => pieces.reduce((sum, piece) => sum + number(piece), 0);
  const windows = ofPieces(({ errors }) => errors.length);
  if (!pieces.some(({ places }) => places)) return { pieces, examples: count };
  if (windows === 0) {
    throw badInput(
      dataset.name,
      `expected rows of a series in pieces of at least ${specification.input.shape[0]} rows, the model's window, got only shorter ones`,
      'bring a longer series',
    );
  }
  return { pieces, windows, examples: ofPieces(({ places = [] }) => rowsHeld(places)) };
}

/** The range of the codes of a series, where the score 'bounded' is for such a model. */
async function codeRangeOver(
  autoencoder: Autoencoder,
  dataset: Dataset,
  { most, stride, signal }: Walk,
): Promise<CodeRange | undefined> {
  const { specification } = autoencoder;
  if (!specification.input.sequence || !hasCodeRange(specification)) return undefined;
  const codes: Float32Array[] = [];
  for (const { part } of partsOf(autoencoder, dataset, most)) {
    const { examples } = examplesOf(autoencoder, part, stride);
    for await (const { code } of autoencoder.codes(examples, { signal })) codes.push(code);
  }
  return fitCodeRange(joined(codes), specification.code.width);
}

/** More classes than these are no classes, but names of examples. */
const MOST_CLASSES = 100;

/** Of more groups than these a model does not keep the names. */
const MOST_GROUPS = 10_000;

/** The classes that examples of a data set have. */
function classesOf({ labels }: Dataset): string[] | undefined {
  if (!labels || labels.names.length > MOST_CLASSES) return undefined;
  const seen = new Set(labels.values);
  return labels.names.filter((_, i) => seen.has(i));
}

/** Overlapping windows count as the series that they were cut from; a series is taken in pieces that no window reaches across. */
function seriesOrExamples(data: Dataset, specification: Specification): Dataset {
  if (data.sequence) checkInput(specification, data);
  const series = data.sequence ? seriesOf(data)?.rows : data;
  return series && isSeriesFor(specification, series) ? inPieces(series).rows : data;
}

/**
 * Learns what a model's errors are like on the data that it was trained on: what anomaly scores are compared with. The result
 * belongs to the model: `saveModel(path, { ...autoencoder, calibration })`.
 *
 * Examples that a network has partly learned by heart have smaller errors than others like them, and a threshold among those is
 * exceeded more often than it says. With the option `heldOut` it lies among the scores of examples that were not trained on; how
 * errors go together is learned from the training data all the same.
 *
 * Rows of a table that models like those of the kind detecting learned from are kept in part, for the score 'combined', which compares
 * rows with them; without data held out its threshold lies among the scores that these have beside the others.
 *
 * @param training examples as the model takes them or, for a model of windows, the series itself, which gives
 *   time steps a threshold of their own; overlapping windows count as the series that they were cut from
 * @throws GargaloError `bad-input` where data and model do not fit each other; `cancelled`
 */
export async function calibrate(
  autoencoder: Autoencoder,
  training: Examples,
  options: CalibrateOptions = {},
): Promise<Calibration> {
  checkModel(autoencoder, 'calibrate');
  refuseUnknownKeys('options of calibrate', options, calibrateOptions);
  const { heldOut, limit = LIMIT, stride = 1, references: asked, runtime: asking, ...work } = options;
  const { specification } = autoencoder;
  if (!(Number.isSafeInteger(limit) && limit >= 1)) {
    throw badInput('limit', `expected a whole number of examples, at least 1, got ${limit}`);
  }
  const read = async (data: Examples, name: string) => {
    const examples = await datasetOf(data, { like: specification.input, name });
    if (examples.length === 0) throw badInput(name, 'expected at least one example, got none');
    return seriesOrExamples(examples, specification);
  };
  const dataset = await read(training, 'training data');
  const aside = heldOut && (await read(heldOut, 'examples held out'));
  const size = inputSize(specification);
  const whitens = size <= LARGEST_WHITENED;
  const most = Math.max(
    1,
    Math.floor(Math.min(limit, KEPT_VALUES / size, whitens ? MULTIPLICATIONS / size ** 2 : limit)),
  );
  const keepsRows = (asked ?? isDetecting(specification)) && hasReferences(specification, dataset);
  const walk = { most, stride, keepsRows, signal: work.signal };
  const { pieces, examples, windows } = await errorsOver(autoencoder, dataset, { ...work, ...walk });
  const found = whitens && (await fitWhitening(pieces.flatMap(({ errors }) => errors)));
  const whitening = found && {
    errors: { mean: found.mean.map(short), deviation: found.deviation.map(short) },
    whitening: found.triangle.map(short),
  };
  const runtime = await runtimeFor(autoencoder, asking);
  const codes = await codeRangeOver(autoencoder, dataset, walk);
  const scored = aside ? await errorsOver(autoencoder, aside, walk) : { pieces, examples, windows };
  const inRows = isSeriesFor(specification, aside ?? dataset);
  const [scores, rowScores]: [Record<string, ScoreDistribution>, Record<string, ScoreDistribution>] = [{}, {}];
  const keep = (score: Exclude<ScoreName, 'combined' | 'pattern'>, errors: readonly PieceErrors[]): void => {
    const made = { ...(whitening || undefined), ...(codes && { codes }) };
    const of = scoresOf(errors, specification, contributionsOf(specification, score, made));
    scores[score] = distributionOf(of.examples);
    if (inRows) rowScores[score] = distributionOf(of.rows);
  };
  keep('error', scored.pieces);
  if (whitening) keep('mahalanobis', scored.pieces);
  const classes = classesOf(dataset);
  const groups = groupsOf(dataset.carried)?.names;
  const ofWindows = inRows && asked !== false && isSeriesFor(specification, dataset);
  const boundedOver = async (data: Dataset) =>
    (await errorsOver(autoencoder, data, { ...walk, keepsRows: ofWindows }, codes)).pieces;
  const asideBounded = codes && aside && (await boundedOver(aside));
  // Of examples with others held out the training data's own are wanted for the pattern score alone.
  const bounded = codes && (ofWindows || !aside) ? await boundedOver(dataset) : undefined;
  if (codes) keep('bounded', (asideBounded ?? bounded)!);
  const pattern = bounded && ofWindows && (await patternCalibration(bounded, asideBounded, specification, runtime));
  if (pattern) rowScores.pattern = pattern.distribution;
  const combined =
    keepsRows &&
    (await combinedCalibration(autoencoder, joinedRows(pieces), aside && joinedRows(scored.pieces), {
      signal: work.signal,
      runtime,
    }));
  if (combined) scores.combined = combined.distribution;
  return {
    data: dataset.name,
    examples,
    ...(windows !== undefined && { windows }),
    of: dataset.length,
    ...(classes && { classes }),
    ...(groups && groups.length <= MOST_GROUPS && { groups }),
    ...(aside && {
      heldOut: {
        data: aside.name,
        examples: scored.examples,
        ...(scored.windows !== undefined && { windows: scored.windows }),
      },
    }),
    scores,
    ...(inRows && { rowScores, rowsBy: 'window' as const }),
    ...(codes && { codes }),
    ...whitening,
    ...(combined && { references: combined.references }),
    ...(pattern && { patterns: pattern.patterns }),
  };
}
