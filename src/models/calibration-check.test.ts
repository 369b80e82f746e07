import { expect, it } from 'vitest';
import { distributionOf, partLevels } from './calibration.js';
import { checkCalibration } from './calibration-check.js';

const rows = Buffer.from(new Float32Array(4).buffer).toString('base64');
const part = { floor: 1e-12, quantiles: partLevels.map(() => 0), excess: 1 };
const sound = {
  data: 'a',
  examples: 2,
  of: 2,
  scores: { error: distributionOf(Float64Array.of(1, 2)) },
  errors: { mean: [0, 0], deviation: [1, 1] },
  whitening: [1, 0, 1],
  codes: { center: [0], axes: [1], low: [-1], high: [1] },
  references: {
    count: 2,
    rows,
    spacings: Buffer.from(new Float32Array(2).buffer).toString('base64'),
    parts: { error: part, distance: part, relative: part, marginal: part },
    weights: { error: 0.25, distance: 0.25, relative: 0.25, marginal: 0.25 },
  },
  patterns: {
    count: 2,
    windows: rows,
    spans: [0, 1, 1, 2],
    timed: false,
    steps: { floor: [1e-12], median: [0] },
    parts: { error: part, distance: part, roughness: part },
  },
};

it('a calibration of equal scores and values passes', () => {
  expect(() => checkCalibration(sound, 2)).not.toThrow();
});

it('a calibration with parts of another size, or without its error, is refused', () => {
  expect(() => checkCalibration(sound, 3)).toThrow(/^calibration.errors.mean: expected a list of 3, got 2/);
  expect(() => checkCalibration({ ...sound, scores: {} }, 2)).toThrow(/^calibration.scores.error: expected an object/);
  expect(() => checkCalibration({ ...sound, errors: undefined }, 2)).toThrow(/^calibration.errors: expected an object/);
});

it.each<[place: string, value: unknown]>([
  ...[0, -1, 1e-300, Number.POSITIVE_INFINITY, null].map((value): [string, unknown] => ['errors.deviation.1', value]),
  ['errors.mean.0', Number.NaN],
  ...[1e300, Number.NaN].map((value): [string, unknown] => ['whitening.1', value]),
  ['whitening.2', 0],
  ...[9, -1, Number.POSITIVE_INFINITY].map((value): [string, unknown] => ['scores.error.quantiles.3', value]),
  ['scores.error.mean', 1e9],
  ['scores.constructor', 1],
  ['codes.axes.0', 7],
  ['codes.high.0', -2],
  ...['references.parts.error', 'patterns.parts.error'].flatMap((at): [string, unknown][] => [
    [`${at}.quantiles.45`, 1e308],
    [`${at}.quantiles.1`, -1],
    [`${at}.floor`, 1e300],
    [`${at}.excess`, 1e-300],
  ]),
  ['references.weights.error', 0],
  ['references.rows', Buffer.from(new Float32Array([0, 0, 0, Number.NaN]).buffer).toString('base64')],
  ['patterns.spans.1', -1],
  ['patterns.steps.median.0', 1e308],
])('a calibration is refused at its place with %s = %s', (place, value) => {
  const damaged = JSON.parse(JSON.stringify(sound));
  const keys = place.split('.');
  const last = keys.pop()!;
  const holder = keys.reduce((held, key) => held[key] as never, damaged as Record<string, unknown>);
  holder[last] = value;
  expect(() => checkCalibration(damaged, 2)).toThrow(new RegExp(`^calibration\\.${keys[0]}.*: expected`));
});
