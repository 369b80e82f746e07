import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../src/train/model-file.js';
import {
  expectOneLine,
  gargalo,
  gargaloAlone,
  idxBytes,
  json,
  metricsOf,
  temporaryFolder,
  writeCsv,
} from './command.js';

const cwd = temporaryFolder();
writeFileSync(join(cwd, 'images.idx'), idxBytes());
writeCsv(cwd);
const at = (path: string) => join(cwd, path);
// What the recipe would choose depends on the epochs, which tests of going on change.
const tiny = 'images.idx --recipe none --code 3 --batch 8 --lr 0.01 --seed 5'.split(' ');

/** The fields that scripts rely on, in the contract's order. */
const fields = [
  'kind',
  'parameters',
  'epochs',
  'keptEpoch',
  'trainLoss',
  'testLoss',
  'testSquaredError',
  'pcaSquaredError',
  'comparison',
  'bceFloor',
  'examplesPerSecond',
  'seconds',
  'model',
  'report',
  'diverged',
  'recipe',
];

/** All that a model has learned: what the times of its epochs leave alone. */
async function numbersOf(path: string): Promise<unknown> {
  const { specification, weights, training } = await loadModel(path);
  return { specification, weights, optimizer: training?.optimizer, last: training?.weights, step: training?.step };
}

describe('train', () => {
  it('leaves a whole run folder and prints exactly the fields of the contract', async () => {
    const result = await json(['train', ...tiny, '--epochs', '3', '--out', 'run'], { cwd });
    expect(Object.keys(result)).toEqual(fields);
    expect(result).toMatchObject({
      kind: 'basic',
      parameters: 30 * 3 + 3 + 3 * 30 + 30,
      epochs: 3,
      model: 'run/model.onnx',
      report: 'run/report.html',
    });
    for (const name of fields.slice(1, 12)) {
      expect(result[name], name).toBeTypeOf(name === 'comparison' ? 'object' : 'number');
    }
    expect(result.comparison).toMatchObject({ outcome: 'worse', sentence: expect.stringContaining('than PCA') });
    const metrics = metricsOf(at('run'));
    expect(metrics.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(metrics[2]).toMatchObject({ testLoss: result.testLoss, trainLoss: result.trainLoss });
    const config = JSON.parse(readFileSync(at('run/config.json'), 'utf8')) as Record<string, unknown>;
    expect(config).toMatchObject({
      tool: 'gargalo',
      command: `gargalo train images.idx --kind basic --code 3 --recipe none --epochs 3 --batch 8 --lr 0.01 --seed 5 --out run`,
      data: { source: 'images.idx', trainExamples: 36, testExamples: 4, shape: [6, 5], type: 'uint8' },
      training: { epochs: 3, batch: 8, learningRate: 0.01, seed: 5 },
      runtime: { device: 'cpu', threads: 1 },
    });
    expect(readFileSync(at('run/report.html'), 'utf8')).toMatch(/<h1>images, 30 values through 3<\/h1>/);
    expect(existsSync(at('run/checkpoint'))).toBe(true);
  });

  it('says in one line what the recipe chose, writes it down, and keeps it where the run goes on', async () => {
    const words = 'train table.csv --label class --code 2 --epochs 2 --batch 8 --out chosen --json'.split(' ');
    const { code, stdout, stderr } = await gargalo(words, { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(/(^|\n)recipe: hidden layers 16; starts at PCA; 14 steps of 8 \(2 epochs\), cosine.*\n/);
    const chosen = { encoder: [16], start: 'pca', schedule: 'cosine', best: true };
    expect(JSON.parse(stdout)).toMatchObject({ recipe: chosen });
    const configuration = () => JSON.parse(readFileSync(at('chosen/config.json'), 'utf8')) as Record<string, unknown>;
    expect(configuration()).toMatchObject({ recipe: { values: chosen, steps: 14, seconds: expect.any(Number) } });
    const resumed = await gargalo([...words, '--epochs', '3', '--resume'], { cwd });
    expect(resumed.stderr).not.toContain('recipe:');
    expect(configuration()).toMatchObject({ recipe: { values: chosen } });
    expect(JSON.parse(resumed.stdout)).toMatchObject({ epochs: 3, recipe: chosen });
    expect(JSON.parse((await gargalo([...words, '--recipe', 'none'], { cwd })).stdout)).toMatchObject({ recipe: null });
  });

  it('gives the same result for the same seed, and replaces an earlier run in its folder', async () => {
    const words = ['train', ...tiny, '--epochs', '2', '--out', 'same'];
    const first = await json(words, { cwd });
    const model = await numbersOf(at('same/model.onnx'));
    const again = await gargalo([...words, '--json'], { cwd });
    expect(again.stderr).toMatch(/^same: replaces an earlier run/);
    expect(JSON.parse(again.stdout)).toMatchObject({ testLoss: first.testLoss, trainLoss: first.trainLoss });
    expect(await numbersOf(at('same/model.onnx'))).toEqual(model);
    const other = await json(['train', ...tiny, '--seed', '6', '--epochs', '2', '--out', 'other'], { cwd });
    expect(other.testLoss).not.toBe(first.testLoss);
  });

  it('resumes to what an uninterrupted run gives, digit for digit', async () => {
    const whole = await json(['train', ...tiny, '--epochs', '10', '--out', 'whole'], { cwd });
    await json(['train', ...tiny, '--epochs', '4', '--out', 'parts'], { cwd });
    const resumed = await json(['train', 'images.idx', '--epochs', '10', '--out', 'parts', '--resume'], { cwd });
    for (const name of ['epochs', 'trainLoss', 'testLoss', 'testSquaredError', 'pcaSquaredError', 'bceFloor']) {
      expect(resumed[name], name).toBe(whole[name]);
    }
    expect(metricsOf(at('parts'))).toEqual(metricsOf(at('whole')));
    expect(await numbersOf(at('parts/model.onnx'))).toEqual(await numbersOf(at('whole/model.onnx')));

    const again = await gargalo(['train', 'images.idx', '--epochs', '10', '--out', 'parts', '--resume', '--json'], {
      cwd,
    });
    expect(again.code).toBe(0);
    expect(again.stderr).toMatch(/parts: has 10 epochs already, nothing to train/);
    expect(JSON.parse(again.stdout)).toMatchObject({ epochs: 10, testLoss: whole.testLoss });
  });

  it('warns of a code that compresses nothing, and trains', async () => {
    const { code, stderr, stdout } = await gargalo(
      ['train', 'images.idx', '--kind', 'basic', '--code', '50', '--epochs', '1', '--out', 'wide', '--quiet', '--json'],
      { cwd },
    );
    expect(code).toBe(0);
    expect(stderr).toMatch(/^gargalo: warning: the code \(50 values\) is not narrower .* nothing is compressed.*\n/);
    expect(JSON.parse(stdout)).toMatchObject({ pcaSquaredError: 0 });
  });

  it.each([1, 2])('makes a report for a code of width %i', async (width) => {
    const words = `train table.csv --label class --code ${width} --epochs 1 --out w${width} --quiet`.split(' ');
    expect(await json(words, { cwd })).toMatchObject({ bceFloor: null });
    expect(readFileSync(at(`w${width}/report.html`), 'utf8')).toContain('id="map"');
  });

  it('keeps the best weights where it stops early, and reports their figures', async () => {
    const words = `train table.csv --label class --code 2 --lr 1 --epochs 200 --patience 2 --recipe none --out early --json`;
    const { code, stdout, stderr } = await gargalo(words.split(' '), { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(/stopped early: no better test loss for 2 epochs; the weights of epoch \d+ are kept/);
    const losses = metricsOf(at('early')).map(({ testLoss }) => testLoss as number);
    expect(JSON.parse(stdout)).toMatchObject({ testLoss: Math.min(...losses), epochs: losses.length });
  });

  it('keeps the start where no epoch improves on it, and says what PCA leaves to do', async () => {
    const words = `train table.csv --label class --code 2 --start pca --encoder 8 --lr 1 --epochs 200 --patience 2 --out start`;
    const { code, stdout, stderr } = await gargalo(words.split(' '), { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain('stopped early: no better test loss for 2 epochs; the start is kept');
    expect(stdout).toMatch(/\nepochs +2 {2}\(the start is kept\)\n/);
    expect(stdout).not.toContain('train loss');
    expect(stdout).toContain('The network adds nothing to PCA at this width');
    expect(stdout).toContain('steps are too large – lower --lr (now 1).');
  });

  it('keeps the last good weights where it diverges, with one line and exit code 1', async () => {
    const words = 'train table.csv --label class --code 2 --batch 16 --epochs 6 --optimizer sgd --lr 1 --warmup 6';
    const outcome = await gargalo([...words.split(' '), '--activation', 'identity', '--out', 'wild', '--quiet'], {
      cwd,
    });
    expectOneLine(
      outcome,
      /epoch \d+, step \d+: expected a finite loss, got (Infinity|NaN).*lower the learning rate/,
      1,
    );
    const finished = metricsOf(at('wild')).length;
    expect(finished).toBeGreaterThan(0);
    const encoded = await json(['encode', 'wild/model.onnx', 'table.csv', '-o', 'wild.csv'], { cwd });
    expect(encoded).toMatchObject({ examples: 60, width: 2 });
  });

  it('says that it diverged where its losses are numbers that are of no use, also on the page', async () => {
    const words = 'train table.csv --label class --kind linear --code 2 --epochs 2 --lr 1e6 --out far --json'.split(
      ' ',
    );
    const { code, stdout, stderr } = await gargalo(words, { cwd });
    expect({ code, diverged: JSON.parse(stdout).diverged }).toEqual({ code: 0, diverged: true });
    expect(stderr).toMatch(
      /^gargalo: warning: training diverged: .*lower the learning rate, now 1000000, or .* --clip-norm 1$/m,
    );
    expect(readFileSync(at('far/report.html'), 'utf8')).toContain('training diverged: ');
    expect(JSON.parse(readFileSync(at('far/config.json'), 'utf8'))).toHaveProperty('finished');
  });

  it('trains in a folder of its own where none is named', async () => {
    const result = await json(['train', ...tiny, '--epochs', '1', '--quiet'], { cwd });
    expect(result.model).toMatch(/^runs\/images-basic-\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d\/model\.onnx$/);
  });
});

describe('what is said', () => {
  const words = ['train', ...tiny, '--epochs', '2', '--out', 'said'];

  it('is nothing but the result when quiet', async () => {
    // of several code values one may be inactive at this size, and a warning of that comes also when quiet
    const { code, stdout, stderr } = await gargalo([...words, '--code', '1', '--quiet'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^kind +basic\n/);
    expect(stdout).toMatch(/\nmodel +said\/model\.onnx\nreport +said\/report\.html\n/);
  });

  it('goes to stderr as lines without colours where that is no terminal', async () => {
    for (const env of [{ NO_COLOR: '1' }, { FORCE_COLOR: '1' }]) {
      const { stdout, stderr } = await gargaloAlone(words, { cwd, env });
      expect(stderr).toMatch(/\nepoch 1\/2 · loss 0\.\d+ · test loss 0\.\d+ · [\d,]+ images\/s/);
      expect(stderr).toMatch(/\nepoch 2\/2 /);
      expect(stdout + stderr).not.toContain('\x1b');
    }
  });
});
