import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('docs/results.md is what the outcomes of the rows say', () => {
  const script = fileURLToPath(new URL('../results/run.mjs', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

interface Labelled {
  readonly times: number[];
  readonly stretches: number[][];
  readonly scores: number[];
}

it.each([
  [[[40, 2]], 100, 'the first row of the stretch alone'],
  [[[49, 2]], 62.41, 'its last row'],
  [
    [
      [20, 3],
      [40, 2],
    ],
    94.5,
    'a false alarm far from any stretch too',
  ],
  [
    [
      [52, 3],
      [40, 2],
    ],
    96.25,
    'a false alarm soon after it, a third of its length behind',
  ],
  [[[10, 3]], 0, 'a row of the probation, which does not count'],
  [[], 0, 'every row or none'],
] as const)('the score of the Numenta benchmark is what its rules say: %o gives %d, %s', async (flags, expected, _what) => {
  const { nabScore } = (await import(new URL('../results/nab-score.mjs', import.meta.url).href)) as {
    nabScore: (all: readonly Labelled[]) => number;
  };
  const times = Array.from({ length: 100 }, (_, i) => 300 * i);
  const scores = times.map(() => 1);
  for (const [row, score] of flags) scores[row] = score;
  expect(nabScore([{ times, stretches: [[300 * 40, 300 * 49]], scores }])).toBeCloseTo(expected, 1);
});
