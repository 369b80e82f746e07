// Causes that lie in how the network was trained.

import { count, factor, figure, percent, several } from '../../core/format.js';
import { inputSize } from '../../models/specification.js';
import type { EpochRecord } from '../../train/events.js';
import { type ComparisonFacts, type Finder, type Finders, hiddenUnits, wholeEpochs } from './comparison-facts.js';

/** A test loss that fell by more than this over the last fifth of the epochs has not settled. */
const STILL_FALLING = 0.01;
const LATE = 1 / 5;
/**
 * A test error that many times the training error is overfitting; with a test loss that rose since its lowest, the smaller.
 * What the two differ by for PCA too lies in the data.
 */
const GAP = { alone: 2, withRise: 1.25 };
const RISE = 0.01;
/** A training loss that ends this part above its lowest shows steps that are too large. */
const UNSTABLE = 0.1;
/** From this part of units or code values on, doing nothing costs something. */
const IDLE = 0.1;
/** The reconstruction's part of the loss, without the penalties. */
function reconstructionOf({ terms, trainLoss, testLoss }: EpochRecord): {
  readonly train: number;
  readonly test: number;
} {
  return terms.reconstruction ?? { train: trainLoss, test: testLoss };
}

/** What no network gets below. */
const floorOf = ({ specification, bce }: ComparisonFacts): number =>
  specification.loss === 'bce' ? (bce.floor ?? 0) : 0;

const unstable: Finder = (facts) => {
  const { specification, start, options, squaredError } = facts;
  const losses = wholeEpochs(facts).map((record) => reconstructionOf(record).train);
  const { pcaOnTrain } = squaredError;
  // Of corrupted examples and of drawn codes the loss is another than that of PCA on clean ones.
  const isClean = specification.corruption.type === 'none' && specification.code.type === 'plain';
  const atStart = start && pcaOnTrain !== undefined && specification.loss === 'mse' && isClean;
  const lowest = Math.min(...losses, ...(atStart ? [pcaOnTrain / inputSize(specification)] : []));
  const last = losses.at(-1);
  const rises = specification.code.type === 'gaussian' && specification.code.warmup > 0;
  if (last === undefined || rises || last - lowest <= UNSTABLE * (lowest - floorOf(facts))) return undefined;
  return {
    finding: `the loss on the training data rose from ${figure(lowest)} to ${figure(last)}: steps are too large`,
    remedy: `lower \`learningRate\` (now ${options.learningRate})`,
  };
};

const tooFewEpochs: Finder = (facts) => {
  const records = wholeEpochs(facts);
  const { start, options, keptEpoch } = facts;
  const last = records.at(-1);
  if (!last || keptEpoch !== last.epoch) return undefined;
  const late = Math.max(1, Math.round(records.length * LATE));
  const earlier = records.at(-1 - late)?.testLoss ?? (records.length === 1 ? start?.testLoss : undefined);
  const more = `train longer: \`epochs: ${2 * records.length}\`${options.passes > 1 ? ` \`passes: ${options.passes}\`` : ''}`;
  if (earlier === undefined) {
    return {
      finding: `there was only ${several(records.length, 'epoch')} of training`,
      remedy: more,
    };
  }
  const fall = (earlier - last.testLoss) / (earlier - floorOf(facts));
  if (!(fall > STILL_FALLING)) return undefined;
  return {
    finding: `the test loss was still falling: by ${percent(fall)} over the last ${late === 1 ? 'epoch' : several(late, 'epoch')}`,
    remedy: more,
  };
};

const overfitting: Finder = (facts) => {
  const { specification, options, start, keptEpoch, squaredError } = facts;
  const records = wholeEpochs(facts);
  const last = records.at(-1);
  if (!last || specification.trim !== undefined) return undefined;
  const floor = floorOf(facts);
  const { train, test } = reconstructionOf(last);
  const gap = (test - floor) / (train - floor);
  const gapOfPca = squaredError.pca / (squaredError.pcaOnTrain ?? Number.POSITIVE_INFINITY);
  const ofData = Math.max(1, Number.isFinite(gapOfPca) ? gapOfPca : 1);
  const lowest = Math.min(...records.map(({ testLoss }) => testLoss), ...(start ? [start.testLoss] : []));
  const rose = last.testLoss - lowest > RISE * (lowest - floor);
  if (!(gap >= ofData * (rose ? GAP.withRise : GAP.alone))) return undefined;
  const early = rose && keptEpoch < last.epoch;
  const when = keptEpoch === 0 ? 'at the start' : `after epoch ${count(keptEpoch)} of ${count(last.epoch)}`;
  const { optimizer, weightDecay } = options;
  const decay =
    optimizer === 'adam' ? '`optimizer: "adamw"` `weightDecay: 0.1`' : `a larger \`weightDecay\` (now ${weightDecay})`;
  const units = hiddenUnits(specification).length > 0 ? ', fewer units in `encoder`' : '';
  return {
    finding: `overfitting: the error on test data ends ${factor(gap)} that on training data${early ? `, and the test loss was lowest ${when}` : ''}`,
    remedy: `use ${decay}${units}, or more data`,
  };
};

const inactive: Finder = ({ specification, history, keptEpoch }) => {
  const record = history.find(({ epoch }) => epoch === keptEpoch) ?? history.at(-1);
  if (!record) return undefined;
  const { deadUnits, hiddenUnits: hidden, inactiveCode } = record.activity;
  const { width, type } = specification.code;
  if (deadUnits > 0 && deadUnits >= IDLE * hidden) {
    const isLeaky = specification.body.type !== 'recurrent' && specification.body.activation !== 'relu';
    return {
      finding: `${count(deadUnits)} of ${several(hidden, 'hidden unit')} are dead: they give the same value for every example`,
      remedy: isLeaky ? 'lower `learningRate`' : 'lower `learningRate`, or use `activation: "leaky-relu"`',
    };
  }
  if (inactiveCode === 0 || inactiveCode < IDLE * width) return undefined;
  return {
    finding: `${count(inactiveCode)} of ${several(width, 'code value')} hardly change from example to example`,
    remedy: type === 'gaussian' ? 'lower `beta`, or give `freeBits`' : 'lower `learningRate`',
  };
};

export const trainingCauses: Finders = {
  'learning-rate': unstable,
  overfitting,
  'too-few-epochs': tooFewEpochs,
  'inactive-units': inactive,
};
