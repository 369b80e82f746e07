import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.js';
import { disc, gaussian } from './constructed.oracle.js';
import { bodyToDrawFrom, codeRegion, drawFromRegion, HELD } from './region.js';

describe('the region of codes', () => {
  it('holds 98 % of them at its size', () => {
    const { codes } = gaussian({ count: 2000, width: 4 });
    const { farness } = codeRegion(codes, 4);
    const size = [...farness].sort((a, b) => a - b)[Math.floor(HELD * 2000)]!;
    expect(farness.filter((far) => far <= size).length / 2000).toBeCloseTo(HELD, 2);
    expect(bodyToDrawFrom(codeRegion(codes, 4), 1).size ** 2).toBeGreaterThan(size);
  });

  it('is drawn from evenly: in a disc, half of the places lie within √½ of its radius', () => {
    const { codes } = disc({ count: 4000 });
    const region = codeRegion(codes, 2);
    const { places, farness } = drawFromRegion(region, 1, 20_000, createRandom(1, 'places'));
    const lengths = Float64Array.from({ length: 20_000 }, (_, i) => Math.hypot(places[2 * i]!, places[2 * i + 1]!));
    const radius = Math.max(...lengths);
    expect(lengths.filter((length) => length < radius * Math.SQRT1_2).length / 20_000).toBeCloseTo(0.5, 1);
    expect(Math.max(...farness)).toBeLessThanOrEqual(1);
    const right = places.filter((value, i) => i % 2 === 0 && value > 0).length;
    expect(right / 20_000).toBeCloseTo(0.5, 1);
  });

  it('reaches as far on each side as codes do', () => {
    const random = createRandom(1, 'skewed');
    const codes = Float32Array.from({ length: 5000 }, () => -Math.log(1 - random.uniform()));
    const { reach } = codeRegion(codes, 1);
    const [below, above] = reach[0]!;
    // an exponential distribution has its mean at 1 and its last 1 % from ln 100 on; axes may point either way
    expect(Math.min(below, above)).toBeCloseTo(1, 0);
    expect(Math.abs(Math.max(below, above) - (Math.log(100) - 1))).toBeLessThan(0.3);
  });

  it('is a point where all codes are the same, and flat where they lie in a plane', () => {
    const same = drawFromRegion(codeRegion(new Float32Array(60).fill(2), 3), 1, 10, createRandom(1, 'places'));
    expect([...same.places]).toEqual(new Array(30).fill(2));
    const flat = Float32Array.from({ length: 900 }, (_, i) => (i % 3 === 2 ? 7 : Math.sin(i * i)));
    const { places } = drawFromRegion(codeRegion(flat, 3), 1, 50, createRandom(1, 'places'));
    for (let i = 2; i < places.length; i += 3) expect(places[i]).toBeCloseTo(7, 5);
  });
});
