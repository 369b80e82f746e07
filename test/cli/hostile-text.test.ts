// Names and cells that are made to run a terminal: no command lets them through, in results, messages or errors.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadModel, saveModel } from '../../src/node.js';
import { gargalo, idxBytes, json, temporaryFolder } from './command.js';

const cwd = temporaryFolder();
const at = (name: string) => join(cwd, name);

/** Colours, a window title, a C1 sequence, a line end and a mark that turns text around; and as many plain letters. */
const hostile = ['\x1b[31mred\x1b]0;title\x07', 'two\nlines\r', 'ok\u202eevil\u2066', '\u009b2Jc1', 'is\x1b[2Jb\nc'];
const plain = ['red', 'two', 'ok', 'c1', 'is'];
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const raw = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]/;

function table([first, second, third, site, machine]: readonly string[]): string {
  const classes = [`${first}!`, `${second}?`];
  return Array.from({ length: 60 }, (_, i) =>
    JSON.stringify({
      [first!]: Math.sin(i),
      [second!]: Math.cos(i),
      [third!]: Math.sin(i / 3),
      [site!]: classes[i % 2],
      [machine!]: classes[i % 7 === 0 ? 1 : 0],
    }),
  ).join('\n');
}

const files = { hostile: { names: hostile, extra: '\x1b[5m' }, plain: { names: plain, extra: 'x' } };

beforeAll(async () => {
  writeFileSync(at('images.idx'), idxBytes());
  for (const [name, { names, extra }] of Object.entries(files)) {
    writeFileSync(at(`${name}.jsonl`), `${table(names)}\n`);
    writeFileSync(at(`${name}-series.jsonl`), `${table(names)}\n`);
    const label = names[4]!;
    const common = ['--epochs', '1', '--code', '2', '-q'];
    await json(['train', `${name}.jsonl`, '--label', label, '--kind', 'detecting', ...common, '--out', name], { cwd });
    await json(['train', `${name}.jsonl`, '--id', label, '--kind', 'variational', ...common, '--out', `${name}-v`], {
      cwd,
    });
    // What a model file says of itself comes from a file too.
    const model = await loadModel(at(`${name}-v/model.onnx`));
    const specification = { ...model.specification, kind: `kind${extra}` };
    await saveModel(at(`${name}-kind.onnx`), { ...model, specification });
  }
}, 60_000);

const commands = [
  'data NAME.jsonl --label LABEL',
  'train NAME.jsonl --label LABEL --epochs 1 --code 2 --out NAME-again',
  'encode NAME NAME.jsonl -o NAME-codes.csv',
  'decode NAME NAME-codes.csv -o x.csv',
  'reconstruct NAME NAME.jsonl -o x.csv --label LABEL',
  'detect NAME NAME.jsonl --label LABEL --anomaly CLASS -o x.csv',
  'detect NAME NAME.jsonl --group LABEL -o x.csv --report x.html',
  'sample NAME-v -n 2 -o x.csv',
  'compress NAME-v NAME.jsonl -o x.gar',
  'export NAME-v --part decoder -o x.onnx',
  'inspect NAME NAME.jsonl -o x.html',
  'compare NAME NAME-v --data NAME.jsonl -o x.html',
  'sweep NAME.jsonl --label LABEL --code 1,2 --epochs 1 --jobs 1 --out NAME-sweep',
];
const failing = [
  'data NAME.jsonl --label UNKNOWN',
  'encode UNKNOWN NAME.jsonl -o x.csv',
  'encode NAME UNKNOWN -o x.csv',
  'denoise NAME-kind.onnx NAME.jsonl -o x.csv',
  'detect NAME NAME.jsonl --label LABEL --anomaly UNKNOWN -o x.csv',
  'encode NAME images.idx -o x.csv',
  'train NAME.jsonl --columns UNKNOWN',
  'train NAME.jsonl --kind UNKNOWN',
  'UNKNOWN NAME.jsonl',
  'data NAME.jsonl --UNKNOWN',
];

const wordsOf = (command: string, name: keyof typeof files): string[] =>
  command.split(' ').map((word) => {
    const { names, extra } = files[name];
    const values = { LABEL: names[4]!, CLASS: `${names[1]}?`, UNKNOWN: `no${extra}`, '--UNKNOWN': `--no${extra}` };
    return values[word as keyof typeof values] ?? word.replace('NAME', name);
  });

describe('what a file has in it comes as escapes, in as many lines as plain text', () => {
  it.each([...commands.map((command) => [command, 0] as const), ...failing.map((command) => [command, 2] as const)])(
    '%s',
    async (command, code) => {
      const said = await gargalo(wordsOf(command, 'hostile'), { cwd });
      expect({ code: said.code, said: said.stderr }).toEqual({ code, said: said.stderr });
      if (code === 2) expect(said.stderr).toContain('gargalo: ');
      expect(said.stdout).not.toMatch(raw);
      expect(said.stderr).not.toMatch(raw);
      const same = await gargalo(wordsOf(command, 'plain'), { cwd });
      const lines = ({ stdout, stderr }: typeof same) => [stdout.split('\n').length, stderr.split('\n').length];
      expect(lines(said)).toEqual(lines(same));
    },
    30_000,
  );
});

it('--json is the exact text again, without a raw control on the way', async () => {
  const { stdout } = await gargalo(['data', 'hostile.jsonl', '--label', hostile[4]!, '--json'], { cwd });
  expect(stdout).not.toMatch(raw);
  const { columns, command } = JSON.parse(stdout) as { columns: { name: string }[]; command: string };
  expect(columns.map(({ name }) => name)).toEqual(hostile);
  // what is suggested can be typed: $'…' of bash, zsh and ksh
  expect(command).toContain(String.raw`--label $'is\u001b[2Jb\nc'`);
});

it('a cell of a long table that is no number is shown as escapes', async () => {
  const rows = Array.from({ length: 1200 }, (_, i) => `${i},${Math.sin(i).toFixed(3)}`);
  writeFileSync(at('long.csv'), `a,b\n${rows.join('\n')}\n1,x\x1b[31m\u202e\n`);
  const { code, stdout, stderr } = await gargalo(['train', 'long.csv', '--columns', 'a,b'], { cwd });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(String.raw`x\u001b[31m\u202e`);
  expect(stderr).not.toMatch(raw);
});

it('the pages of these files have no raw control either', () => {
  for (const name of ['hostile/report.html', 'hostile-sweep/report.html', 'x.html']) {
    expect(raw.exec(readFileSync(at(name), 'utf8'))).toBeNull();
  }
});

it('texts that a spreadsheet would run are written behind an apostrophe, said and counted, and read back', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i},${Math.sin(i)},${Math.cos(i)},${['=1+1', 'b'][i % 2]}`);
  writeFileSync(at('ids.csv'), `number,a,b,=name\n${rows.join('\n')}\n`);
  await json('train ids.csv --id =name --columns a,b --code 1 --epochs 1 --out ids -q'.split(' '), { cwd });
  const encode = (words: string) => gargalo(`encode ids ids.csv -o ids-codes.csv ${words}`.trim().split(' '), { cwd });
  const said = await encode('');
  expect(said.stderr).toContain('an apostrophe is put before 21 texts that a spreadsheet would run as a formula');
  expect(said.stderr).toContain('--raw-cells leaves them');
  expect(readFileSync(at('ids-codes.csv'), 'utf8')).toMatch(/^'=name,code 1\n'=1\+1,-?\d/);
  expect(JSON.parse((await encode('--json')).stdout)).toMatchObject({ cellsEscaped: 21 });
  const { columns, notes } = await json(['data', 'ids-codes.csv', '--label', '=name'], { cwd });
  expect((columns as { name: string }[])[0]?.name).toBe('=name');
  expect(notes).toContainEqual(expect.stringMatching(/^20 cells read without the apostrophe/));
  expect(JSON.parse((await encode('--raw-cells --json')).stdout)).not.toHaveProperty('cellsEscaped');
  expect(readFileSync(at('ids-codes.csv'), 'utf8')).toMatch(/^=name,code 1\n=1\+1,/);
});
