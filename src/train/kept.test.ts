import { describe, expect, it } from 'vitest';
import { completeOptions } from '../models/options.js';
import type { EpochRecord } from './events.js';
import { keptFigures } from './kept.js';
import { trainingOptions } from './options.js';

const record = (epoch: number, testLoss: number): EpochRecord => ({
  epoch,
  trainLoss: testLoss / 2,
  testLoss,
  testSquaredError: 10 * testLoss,
  terms: { reconstruction: { train: testLoss / 2, test: testLoss, gradient: 1, share: 1 } },
  activity: { deadUnits: 0, hiddenUnits: 4, inactiveCode: 0, activeFraction: 1, meanActivity: 0 },
  learningRate: 0.001,
  examplesPerSecond: 1000,
  seconds: 1,
});
const history = [record(1, 0.3), record(2, 0.2), record(3, 0.4)];
const start = { testLoss: 0.1, testSquaredError: 1, terms: { reconstruction: 0.1 } };
const weights = new Map();
const options = (values: Readonly<Record<string, unknown>>) => completeOptions(trainingOptions, values);

describe('the figures of the weights that a model has', () => {
  it('are those of the best epoch where best weights are kept, else of the last', () => {
    const best = { epoch: 2, testLoss: 0.2, weights };
    expect(keptFigures({ history, best, options: options({ best: true }) })).toEqual({
      epoch: 2,
      trainLoss: 0.1,
      testLoss: 0.2,
      testSquaredError: 2,
      terms: { reconstruction: 0.2 },
    });
    expect(keptFigures({ history, best, options: options({}) }).epoch).toBe(3);
    expect(keptFigures({ history, options: options({ best: true }) }).epoch).toBe(3);
  });

  it('are those of the start where no epoch improved on it', () => {
    const best = { epoch: 0, testLoss: 0.1, weights };
    expect(keptFigures({ history, best, start, options: options({ best: true }) })).toEqual({
      epoch: 0,
      trainLoss: null,
      ...start,
    });
  });
});
