import { describe, expect, it } from 'vitest';
import { fedContext, fedScope, float64, forwardCase, randomWeights, specification } from '../../../../test/tiny.js';
import { largestDifference } from '../../../../test/training-case.js';
import { createRandom } from '../../../core/random.js';
import { evaluate, type Value } from '../../../graph/evaluate.js';
import { grad } from '../../../graph/gradient.js';
import * as op from '../../../graph/ops/index.js';
import { type Tensor, variable } from '../../../graph/tensor.js';
import type { Weights } from '../../autoencoder.js';
import { adversarialPenalty } from './adversarial.js';
import type { PenaltyTerms } from './penalty.js';

const [batch, width, units] = [6, 2, 3];
const random = createRandom(1, 'codes');
const codes = Float64Array.from({ length: batch * width }, () => 2 + random.normal());
const model = specification({ penalties: [{ type: 'adversarial', weight: 0.3, discriminator: [units] }] });

interface Case {
  readonly built: PenaltyTerms;
  readonly feeds: Map<Tensor, Value>;
  readonly parameters: Map<string, Tensor>;
  readonly passed: Tensor;
  /** Draws of the prior. */
  readonly prior: ArrayLike<number>;
}

/** @param perfect codes that are themselves the draws of the prior */
function penalised(weights: Weights = randomWeights(model), perfect = false): Case {
  const { scope, feeds, parameters } = fedScope(weights);
  const passed = variable('passed', [batch, width]);
  const context = fedContext(feeds);
  const prior = feeds.get(context.noise('prior', [batch, width]))!.data;
  feeds.set(passed, float64([batch, width], perfect ? prior : codes));
  const built = adversarialPenalty(
    { type: 'adversarial', weight: 0.3, discriminator: [units] },
    { specification: model, scope, context, passed, code: passed, seen: passed, encode: () => passed },
  );
  return { built, feeds, parameters, passed, prior };
}
const scalar = (tensor: Tensor, feeds: Map<Tensor, Value>): number => evaluate([tensor], feeds)[0]!.data[0]!;

/** The discriminator's logit for each code, one unit after the other. */
function logits(weights: Weights, values: ArrayLike<number>): number[] {
  const at = (name: string): Float32Array => weights.get(`discriminator/${name}`)!;
  return Array.from({ length: batch }, (_, n) => {
    let logit = at('output/bias')[0]!;
    for (let j = 0; j < units; j++) {
      let sum = at('0/bias')[j]!;
      for (let i = 0; i < width; i++) sum += values[n * width + i]! * at('0/weight')[i * units + j]!;
      logit += Math.max(sum, 0.01 * sum) * at('output/weight')[j]!;
    }
    return logit;
  });
}
/** −log σ(z), mean. */
const surprise = (z: readonly number[]): number =>
  z.reduce((sum, value) => sum + Math.log1p(Math.exp(-value)), 0) / z.length;

describe('an adversarial code', () => {
  it('is judged by a discriminator between it and draws of the prior', () => {
    const weights = randomWeights(model);
    const { built, feeds, prior } = penalised(weights);
    const [real, drawn] = [logits(weights, prior), logits(weights, codes)];
    expect(scalar(built.terms.adversarial!, feeds)).toBeCloseTo(0.3 * surprise(drawn), 5);
    const opposed = surprise(drawn.map((z) => -z));
    expect(scalar(built.auxiliary!.discriminator!, feeds)).toBeCloseTo((surprise(real) + opposed) / 2, 5);
  });

  it('is pulled by its own term alone, and the discriminator by its own', () => {
    const { built, feeds, parameters, passed } = penalised();
    const norms = (term: Tensor, of: readonly Tensor[]): number[] =>
      evaluate(grad(term, of), feeds).map(({ data }) => data.reduce((sum, g) => sum + g * g, 0));
    const opponents = [...parameters.values()];
    expect(opponents.length).toBe(4);
    expect(norms(built.terms.adversarial!, opponents)).toEqual([0, 0, 0, 0]);
    expect(norms(built.auxiliary!.discriminator!, [passed])).toEqual([0]);
    expect(Math.min(...norms(built.auxiliary!.discriminator!, opponents))).toBeGreaterThan(0);
    expect(norms(built.terms.adversarial!, [passed])[0]).toBeGreaterThan(0);
  });

  it('descends with its opponent in one step as each would alone', () => {
    const { pass, feeds, parameters } = forwardCase(model, randomWeights(model), Float64Array.from(codes), {});
    const all = [...parameters.values()];
    const own = Object.values(pass.terms).reduce((sum, term) => op.Add(sum, term));
    const opponent = pass.auxiliary.discriminator!;
    const [together, ofTerms, ofOpponent] = [op.Add(own, opponent), own, opponent].map((loss) =>
      evaluate(grad(loss, all), feeds).map(({ data }) => data),
    );
    for (const [i, name] of [...parameters.keys()].entries()) {
      const alone = name.startsWith('discriminator/') ? ofOpponent![i]! : ofTerms![i]!;
      expect(largestDifference(together![i]!, alone), name).toBeLessThan(1e-12);
    }
  });

  it('that matches the prior leaves no discriminator below log 2, and the one that sees no difference at it', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { built, feeds } = penalised(randomWeights(model, seed), true);
      expect(scalar(built.auxiliary!.discriminator!, feeds)).toBeGreaterThan(Math.LN2 - 1e-6);
    }
    const blind = new Map([...randomWeights(model)].map(([name, values]) => [name, values.map(() => 0)]));
    const { built, feeds, parameters } = penalised(blind, true);
    expect(scalar(built.auxiliary!.discriminator!, feeds)).toBeCloseTo(Math.LN2, 6);
    expect(scalar(built.terms.adversarial!, feeds)).toBeCloseTo(0.3 * Math.LN2, 6);
    for (const { data } of evaluate(grad(built.auxiliary!.discriminator!, [...parameters.values()]), feeds)) {
      expect(Math.max(...data.map(Math.abs))).toBeLessThan(1e-6);
    }
  });

  it('has no opponent after training', () => {
    const { pass, parameters } = forwardCase(model, randomWeights(model), codes);
    expect(pass.auxiliary).toEqual({});
    expect([...parameters.keys()].filter((name) => name.startsWith('discriminator'))).toEqual([]);
  });
});
