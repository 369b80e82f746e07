import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kinds, trainingOptions } from '../../src/index.js';
import { expectOneLine, gargalo, gargaloAlone, temporaryFolder, writeCsv } from './command.js';

const cwd = temporaryFolder();
writeCsv(cwd);
const at = (path: string): string => join(cwd, path);

describe('help', () => {
  it('names every command, on stdout', async () => {
    const { code, stdout, stderr } = await gargalo(['--help'], { cwd });
    for (const name of 'data train sweep encode decode reconstruct denoise compress decompress detect sample export serve kinds'.split(
      ' ',
    ))
      expect(stdout).toContain(`\n  ${name} `);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('of train explains every option of kinds and training, with the names that scripts use', async () => {
    for (const words of [
      ['train', '--help'],
      ['help', 'train'],
    ]) {
      const { code, stdout } = await gargalo(words, { cwd });
      expect(code).toBe(0);
      const text = stdout.replaceAll(/\s+/g, ' ');
      const options = Object.values(Object.assign({}, trainingOptions, ...kinds.map((kind) => kind.options)));
      for (const { description } of options as { description: string }[]) expect(text).toContain(description);
      const flags = `kind encoder code activation loss optimizer lr epochs batch seed threads device limit out resume
        quiet json columns label window stride scaling validation clip-norm code-activation
        bottleneck noise corruption sparsity pretraining gibbs-steps`;
      for (const flag of flags.split(/\s+/)) expect(stdout).toMatch(new RegExp(` --${flag}\\b`));
      expect(text).toContain('size of the steps (default: by the recipe; with --recipe none: 0.001)');
    }
  });

  it.each(
    'data train encode decode reconstruct denoise detect compress decompress sweep inspect compare sample export serve kinds'.split(
      ' ',
    ),
  )('of %s is what test/cli/help has', async (name) => {
    const { code, stdout } = await gargalo([name, '--help'], { cwd });
    expect(code).toBe(0);
    await expect(stdout).toMatchFileSnapshot(`help/${name}.txt`);
  });

  it('comes at once, because nothing heavy is loaded for it', async () => {
    const { code, stdout } = await gargaloAlone(['--help'], { cwd, env: { NODE_V8_COVERAGE: at('coverage') } });
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('train') });
    const [report] = readdirSync(at('coverage'));
    const { result } = JSON.parse(readFileSync(at(join('coverage', report!)), 'utf8')) as { result: { url: string }[] };
    const loaded = result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
    const own = loaded.filter((url) => !url.includes('/node_modules/')).map((url) => url.split('/').at(-1));
    expect(own.sort()).toEqual([
      'errors.js',
      'failure.js',
      'gargalo.js',
      'main.js',
      'option-flags.js',
      'program.js',
      'terminal.js',
    ]);
    const packages = loaded
      .map((url) => /\/node_modules\/([^/]+)\//.exec(url)?.[1])
      .filter((name) => name !== undefined);
    expect([...new Set(packages)]).toEqual(['commander']);
  });

  it('is what comes without a command, as an error', async () => {
    const { code, stdout, stderr } = await gargalo([], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: gargalo/);
  });
});

describe('words that nobody knows', () => {
  it.each([
    [['trian', 'table.csv'], /unknown command "trian" \(did you mean train\?\)/],
    [['train', 'table.csv', '--epoch', '3'], /unknown option "--epoch" \(did you mean --epochs\?\)/],
    [['train', 'table.csv', '--zzz'], /unknown option "--zzz" \(see gargalo train --help\)/],
    [['train', 'table.csv', '--kind', 'bsaic'], /--kind: expected one of .*, got "bsaic" \(did you mean "basic"\?\)/],
    [['train', 'table.csv', '--activation', 'rleu'], /--activation: .* got "rleu" \(did you mean "relu"\?\)/],
    [['train', 'table.csv', '--device', 'gpu2'], /--device: expected one of cpu, wasm/],
    [['train'], /missing required argument "data"/],
    [['train', 'a', 'b'], /too many arguments/],
    [['encode', 'model.onnx', 'table.csv'], /required option "-o, --output <file>" not specified/],
  ])('%j: an error in one line, with the nearest where there is one', async (words, message) => {
    expectOneLine(await gargalo(words, { cwd }), message);
  });
});

describe('kinds', () => {
  it('lists the family, a line each, and as JSON', async () => {
    const table = await gargalo(['kinds'], { cwd });
    expect(table.stdout.trimEnd().split('\n')).toHaveLength(kinds.length);
    const { stdout } = await gargalo(['kinds', '--json'], { cwd });
    const listed = (JSON.parse(stdout) as { kinds: { name: string; paper: string; formula: string }[] }).kinds;
    expect(listed.map(({ name }) => name)).toEqual(kinds.map(({ name }) => name));
    expect(listed[0]?.paper).toBe(kinds[0]?.paper);
    expect(listed.map(({ formula }) => formula)).toEqual(kinds.map(({ formula }) => formula));
    for (const { formula } of kinds) expect(table.stdout).toContain(formula);
  });
});
