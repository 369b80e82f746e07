import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../../test/effort.js';
import { createRandom } from '../../core/random.js';
import { createIntegerCoder, type Expectation, expectationsOf, LARGEST, LARGEST_SPREAD } from './integers.js';

/** Codes and reads back, in blocks of so many examples. */
function roundTrip(values: Int32Array, expectations: readonly Expectation[], examples = 1000) {
  const [writer, reader] = [createIntegerCoder(expectations), createIntegerCoder(expectations)];
  const back: number[] = [];
  let bytes = 0;
  const block = examples * expectations.length;
  for (let at = 0; at < values.length; at += block) {
    const part = values.subarray(at, at + block);
    const coded = writer.encode(part);
    bytes += coded.length;
    back.push(...reader.decode(coded, part.length));
  }
  return { back, bytes };
}

/** Empirical entropy of the values of each place, in bytes for all of them. */
function entropyBytes(values: Int32Array, places: number): number {
  const examples = values.length / places;
  let bits = 0;
  for (let place = 0; place < places; place++) {
    const counts = new Map<number, number>();
    for (let at = place; at < values.length; at += places) counts.set(values[at]!, (counts.get(values[at]!) ?? 0) + 1);
    for (const count of counts.values()) bits -= count * Math.log2(count / examples);
  }
  return bits / 8;
}

const number = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: -1000, max: 1000 }),
  fc.integer({ min: -LARGEST, max: LARGEST }),
  fc.constantFrom(-LARGEST, LARGEST),
);
const around: fc.Arbitrary<Expectation> = fc.record({
  type: fc.constant('around' as const),
  center: number,
  spread: fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: LARGEST_SPREAD })),
});

describe('the coder of code values', () => {
  it('gives back any values, whatever was expected of them', () => {
    fc.assert(
      fc.property(
        fc.array(around, { minLength: 1, maxLength: 4 }).chain((expectations) =>
          fc.tuple(
            fc.constant(expectations),
            fc.array(fc.array(number, { minLength: expectations.length, maxLength: expectations.length }), {
              maxLength: 40,
            }),
            fc.integer({ min: 1, max: 50 }),
          ),
        ),
        ([expectations, examples, block]) => {
          const values = Int32Array.from(examples.flat());
          expect(roundTrip(values, expectations, block).back).toEqual([...values]);
        },
      ),
      { numRuns: effort(300, 3000) },
    );
  });

  it('gives back entries of codebooks of any size', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 3000 })
          .chain((entries) =>
            fc.tuple(fc.constant(entries), fc.array(fc.integer({ min: 0, max: entries - 1 }), { maxLength: 60 })),
          ),
        ([entries, chosen]) => {
          expect(roundTrip(Int32Array.from(chosen), [{ type: 'entries', entries }], 7).back).toEqual(chosen);
        },
      ),
    );
  });

  const random = createRandom(3, 'values');
  const drawn = (draw: (place: number) => number, places = 4, examples = 10_000) =>
    Int32Array.from({ length: examples * places }, (_, at) => draw(at % places));
  it.each([
    ['normal, each place of another spread', drawn((place) => Math.round(random.normal() * 2 ** (place - 1)))],
    ['normal, far from 0', drawn((place) => Math.round(1e6 * place + 3 * random.normal()))],
    ['of two values', drawn(() => (random.uniform() < 0.5 ? -7 : 9))],
    ['mostly 0', drawn(() => (random.uniform() < 0.95 ? 0 : Math.round(4 * random.normal())))],
    ['in long tails', drawn(() => Math.round(random.normal() / Math.max(random.uniform(), 0.05)))],
  ])('is within a hundredth of the entropy of 10,000 examples: %s', (_name, values) => {
    const { bytes } = roundTrip(values, expectationsOf(values, 4));
    // and what it takes to learn which values there are
    expect(bytes).toBeLessThan(1.01 * entropyBytes(values, 4) + 25 * 4);
  });

  it('takes next to nothing for what never changes', () => {
    const values = drawn(() => 5);
    expect(roundTrip(values, expectationsOf(values, 4)).bytes).toBeLessThan(30);
  });

  it('takes little more than the entropy of a uniform distribution for finely rounded numbers', () => {
    const values = drawn(() => Math.round(1e6 * (random.uniform() - 0.5)), 2, 2000);
    const ideal = (2 * 2000 * Math.log2(1e6)) / 8;
    expect(roundTrip(values, expectationsOf(values, 2)).bytes).toBeLessThan(1.03 * ideal);
  });

  it('codes no example, and a single one', () => {
    const expectations = expectationsOf(new Int32Array(), 3);
    expect(roundTrip(new Int32Array(), expectations)).toEqual({ back: [], bytes: 0 });
    expect(createIntegerCoder(expectations).encode(new Int32Array()).length).toBe(0);
    const one = Int32Array.of(4, -5, 0);
    expect(roundTrip(one, expectationsOf(one, 3)).back).toEqual([...one]);
    expect(roundTrip(one, expectationsOf(one, 3)).bytes).toBeLessThanOrEqual(2);
  });

  it('refuses bytes that mean values larger than any', () => {
    const far = (center: number) => createIntegerCoder([{ type: 'around', center, spread: 1 }], 'a.gar');
    const bytes = far(0).encode(Int32Array.of(LARGEST));
    expect(() => far(LARGEST).decode(bytes, 1)).toThrow(
      expect.objectContaining({ code: 'bad-input', where: 'a.gar', problem: expect.stringContaining('at most') }),
    );
  });
});
