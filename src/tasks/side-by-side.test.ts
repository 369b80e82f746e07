import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effort } from '../../test/effort.js';
import { sideBySide } from './side-by-side.js';

const pause = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 0));

/** Works that note when they run: work i tells i:0, i:1, …. */
function works(lengths: readonly number[], before: (i: number) => Promise<unknown> = pause) {
  const state = { running: 0, most: 0, returned: 0 };
  const made = lengths.map(
    (length, i) =>
      async function* (): AsyncGenerator<string, void> {
        state.running += 1;
        state.most = Math.max(state.most, state.running);
        try {
          for (let n = 0; n < length; n++) {
            await before(i);
            yield `${i}:${n}`;
          }
        } finally {
          state.running -= 1;
          state.returned += 1;
        }
      },
  );
  return { state, made };
}

describe('works side by side', () => {
  it('tell all their events, each work its own in order, and never more than so many at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 7 }),
        fc.integer({ min: 1, max: 4 }),
        async (lengths, jobs) => {
          const { state, made } = works(lengths);
          const told: string[] = [];
          for await (const event of sideBySide(made, jobs)) told.push(event);
          const expected = lengths.flatMap((length, i) => Array.from({ length }, (_, n) => `${i}:${n}`));
          expect([...told].sort()).toEqual(expected.sort());
          for (const i of lengths.keys()) {
            const own = told.filter((event) => event.startsWith(`${i}:`));
            expect(own).toEqual(own.toSorted((a, b) => Number(a.split(':')[1]) - Number(b.split(':')[1])));
          }
          expect(state.most).toBe(Math.min(jobs, lengths.length));
          expect(state.running).toBe(0);
        },
      ),
      { numRuns: effort(40, 400) },
    );
  });

  it('are not held up by a slow one', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { made } = works([1, 5], (i) => (i === 0 ? held : pause()));
    const told: string[] = [];
    for await (const event of sideBySide(made, 2)) {
      told.push(event);
      if (told.length === 5) release();
    }
    expect(told).toEqual(['1:0', '1:1', '1:2', '1:3', '1:4', '0:0']);
  });

  it('start no more once they must not, and end what runs where nobody listens any longer', async () => {
    const { state, made } = works([2, 2, 2, 2]);
    let told = 0;
    for await (const _ of sideBySide(made, 2, () => told === 0)) told += 1;
    expect(told).toBe(4);
    const other = works([9, 9, 9]);
    for await (const _ of sideBySide(other.made, 2)) break;
    expect(other.state).toMatchObject({ running: 0, returned: 2 });
    expect(state.running).toBe(0);
  });

  it('pass an error on, after ending the others', async () => {
    const { state, made } = works([9]);
    const broken = async function* (): AsyncGenerator<string, void> {
      yield 'before';
      throw new Error('broken');
    };
    const run = async () => {
      for await (const _ of sideBySide([...made, broken], 2));
    };
    await expect(run()).rejects.toThrow('broken');
    expect(state.running).toBe(0);
  });
});
