// A run folder in place of a model, parts of a model, data to test on, another model to start from; what is refused before anything is done.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { load } from '../../src/node.js';
import { expectOneLine, gargalo, idxBytes, json, temporaryFolder, writeCsv } from './command.js';

const cwd = temporaryFolder();
const at = (path: string) => join(cwd, path);
const train = (words: string) => json(`train ${words} --epochs 2 --batch 8 -q`.split(' '), { cwd });

interface Recorded {
  readonly command: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly request: Readonly<Record<string, unknown>>;
  readonly specification: { readonly input: { readonly scaling: { readonly method: string } } };
}
const recordOf = (run: string): Recorded => JSON.parse(readFileSync(at(`${run}/config.json`), 'utf8')) as Recorded;

beforeAll(async () => {
  writeCsv(cwd);
  writeCsv(cwd, 'later.csv', 24);
  writeFileSync(at('images.idx'), idxBytes());
  mkdirSync(at('empty'));
  await train('table.csv --label class --code 2 --out runs/table');
});

describe('a run folder', () => {
  it('stands for its model, which is named in a line', async () => {
    const { code, stderr } = await gargalo(['encode', 'runs/table', 'table.csv', '-o', 'a.npy'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: `runs/table: taking ${join('runs/table', 'model.onnx')}\n` });
    await json(['encode', 'runs/table/model.onnx', 'table.csv', '-o', 'b.npy', '-q'], { cwd });
    expect(readFileSync(at('a.npy')).equals(readFileSync(at('b.npy')))).toBe(true);
    await using model = await load(at('runs/table'));
    expect(model.specification.code.width).toBe(2);
  });

  it('without a model is refused, and the mend can be typed', async () => {
    const words = ['encode', 'runs', 'table.csv', '-o', 'c.npy'];
    expectOneLine(await gargalo(words, { cwd }), /expected a model file or a run folder, .* \(name runs\/table\)/);
    expectOneLine(await gargalo(['encode', 'empty', 'table.csv', '-o', 'c.npy'], { cwd }), /--out empty\)/);
    expectOneLine(await gargalo(['detect', 'runs/table'], { cwd }), /expected data to look at with this model/);
  });
});

describe('export', () => {
  it('writes a part beside the model, whose inputs and outputs it tells', async () => {
    const { inputs, outputs, output } = await json(['export', 'runs/table', '--part', 'decoder', '-q'], { cwd });
    expect(output).toBe('runs/table/decoder.onnx');
    expect(inputs).toEqual([{ name: 'code', type: 'float32', shape: ['batch', 2] }]);
    expect(outputs).toEqual([{ name: 'reconstruction', type: 'float32', shape: ['batch', 4] }]);
    expect(existsSync(at('runs/table/decoder.onnx'))).toBe(true);
    const words = ['encode', 'runs/table/decoder.onnx', 'table.csv', '-o', 'c.npy'];
    expectOneLine(await gargalo(words, { cwd }), /expected a whole model, got its decoder alone/);
  });

  it('refuses what would replace the model, and other names', async () => {
    const words = ['export', 'runs/table', '--part', 'encoder', '-q', '-o'];
    expectOneLine(
      await gargalo([...words, 'runs/table/model.onnx'], { cwd }),
      /another file than the one that is read/,
    );
    expectOneLine(await gargalo([...words, 'encoder.pt'], { cwd }), /ends in \.onnx \(use -o encoder\.pt\.onnx\)/);
    expectOneLine(await gargalo(['export', 'runs/table'], { cwd }), /--part/);
  });
});

describe('data to test on', () => {
  it('are read as those that are trained on, and change neither these nor their scaling', async () => {
    await train('table.csv --label class --code 2 --out runs/tested --validation later.csv');
    const { command, data, specification } = recordOf('runs/tested');
    expect(data).toMatchObject({ validation: 'later.csv', trainExamples: 60, testExamples: 24 });
    expect(command).toContain('--validation later.csv');
    await train('table.csv --label class --code 2 --out runs/untested --validation 0');
    expect(specification).toEqual(recordOf('runs/untested').specification);
    const resumed = await json('train table.csv --out runs/tested --resume --epochs 3 -q'.split(' '), { cwd });
    expect(resumed.epochs).toBe(3);
    expect(recordOf('runs/tested').data).toMatchObject({ validation: 'later.csv' });
    const other = 'train table.csv --out runs/tested --resume --epochs 4 --validation table.csv'.split(' ');
    expectOneLine(await gargalo(other, { cwd }), /--validation: expected later\.csv as the run was started with/);
  });

  it('that are trained on are said, and a share where there are some is too', async () => {
    const same = 'train table.csv --label class --validation table.csv --epochs 1 --out runs/same -q'.split(' ');
    expect((await gargalo(same, { cwd })).stderr).toMatch(/is what is trained on too/);
    const words = (share: string) => ['train', 'table.csv', '--validation', share];
    expectOneLine(await gargalo(words('1.5'), { cwd }), /--validation: expected a number of at least 0/);
    expectOneLine(await gargalo(words('nothing.csv'), { cwd }), /nothing\.csv: expected a file/);
  });
});

describe('a model to start from', () => {
  it('gives kind, layers and scaling, and is named in the record', async () => {
    await train('later.csv --label class --from runs/table --out runs/tuned');
    const { request, specification, command } = recordOf('runs/tuned');
    expect(request).toMatchObject({ kind: 'basic', from: { model: 'runs/table/model.onnx' } });
    expect((request.from as { parameters: string }).parameters).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(specification).toEqual(recordOf('runs/table').specification);
    expect(command).toContain('--from runs/table/model.onnx');
    await train('later.csv --label class --from runs/table --scaling robust --out runs/scaled');
    expect(recordOf('runs/scaled').specification.input.scaling.method).toBe('robust');
    const resumed = await json('train later.csv --out runs/tuned --resume --epochs 3 -q'.split(' '), { cwd });
    expect(resumed.epochs).toBe(3);
  });

  it.each([
    ['table.csv --label class', '--code 3', /--code: expected 2, as the model to start from has it, got 3/],
    ['table.csv --label class', '--kind sparse', /--kind: expected basic, .* got sparse/],
    ['table.csv --label class', '--beta 2', /--beta: expected none, .* got 2/],
    ['table.csv --label class', '--resume --out runs/table', /--from: expected it or --resume, got both/],
    ['images.idx', '', /images\.idx: expected .* as the model/],
  ])('refuses %s with %s', async (data, words, problem) => {
    const asked = `train ${data} --from runs/table ${words}`.trim().split(' ');
    expectOneLine(await gargalo([...asked, '-q'], { cwd }), problem);
  });
});

describe('what comes to nothing', () => {
  it.each([
    ['train table.csv --beta 4', /--beta: expected a gaussian code for it, got the kind basic .*--bottleneck gaussian/],
    ['train table.csv --filters 4', /--filters: expected a convolutional body for it/],
    ['train table.csv --momentum 0.5', /--momentum: expected the optimizer sgd for it, got adam/],
    ['sweep table.csv --kind basic,sparse --beta 0.5 --code 1', /--beta: expected a gaussian code/],
    ['detect table.csv --label class --anomaly evn --out runs/none', /did you mean "even"\?/],
    ['help trin', /unknown command "trin" \(did you mean train\?\)/],
  ])('is refused by name before anything is done: %s', async (words, problem) => {
    expectOneLine(await gargalo([...words.split(' ')], { cwd }), problem);
    expect(existsSync(at('runs/none'))).toBe(false);
  });

  it('is left to those kinds of a sweep that it is for', async () => {
    const words =
      'sweep table.csv --label class --kind basic,variational --beta 0.5 --code 1 --epochs 1 --out runs/swept -q';
    expect((await json(words.split(' '), { cwd })).cells).toHaveLength(2);
  });
});

it('a threshold that lies among too few scores is warned of, also where the model is trained first', async () => {
  const rows = readFileSync(at('table.csv'), 'utf8').split('\n').slice(0, 13);
  writeFileSync(at('few.csv'), `${rows.join('\n')}\n`);
  const { code, stderr, stdout } = await gargalo('detect few.csv --label class --out runs/few -q'.split(' '), { cwd });
  expect(code).toBe(0);
  expect(stderr).toMatch(/the threshold follows from the scores of 1 held-out example, where it takes at least 10/);
  expect(stdout).toMatch(/of 1 held-out example stay below/);
});

it('a column of one value a row gets a command that can learn something', async () => {
  writeFileSync(at('one.csv'), `v\n${Array.from({ length: 80 }, (_, i) => Math.sin(i)).join('\n')}\n`);
  const { command } = await json(['data', 'one.csv'], { cwd });
  expect(command).toBe('gargalo train one.csv --kind detecting');
  const { stdout } = await gargalo(['data', 'one.csv'], { cwd });
  expect(stdout).toMatch(/or: {4}gargalo train one\.csv --window 20 --code 4\n$/);
});

it('how much of a codebook is used is said, in words and in JSON', async () => {
  const { codebook } = await train(
    'table.csv --label class --kind vector-quantized --code 4 --entries 8 --out runs/vq',
  );
  const { entries, used, share, perplexity } = codebook as Record<string, number>;
  expect({ entries, share }).toEqual({ entries: 8, share: used! / 8 });
  expect(perplexity).toBeGreaterThanOrEqual(1);
  expect(perplexity).toBeLessThanOrEqual(used! + 1e-9);
  const { figures } = await json(['inspect', 'runs/vq', 'table.csv', '--label', 'class', '-q'], { cwd });
  expect((figures as { codebook: object }).codebook).toMatchObject({ entries: 8 });
});
