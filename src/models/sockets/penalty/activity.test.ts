import { describe, expect, it } from 'vitest';
import { float64, forwardCase, randomWeights, specification } from '../../../../test/tiny.js';
import { createRandom } from '../../../core/random.js';
import { evaluate } from '../../../graph/evaluate.js';
import { variable } from '../../../graph/tensor.js';
import type { Code, Penalty } from '../../specification.js';
import { sparsityDivergence } from './activity.js';

const random = createRandom(1, 'examples');
const [count, width] = [8, 3];
const examples = Float64Array.from({ length: count * 6 }, () => random.normal());

/** The penalty's term, and the codes that it is one on, one list for each unit. */
function termOf(penalty: Penalty, activation: 'sigmoid' | 'identity'): { value: number; units: number[][] } {
  const code: Code = { type: 'plain', width, activation };
  const model = specification({ code, penalties: [penalty] });
  const { pass, feeds } = forwardCase(model, randomWeights(model), examples, {});
  const [term, codes] = evaluate([pass.terms[penalty.type]!, pass.code], feeds).map(({ data }) => [...data]);
  const units = Array.from({ length: width }, (_, j) => codes!.filter((_value, i) => i % width === j));
  return { value: term![0]!, units };
}
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the L1 penalty', () => {
  it('is the sum of the code’s absolute values, mean over the examples, times its weight', () => {
    const { value, units } = termOf({ type: 'l1', weight: 0.3 }, 'identity');
    const sum = units.flat().reduce((total, z) => total + Math.abs(z), 0);
    expect(units.flat().some((z) => z < 0)).toBe(true);
    expect(value).toBeCloseTo((0.3 * sum) / count, 6);
  });
});

describe('the sparsity penalty', () => {
  it('is the divergence of each unit’s mean activity over the batch from the target, summed, times its weight', () => {
    for (const target of [0.05, 0.5, 0.9]) {
      const { value, units } = termOf({ type: 'sparsity', weight: 2, target }, 'sigmoid');
      const divergence = units.map(meanOf).reduce((sum, mean) => {
        const on = target * Math.log(target / mean);
        return sum + on + (1 - target) * Math.log((1 - target) / (1 - mean));
      }, 0);
      expect(divergence).toBeGreaterThan(0);
      expect(value).toBeCloseTo(2 * divergence, 5);
    }
  });

  const divergenceAt = (activity: number, target: number): number => {
    const tensor = variable('activity', [4, 2]);
    return evaluate(
      [sparsityDivergence(tensor, target)],
      new Map([[tensor, float64([4, 2], new Float64Array(8).fill(activity))]]),
    )[0]!.data[0]!;
  };

  it('is 0 where the activity meets the target, and more the further it is away', () => {
    expect(divergenceAt(0.2, 0.2)).toBeCloseTo(0, 6);
    const above = [0.3, 0.5, 0.9, 1].map((activity) => divergenceAt(activity, 0.2));
    expect(above).toEqual([...above].sort((a, b) => a - b));
    expect(above[0]).toBeGreaterThan(0);
  });

  it('is finite for units that are always off, or always on', () => {
    for (const activity of [0, 1]) expect(Number.isFinite(divergenceAt(activity, 0.05))).toBe(true);
  });
});
