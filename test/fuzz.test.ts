// Broken files by the hundred, or by the ten thousand in the long variant; `npm run fuzz` has as many as one likes.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { effort } from './effort.js';

const runs = effort('45', '10000');
const script = fileURLToPath(new URL('../tools/fuzz.mjs', import.meta.url));
const tables = ['csv', 'tsv', 'jsonl', 'parquet'];
const arrays = ['npy', 'npz', 'idx', 'idx.gz', 'image'];
const ours = ['model', 'gar', 'sweep.json', 'config.json'];

it('whatever the bytes of a broken file are, it is read or refused in one line', () => {
  const readers = [...tables, ...arrays, ...ours];
  const asked = [...readers.flatMap((name) => ['--reader', name]), '--runs', runs, '--seed', '1'];
  const { status, stderr, stdout } = spawnSync(process.execPath, [script, ...asked], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(readers.length);
  for (const [i, name] of readers.entries()) {
    expect(lines[i]).toMatch(new RegExp(`^${name}: ${runs} inputs, [1-9]\\d* read, [1-9]\\d* refused, 0 failures`));
  }
  expect(status).toBe(0);
});
