// Codes of a large CSV file: rows a second of `gargalo encode`, and the memory that it takes, for few rows and for many.
//
//   npm run bench -- --tables [--rows 1000000] [--columns 50] [--rounds 3] [--output parquet]
//
// Beside it, in the same run, csv-parse alone: the rows a second that a stream of it gives as numbers, encoding nothing.
import { createReadStream, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse';
import { run } from './child.mjs';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    columns: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '3' },
    output: { type: 'string', default: 'parquet' },
  },
});
const rows = Number(values.rows);
const columns = Number(values.columns);
const rounds = Number(values.rounds);
const command = fileURLToPath(new URL('../bin/gargalo.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'gargalo-tables-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));

/** Numbers with six digits behind the point, of some size and sign each; a linear congruential generator makes them. */
function writeCsv(path, count) {
  const file = openSync(path, 'w');
  writeSync(file, `${Array.from({ length: columns }, (_, i) => `sensor ${i + 1}`).join(',')}\n`);
  let seed = 1;
  const cells = new Array(columns);
  let text = '';
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < columns; i++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      cells[i] = ((seed / 2 ** 32 - 0.5) * 10 ** (i % 4)).toFixed(6);
    }
    text += `${cells.join(',')}\n`;
    if (text.length < 2 ** 22) continue;
    writeSync(file, text);
    text = '';
  }
  writeSync(file, text);
}

/** csv-parse as a stream, each cell made a number. */
async function parseOnly(path) {
  const started = performance.now();
  const row = new Float32Array(columns);
  let count = 0;
  const parser = createReadStream(path).pipe(
    parse({
      from: 2,
      on_record: (cells) => {
        for (let i = 0; i < columns; i++) row[i] = Number(cells[i]);
        count++;
        return null;
      },
    }),
  );
  parser.resume();
  await new Promise((resolve, reject) => parser.on('end', resolve).on('error', reject));
  return count / ((performance.now() - started) / 1000);
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const said = (number) => Math.round(number).toLocaleString('en-US');

const [large, small] = [join(folder, 'large.csv'), join(folder, 'small.csv')];
const few = Math.max(1000, Math.floor(rows / 10));
writeCsv(large, rows);
writeCsv(small, few);
const out = join(folder, 'run');
await run([command, 'train', small, '--limit', '2000', '--code', '8', '--epochs', '1', '--out', out, '-q']);
const model = join(out, 'model.onnx');

const results = { large: [], small: [], parser: [] };
for (let round = 0; round < rounds; round++) {
  for (const [name, file] of [
    ['large', large],
    ['small', small],
  ]) {
    const codes = join(folder, `codes.${values.output}`);
    const started = performance.now();
    const { text, megabytes } = await run([command, 'encode', model, file, '-o', codes, '--json']);
    const seconds = (performance.now() - started) / 1000;
    const { examples, seconds: work } = JSON.parse(text);
    results[name].push({ speed: examples / work, whole: examples / seconds, megabytes });
  }
  results.parser.push(await parseOnly(small));
}
const of = (name, figure) => median(results[name].map((result) => result[figure]));
const most = (name) => Math.max(...results[name].map(({ megabytes }) => megabytes));
process.stdout.write(
  [
    `${said(rows)} rows of ${columns} columns, ${said(statSync(large).size / 1e6)} MB of CSV, codes of 8 to .${values.output}, medians of ${rounds}`,
    `gargalo encode       ${said(of('large', 'speed')).padStart(9)} rows/s  (${said(of('large', 'whole'))} with starting up), peak ${said(most('large'))} MB`,
    `  of ${said(few)} rows      ${said(of('small', 'speed')).padStart(9)} rows/s, peak ${said(most('small'))} MB`,
    `csv-parse alone      ${said(median(results.parser)).padStart(9)} rows/s: encode is ${(of('large', 'speed') / median(results.parser)).toFixed(1)} times as fast`,
    '',
  ].join('\n'),
);
