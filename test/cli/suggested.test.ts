// What `gargalo data` suggests for a file runs to the end: for each file of the corpus that can be read.
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { someOf } from '../effort.js';
import { gargalo, temporaryFolder } from './command.js';

const cwd = temporaryFolder();
const corpus = fileURLToPath(new URL('../data-corpus/', import.meta.url));
cpSync(corpus, cwd, { recursive: true });
const files = readdirSync(cwd).sort();

/** The words of a command as a shell takes them. */
const wordsOf = (command: string): string[] =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '').slice(1);

it.each(someOf(files, (file) => files.indexOf(file) % 16 === 0))('what data suggests for %s', async (file) => {
  const told = await gargalo(['data', file, '--json'], { cwd });
  if (told.code !== 0) {
    expect(told).toMatchObject({ code: 2, stderr: expect.stringMatching(/^gargalo: .*: expected .*\n$/) });
    return;
  }
  const { command } = JSON.parse(told.stdout) as { readonly command: string | null };
  if (!command) return;
  const { code, stderr } = await gargalo([...wordsOf(command), '--out', join(cwd, 'runs', file), '-q'], { cwd });
  expect({ code, stderr: code === 0 ? '' : `${command}: ${stderr}` }).toEqual({ code: 0, stderr: '' });
});
