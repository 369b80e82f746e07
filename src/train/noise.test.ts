import { describe, expect, it } from 'vitest';
import { float64 } from '../../test/tiny.js';
import { evaluate, type Value } from '../graph/evaluate.js';
import { type Tensor, variable } from '../graph/tensor.js';
import { bankRows, fillBank, NOISE_ROW, noiseInput, noiseSource, noiseStarts } from './noise.js';

describe('the bank of noise', () => {
  const rows = 4096;
  const bank = fillBank(rows, 1);

  it('holds standard normal numbers', () => {
    const moment = (power: number): number => bank.reduce((sum, value) => sum + value ** power, 0) / bank.length;
    // The moments of N(0, 1), and five standard deviations of their estimates.
    for (const [power, expected, variance] of [
      [1, 0, 1],
      [2, 1, 2],
      [3, 0, 15],
      [4, 3, 96],
    ] as const) {
      expect(Math.abs(moment(power) - expected), `moment ${power}`).toBeLessThan(5 * Math.sqrt(variance / bank.length));
    }
    const within = bank.filter((value) => Math.abs(value) < 1.959964).length / bank.length;
    expect(Math.abs(within - 0.95)).toBeLessThan(5 * Math.sqrt((0.95 * 0.05) / bank.length));
    const neighbours = bank.reduce((sum, value, i) => sum + value * (bank[i + 1] ?? 0), 0) / bank.length;
    expect(Math.abs(neighbours)).toBeLessThan(5 / Math.sqrt(bank.length));
  });

  it('is the same for the same seed, and another for another', () => {
    expect(fillBank(rows, 1)).toEqual(bank);
    expect(fillBank(rows, 2)).not.toEqual(bank);
    // A longer one begins with the same numbers.
    expect(fillBank(rows + 1, 1).subarray(0, bank.length)).toEqual(bank);
  });

  it('is several times as long as what a request reads', () => {
    for (const largest of [0, 1, 1000, 100_000]) {
      expect(bankRows(largest)).toBeGreaterThanOrEqual(4 * largest);
      expect(bankRows(largest) * NOISE_ROW).toBeGreaterThanOrEqual(1e6);
    }
  });
});

describe('where a request reads', () => {
  it('lies within the bank, and reaches its first and its last row', () => {
    const starts = noiseStarts(500, 20, 17, 1, 'noise/1/corruption');
    expect(new Set(starts)).toEqual(new Set([0, 1, 2, 3]));
    expect(new Set(noiseStarts(10, 20, 20, 1, 'noise/1/corruption'))).toEqual(new Set([0]));
  });

  it('follows from the seed and the name of the stream alone', () => {
    const starts = noiseStarts(50, 1000, 1, 1, 'noise/3/code');
    expect(noiseStarts(50, 1000, 1, 1, 'noise/3/code')).toEqual(starts);
    expect(noiseStarts(50, 1000, 1, 2, 'noise/3/code')).not.toEqual(starts);
    for (const other of ['noise/4/code', 'noise/3/prior', 'noise/test/3/code']) {
      expect(noiseStarts(50, 1000, 1, 1, other)).not.toEqual(starts);
    }
  });
});

describe('a source of noise', () => {
  const rows = 40;
  const bank = fillBank(rows, 1);

  it.each([
    [[1]],
    [[32]],
    [[5, 7]],
    [[2, 3, 11]],
  ])('gives a request of shape %j the numbers from its start on', (shape) => {
    const source = noiseSource();
    const noise = source.draw('code', shape);
    expect(noise.shape).toEqual(shape);
    const { variable: start, rows: needed } = source.starts.get('code')!;
    expect(start.attributes).toMatchObject({ name: noiseInput('code') });
    const size = shape.reduce((product, side) => product * side, 1);
    expect(needed).toBe(Math.ceil(size / NOISE_ROW));
    const feeds = new Map<Tensor, Value>([
      [source.bank, float64([rows, NOISE_ROW], bank)],
      [start, float64([], [9])],
    ]);
    const expected = bank.slice(9 * NOISE_ROW, 9 * NOISE_ROW + size);
    expect([...evaluate([noise], feeds)[0]!.data]).toEqual([...expected]);
  });

  it('reads from another place at each step', () => {
    const iteration = variable('iteration', [], 'int64');
    const source = noiseSource(iteration);
    const noise = source.draw('code', [2, 3]);
    const starts = [3, 30, 3];
    for (const [step, start] of starts.entries()) {
      const feeds = new Map<Tensor, Value>([
        [source.bank, float64([rows, NOISE_ROW], bank)],
        [source.starts.get('code')!.variable, float64([3], starts)],
        [iteration, float64([], [step])],
      ]);
      expect([...evaluate([noise], feeds)[0]!.data]).toEqual([...bank.slice(start * NOISE_ROW, start * NOISE_ROW + 6)]);
    }
  });

  it('gives a name the same numbers when asked again, and each name a place of its own', () => {
    const source = noiseSource();
    const [code, again, prior] = ['code', 'code', 'prior'].map((name) => source.draw(name, [2]));
    expect(again).toBe(code);
    expect(prior).not.toBe(code);
    expect([...source.starts.keys()]).toEqual(['code', 'prior']);
  });
});
