import { badInput } from '../../core/errors.js';
import { refuseUnknownKeys } from '../../core/names.js';
import type { WorkOptions } from '../../core/work.js';
import type { Examples } from '../../data/in-memory.js';
import { type Autoencoder, checkModel } from '../../models/autoencoder.js';
import type { Calibration, ScoreName } from '../../models/calibration.js';
import { type CalibrateOptions, calibrate, calibrateOptions } from './calibrate.js';
import {
  type DetectedBlock,
  type DetectOptions,
  detectOptions,
  detectWith,
  shareOf,
  thresholdScores,
} from './detect.js';
import { fewScoresWarning } from './few-scores.js';
import { openScorer, type Scorer } from './scorer.js';

/** What is left to a caller of {@link detector}: how it is calibrated, and what counts as an anomaly. */
export interface DetectorOptions
  extends CalibrateOptions,
    Omit<DetectOptions, 'calibration' | keyof CalibrateOptions> {}

/** A model that judges examples. Closing it closes the model that it was made of. */
export interface Detector extends Autoencoder {
  readonly calibration: Calibration;
  /** What a person should know of its threshold: that it lies among too few scores. */
  readonly warnings: readonly string[];
  /** The score of each example, or of each row of a series: [n], the higher the more unusual. */
  score(examples: Examples, work?: WorkOptions): Promise<Float64Array>;
  /** Whether each is an anomaly: [n], 1 or 0. */
  predict(examples: Examples, work?: WorkOptions): Promise<Uint8Array>;
  /** Scores, verdicts and the part of each value in them, block by block: for data of any size. */
  detect(examples: Examples, work?: WorkOptions): AsyncGenerator<DetectedBlock, void>;
}

/**
 * Makes a detector of a model: it learns what the model's errors are like on its training data, or takes what the model knows already. It is a
 * model too: `saveModel(path, detector)` keeps both in one file.
 *
 * @example
 * const { autoencoder } = await fit(rows, detecting());
 * await using machine = await detector(autoencoder, rows);
 * const [score] = await machine.score([{ temperature: 20.4, machine: 'A' }]);
 * @param data the training data; left out where the model was calibrated before
 * @throws GargaloError `bad-input` where neither is there, or where the data do not fit the model
 */
export async function detector(
  autoencoder: Autoencoder,
  data?: Examples,
  options: DetectorOptions = {},
): Promise<Detector> {
  checkModel(autoencoder, 'detector');
  refuseUnknownKeys('options of detector', options, [...calibrateOptions, ...detectOptions]);
  const { heldOut, limit, stride, references, signal, onProgress, ...choice } = options;
  const calibration = data
    ? await calibrate(autoencoder, data, {
        heldOut,
        limit,
        stride,
        references,
        signal,
        onProgress,
        runtime: choice.runtime,
      })
    : autoencoder.calibration;
  if (!calibration) {
    const mend = 'give it the data that the model was trained on: detector(model, data)';
    throw badInput('calibration', 'expected a model that knows its errors on training data, got one without', mend);
  }
  const model: Autoencoder = { ...autoencoder, calibration };
  const opened = new Map<ScoreName, Promise<Scorer>>();
  const openScore = (score: ScoreName): Promise<Scorer> => {
    const scorer = opened.get(score) ?? openScorer(model, score, calibration, choice);
    opened.set(score, scorer);
    return scorer;
  };
  const walk = (examples: Examples, options: WorkOptions = {}) =>
    detectWith(model, examples, { stride, ...choice, ...options }, openScore);
  const close = async (): Promise<void> => {
    for (const scorer of opened.values()) await (await scorer).close();
    await autoencoder.close();
  };
  const scores = thresholdScores(calibration, choice, calibration.rowScores !== undefined);
  const few = fewScoresWarning(
    { ...scores, quantile: shareOf(choice) },
    calibration.heldOut !== undefined,
    choice.robust,
  );
  return {
    ...model,
    calibration,
    warnings: few === undefined ? [] : [few],
    detect: walk,
    async score(examples, options) {
      const scores: number[] = [];
      for await (const block of walk(examples, options)) for (const score of block.scores) scores.push(score);
      return Float64Array.from(scores);
    },
    async predict(examples, options) {
      const verdicts: number[] = [];
      for await (const block of walk(examples, options)) for (const one of block.anomalies) verdicts.push(one);
      return Uint8Array.from(verdicts);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
