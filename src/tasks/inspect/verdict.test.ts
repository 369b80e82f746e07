import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { specification } from '../../../test/tiny.js';
import type { LatentFigures, PlaceFigures } from '../../analysis/latent/figures.js';
import type { Estimate } from '../../analysis/statistics/estimate.js';
import type { Code, Penalty, Specification } from '../../models/specification.js';
import type { Verdict } from './inspection.js';
import { verdictsOf } from './verdict.js';

const around = (value: number, half = 0.005): Estimate => ({ value, interval: [value - half, value + half] });

interface Change {
  readonly gaps?: number;
  readonly neighbours?: number | undefined;
  readonly clusters?: number;
  readonly jump?: number;
  readonly islands?: readonly number[];
  readonly dimension?: number;
  readonly half?: number;
}

function figures(change: Change = {}): LatentFigures {
  const { gaps = 0.01, clusters = 0.3, jump = 1, islands = [1], dimension = 1, half = 0.005 } = change;
  const neighbours = 'neighbours' in change ? change.neighbours : 0.99;
  const places: PlaceFigures = {
    gaps: around(gaps, half),
    unfaithful: around(gaps * 0.75),
    empty: around(gaps / 2),
    roundTrip: around(0.1),
    distance: around(1),
  };
  return {
    width: 2,
    examples: 1000,
    squaredError: around(1),
    gaps: { lines: places, region: places, codesRoundTrip: around(0.01) },
    separability: {
      ...(neighbours !== undefined && {
        labelled: {
          points: 1000,
          classes: 10,
          chance: 0.1,
          k: 10,
          neighbours: around(neighbours, half),
          probe: around(0.8),
          silhouette: around(0.2),
        },
      }),
      clusters: { points: 1000, count: 4, silhouette: around(clusters, half), stability: around(0.9) },
    },
    discreteness: {
      components: { count: islands.length, interval: [islands.length, islands.length], level: 0.9, parts: islands },
      jump: around(jump, half),
      steps: 32,
    },
    shape: { intrinsicDimension: around(dimension), effectiveRank: around(2), activeUnits: 2, variances: [1, 1] },
    preservation: { k: 10, trustworthiness: around(0.9), continuity: around(0.9), points: 1000 },
  } as LatentFigures;
}

const plain = specification();
const withCode = (code: Code): Specification => ({ ...plain, code });
const withPenalty = (penalty: Penalty): Specification => ({ ...plain, penalties: [penalty] });
const gaussian = withCode({ type: 'gaussian', width: 2, beta: 1, warmup: 0, freeBits: 0 });
const adversarial = withPenalty({ type: 'adversarial', weight: 0.01, discriminator: [8] });
const contractive = withPenalty({ type: 'contractive', weight: 1e-3, projections: 1 });

const about = (weakness: Verdict['weakness'], ours: Change, pca: Change = {}, made: Specification = plain): Verdict =>
  verdictsOf(figures(ours), figures(pca), made).find((verdict) => verdict.weakness === weakness)!;

describe('verdicts', () => {
  it('name all three weaknesses, the worst first', () => {
    const verdicts = verdictsOf(figures({ gaps: 0.5, neighbours: 0.9 }), figures(), plain);
    expect(verdicts.map(({ weakness }) => weakness)).toEqual(['gaps', 'separability', 'discreteness']);
    const others = verdictsOf(figures({ gaps: 0.03, neighbours: 0.5 }), figures(), plain);
    expect(others.map(({ weakness }) => weakness)).toEqual(['separability', 'gaps', 'discreteness']);
    const split = verdictsOf(figures({ gaps: 0.03, islands: [0.3, 0.3, 0.4] }), figures(), plain);
    expect(split[0]!.weakness).toBe('discreteness');
  });

  it('call better and worse only what intervals tell apart, each figure its own way round', () => {
    expect(about('gaps', { gaps: 0.4 }, { gaps: 0.1 }).beside).toBe('worse');
    expect(about('gaps', { gaps: 0.1 }, { gaps: 0.4 }).beside).toBe('better');
    expect(about('gaps', { gaps: 0.4, half: 0.2 }, { gaps: 0.1, half: 0.2 }).beside).toBe('same');
    expect(about('separability', { neighbours: 0.8 }, { neighbours: 0.9 }).beside).toBe('worse');
    expect(about('separability', { neighbours: 0.9 }, { neighbours: 0.8 }).beside).toBe('better');
    expect(about('separability', { neighbours: undefined, clusters: 0.6 }, { clusters: 0.2 }).beside).toBe('better');
    expect(about('discreteness', { jump: 3 }).beside).toBe('worse');
    expect(about('discreteness', {}).beside).toBe('same');
  });

  it('have a severity between 0 and 1 that rises with what is wrong', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, share, share, (first, second, neighbours, linear) => {
        const [less, more] = [Math.min(first, second), Math.max(first, second)];
        const severity = (gaps: number): number => about('gaps', { gaps }, { gaps: 0 }).severity;
        expect(severity(more)).toBeGreaterThanOrEqual(severity(less));
        for (const verdict of verdictsOf(figures({ gaps: first, neighbours }), figures({ gaps: linear }), plain)) {
          expect(verdict.severity).toBeGreaterThanOrEqual(0);
          expect(verdict.severity).toBeLessThanOrEqual(1);
        }
      }),
    );
    expect(about('gaps', { gaps: 0.01 }).severity).toBe(0);
    expect(about('separability', { neighbours: 0.1 }, { neighbours: 0.9 }).severity).toBeCloseTo(1, 10);
  });

  it('say the figures of both in a sentence', () => {
    expect(about('gaps', { gaps: 0.4321 }, { gaps: 0.03 }).sentence).toBe(
      '43.2\u202f% of the places between two codes are gaps (PCA: 3.0\u202f%): 32.4\u202f% decode to something that is encoded elsewhere, 21.6\u202f% are far from every code.',
    );
    expect(about('gaps', { gaps: 0.004 }).sentence).toContain('0.40\u202f% of the places');
    expect(about('gaps', { gaps: 0.004 }).sentence).toContain(
      'about as many as of real codes, up to 2.0\u202f% of which',
    );
    expect(about('separability', { neighbours: 0.785 }, { neighbours: 0.45 }).sentence).toMatch(
      /^The 10 nearest codes tell the class of an example 78\.5\s% of the time \(PCA: 45\.0\s%\)/,
    );
    expect(about('separability', { neighbours: undefined }).sentence).toMatch(/^Without labels: .* 4 clusters/);
    expect(about('discreteness', { jump: 2.2, islands: [0.6, 0.4] }).sentence).toMatch(
      /largest of 32 steps of the output is 2\.2 times the mean one \(PCA: 1\.0 times\)\. The codes lie on 2 islands \(PCA: 1\)\./,
    );
    expect(about('discreteness', {}).sentence).toContain('The codes hang together.');
  });
});

describe('what mends a weakness', () => {
  it('is not named where there is nothing to mend', () => {
    for (const verdict of verdictsOf(figures(), figures(), plain)) expect(verdict.mend).toBeUndefined();
  });

  it('is a gaussian code for gaps and, where codes are pulled to a prior already, more of that', () => {
    expect(about('gaps', { gaps: 0.2 }).mend).toEqual({ kind: 'variational', socket: 'code: gaussian' });
    expect(about('gaps', { gaps: 0.2 }, {}, contractive).mend?.kind).toBe('variational');
    expect(about('gaps', { gaps: 0.2 }, {}, gaussian).mend).toMatchObject({ kind: 'variational', values: { beta: 4 } });
    expect(about('gaps', { gaps: 0.2 }, {}, adversarial).mend).toMatchObject({
      kind: 'adversarial',
      values: { adversarial: 0.05 },
    });
  });

  it('is a wider code for classes that lie within each other where the code is full, else a gaussian one', () => {
    const full = { neighbours: 0.8, dimension: 1.9 };
    expect(about('separability', full).mend).toMatchObject({ kind: plain.kind, values: { code: 4 } });
    expect(about('separability', full, {}, gaussian).mend).toMatchObject({ values: { code: 4 } });
    expect(about('separability', { neighbours: 0.8 }).mend?.kind).toBe('variational');
    expect(about('separability', { neighbours: 0.8 }, {}, gaussian).mend).toBeUndefined();
    const widest = withCode({ type: 'plain', width: 6, activation: 'identity' });
    expect(about('separability', { neighbours: 0.8, dimension: 5.5 }, {}, widest).mend).toBeUndefined();
  });

  it('is a gaussian code for sudden steps and for islands', () => {
    expect(about('discreteness', { jump: 2.5 }).mend).toEqual({ kind: 'variational', socket: 'code: gaussian' });
    expect(about('discreteness', { jump: 2.5 }, {}, contractive).mend?.kind).toBe('variational');
    expect(about('discreteness', { jump: 1.5 }).mend).toBeUndefined();
    expect(about('discreteness', { islands: [0.5, 0.5] }).mend?.kind).toBe('variational');
    // data that are islands themselves are islands for PCA too
    expect(about('discreteness', { islands: [0.5, 0.5] }, { islands: [0.5, 0.3, 0.2] }).mend).toBeUndefined();
    for (const pulled of [gaussian, adversarial]) {
      expect(about('discreteness', { jump: 2.5 }, {}, pulled).mend).toBeUndefined();
    }
  });
});
