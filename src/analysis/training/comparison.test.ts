import { describe, expect, it } from 'vitest';
import { specification } from '../../../test/tiny.js';
import type { Specification } from '../../models/specification.js';
import { history } from '../../report/pages/training/pages.oracle.js';
import type { EpochRecord } from '../../train/events.js';
import { compareWithPca } from './comparison.js';
import type { ComparisonFacts } from './comparison-facts.js';

/** A training that has settled, in which nothing is wrong. */
function epochs(test: (i: number) => number = () => 0.1, train = test, count = 20): EpochRecord[] {
  return history(count).map((record, i) => ({
    ...record,
    testLoss: test(i),
    trainLoss: train(i),
    terms: { reconstruction: { train: train(i), test: test(i), gradient: 1, share: 1 } },
  }));
}

const start = { testLoss: 0.2, testSquaredError: 10, terms: { reconstruction: 0.2 } };

type Change = Partial<Omit<ComparisonFacts, 'squaredError'>> & Partial<ComparisonFacts['squaredError']>;

/** A network that started at PCA and does worse. */
function facts({ network = 12, pca = 10, pcaOnTrain, ...change }: Change = {}): ComparisonFacts {
  const records = change.history ?? epochs();
  return {
    specification: specification({ linearPath: true }),
    options: { optimizer: 'adamw', learningRate: 0.002, weightDecay: 0.5, passes: 1, patience: undefined, epochs: 20 },
    history: records,
    start: { ...start, testLoss: 0.1, terms: { reconstruction: 0.1 } },
    keptEpoch: records.length,
    bce: { network: null, pca: null, floor: null },
    ...change,
    squaredError: { network, pca, mean: 100, ...(pcaOnTrain !== undefined && { pcaOnTrain }) },
  };
}

const withSpecification = (
  change: Partial<Omit<Specification, 'body'>>,
  body = {},
  more: Change = {},
): ComparisonFacts => facts({ specification: specification(change, body), start: undefined, ...more } as Change);

const causesOf = (given: ComparisonFacts) => compareWithPca(given).causes;
const namesOf = (given: ComparisonFacts) => causesOf(given).map(({ name }) => name);
const causeOf = (name: string, given: ComparisonFacts) => causesOf(given).find((cause) => cause.name === name);

describe('the comparison with PCA', () => {
  it.each([
    [2, 9.8, 'better', '4.9× less squared error'],
    [9, 10, 'better', '10.0\u202f% less squared error'],
    [9.81, 10, 'same', 'no better than PCA'],
    [10.19, 10, 'same', 'no better than PCA'],
    [10.3, 10, 'worse', 'worse than PCA'],
    [0, 0, 'same', 'no better than PCA'],
    [1e-6, 1e-9, 'same', 'no better than PCA'],
    [1, 0, 'worse', 'worse than PCA'],
    [Number.NaN, 1, 'unknown', 'Cannot be compared'],
  ] as const)('on %s against %s is "%s"', (network, pca, outcome, words) => {
    const comparison = compareWithPca(facts({ network, pca }));
    expect(comparison.outcome).toBe(outcome);
    expect(comparison.sentence).toContain(words);
  });

  it('names no cause where the network is better', () => {
    expect(causesOf(withSpecification({ loss: 'bce' }, { encoder: [] }, { network: 2 }))).toEqual([]);
  });

  it('is silent where the code is as wide as the data, and says why', () => {
    const code = { type: 'plain', width: 6, activation: 'identity' } as const;
    const comparison = compareWithPca(withSpecification({ code }, {}, { network: 3, pca: 0 }));
    expect(comparison).toMatchObject({ outcome: 'unknown', causes: [] });
    expect(comparison.sentence).toContain('PCA is exact');
  });

  it('says that the network adds nothing where no epoch improved on the start', () => {
    const comparison = compareWithPca(facts({ network: 10, keptEpoch: 0 }));
    expect(comparison).toMatchObject({ outcome: 'same', causes: [] });
    expect(comparison.sentence).toMatch(
      /^The network adds nothing to PCA at this width .*: the data are linear here, as far as it can tell$/,
    );
  });

  it('calls data linear only where no other cause is seen', () => {
    const learned = epochs(
      (i) => 0.1 + i / 100,
      (i) => 0.1 - i / 250,
    );
    const comparison = compareWithPca(facts({ network: 10, keptEpoch: 0, history: learned }));
    expect(comparison.sentence).not.toContain('linear');
    expect(comparison.causes).toMatchObject([{ name: 'overfitting' }]);
  });

  it('compares a clipped output with a clipped PCA', () => {
    const clipped = specification({ linearPath: true, output: 'clipped' });
    const given = { specification: clipped, start: { ...start, testSquaredError: 8 }, network: 8, pca: 10 };
    const comparison = compareWithPca(facts(given));
    expect(comparison.outcome).toBe('same');
    expect(comparison.sentence).toContain('8.00 against 8.00 with its output limited to 0 … 1 too');
  });
});

describe('the causes of doing no better than PCA', () => {
  it('are none where nothing is to be seen', () => {
    expect(namesOf(facts())).toEqual([]);
    expect(compareWithPca(facts()).sentence).toContain('for no reason that the figures of the training show');
  });

  it('include a test loss that was still falling, by how much, and twice the epochs with as many passes', () => {
    const falling = facts({ history: epochs((i) => 1 / (i + 1)) });
    expect(causeOf('too-few-epochs', falling)).toMatchObject({
      finding: 'the test loss was still falling: by 20.0\u202f% over the last 4 epochs',
      remedy: 'train longer: `epochs: 40`',
    });
    const passes = { ...falling, options: { ...falling.options, passes: 3 } };
    expect(causeOf('too-few-epochs', passes)?.remedy).toContain('`epochs: 40` `passes: 3`');
    expect(namesOf({ ...falling, keptEpoch: 5 })).not.toContain('too-few-epochs');
  });

  it('count what a loss falls above the floor of bce', () => {
    const history = epochs((i) => 0.5 + 1e-4 / (i + 1));
    const bce = { network: 0.5, pca: 0.6, floor: 0.5 };
    expect(namesOf(withSpecification({ loss: 'bce' }, {}, { history, bce }))).toContain('too-few-epochs');
    expect(namesOf(withSpecification({ loss: 'mse' }, {}, { history, bce }))).not.toContain('too-few-epochs');
  });

  it('include a single epoch', () => {
    const given = facts({ history: epochs(() => 0.1, undefined, 1) });
    expect(namesOf({ ...given, start: { ...start, testLoss: 0.1 } })).not.toContain('too-few-epochs');
    const { start: _start, ...random } = given;
    expect(causeOf('too-few-epochs', random)?.finding).toBe('there was only 1 epoch of training');
  });

  it('include overfitting: a training error far below that of the test data', () => {
    const best = facts({
      history: epochs(
        (i) => 0.1 + (i > 4 ? i / 1000 : 0),
        (i) => 0.1 - i / 400,
      ),
      keptEpoch: 5,
    });
    expect(causeOf('overfitting', best)).toMatchObject({
      finding: expect.stringContaining('2.3× that on training data, and the test loss was lowest after epoch 5 of 20'),
      remedy: 'use a larger `weightDecay` (now 0.5), fewer units in `encoder`, or more data',
    });
    expect(
      namesOf(
        facts({
          history: epochs(
            () => 0.1,
            () => 0.06,
          ),
        }),
      ),
    ).not.toContain('overfitting');
    expect(
      namesOf(
        facts({
          history: epochs(
            () => 0.1,
            () => 0.04,
          ),
        }),
      ),
    ).toContain('overfitting');
    expect(namesOf({ ...best, squaredError: { ...best.squaredError, pcaOnTrain: 5 } })).not.toContain('overfitting');
    const adam = { ...best, options: { ...best.options, optimizer: 'adam' as const } };
    expect(causeOf('overfitting', adam)?.remedy).toContain('`optimizer: "adamw"` `weightDecay: 0.1`');
  });

  it('include steps that are too large', () => {
    const history = epochs((i) => 0.1 + i / 20);
    expect(causeOf('learning-rate', facts({ history, keptEpoch: 0 }))?.remedy).toBe('lower `learningRate` (now 0.002)');
    const level = { history: epochs(() => 0.1), keptEpoch: 0 };
    expect(namesOf(facts({ ...level, pcaOnTrain: 0.6 }))).toEqual([]);
    expect(causeOf('learning-rate', facts({ ...level, pcaOnTrain: 0.3 }))?.finding).toBe(
      'the loss on the training data rose from 0.0500 to 0.100: steps are too large',
    );
  });

  it('include dead units, and inactive code values', () => {
    const activity = { deadUnits: 3, hiddenUnits: 16, inactiveCode: 0, activeFraction: 1, meanActivity: 0 };
    const dead = facts({ history: epochs().map((record) => ({ ...record, activity })) });
    expect(
      causeOf('inactive-units', {
        ...dead,
        specification: specification({ linearPath: true }, { activation: 'relu' }),
      }),
    ).toMatchObject({
      finding: '3 of 16 hidden units are dead: they give the same value for every example',
      remedy: 'lower `learningRate`, or use `activation: "leaky-relu"`',
    });
    const idle = { ...activity, deadUnits: 0, inactiveCode: 1 };
    const code = facts({ history: epochs().map((record) => ({ ...record, activity: idle })) });
    expect(causeOf('inactive-units', code)?.finding).toBe('1 of 2 code values hardly change from example to example');
  });

  it('include a loss that is not the squared error, with the bce of both', () => {
    const bce = { network: 0.1, pca: 0.3, floor: 0.05 };
    expect(causeOf('loss', withSpecification({ loss: 'bce' }, {}, { bce }))).toMatchObject({
      finding: expect.stringContaining('in bce the network has 0.1000 per value and PCA 0.3000'),
      remedy: 'use `loss: "mse"` `output: "clipped"`',
    });
    expect(causeOf('loss', withSpecification({ trim: 0.05 }))?.remedy).toBe('leave out `trim`');
  });

  it('include a network that is too small or linear', () => {
    expect(causeOf('too-small', withSpecification({}, { encoder: [] }))?.remedy).toContain('`encoder: [16]`');
    expect(causeOf('too-small', withSpecification({}, { encoder: [1] }))?.finding).toBe(
      'a hidden layer of 1 unit is narrower than the code of 2',
    );
    expect(causeOf('too-small', withSpecification({}, { activation: 'identity' }))?.remedy).toBe(
      'use `activation: "relu"`',
    );
    expect(namesOf(facts({ specification: specification({ linearPath: true }, { encoder: [1] }) }))).toEqual([]);
    const linear = withSpecification({}, { encoder: [], activation: 'identity' });
    expect(causeOf('too-small', linear)?.remedy).toContain('`kind: "basic"`');
  });

  it.each([
    ['corruption', { corruption: { type: 'masking', probability: 0.3 } }, '`noise`'],
    ['code', { code: { type: 'top-k', width: 5, active: 2, activation: 'identity' } }, '`active` (now 2)'],
    ['code', { code: { type: 'gaussian', width: 2, beta: 4, warmup: 0, freeBits: 0 } }, '`beta` (now 4)'],
    ['code', { code: { type: 'plain', width: 2, activation: 'relu' } }, '`codeActivation: "identity"`'],
    ['code', { code: { type: 'quantized', width: 2, rate: 0.1 } }, '`rate` (now 0.1)'],
    [
      'code',
      { code: { type: 'vector-quantized', width: 2, vectors: 1, entries: 8, commitment: 0.25, decay: 0.99 } },
      '`entries` (now 8)',
    ],
    ['penalty', { penalties: [{ type: 'contractive', weight: 0.1, projections: 'exact' }] }, '`contractive` (now 0.1)'],
  ] as [
    string,
    Partial<Omit<Specification, 'body'>>,
    string,
  ][])('include what holds the network back: %s %j', (name, change, flag) => {
    expect(causeOf(name, withSpecification(change))?.remedy).toContain(flag);
  });

  it('leave out a penalty that hardly pulls', () => {
    const pull = (share: number) =>
      epochs().map((record) => ({
        ...record,
        terms: { ...record.terms, l2: { train: 0, test: 0, gradient: 0, share } },
      }));
    const penalties = [{ type: 'l2', weight: 1e-6 }] as const;
    expect(namesOf(withSpecification({ penalties }, {}, { history: pull(0.001) }))).not.toContain('penalty');
    expect(causeOf('penalty', withSpecification({ penalties }, {}, { history: pull(0.3) }))?.finding).toBe(
      'the penalty "l2" makes 30.0\u202f% of the gradient',
    );
  });

  it('include a random start where the network could start at PCA', () => {
    expect(causeOf('random-start', withSpecification({}))?.remedy).toBe('use `start: "pca"`');
    expect(causeOf('random-start', withSpecification({ output: 'sigmoid', loss: 'bce' }))?.remedy).toBe(
      'use `start: "pca"` `loss: "mse"` `output: "clipped"`',
    );
    expect(namesOf(withSpecification({}, { tied: true }))).not.toContain('random-start');
  });
});
