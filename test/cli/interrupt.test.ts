import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectOneLine, gargalo, idxBytes, json, metricsOf, start, temporaryFolder, until } from './command.js';

const cwd = temporaryFolder();
writeFileSync(join(cwd, 'images.idx'), idxBytes());
writeFileSync(join(cwd, 'many.idx'), idxBytes(8000));
const at = (path: string) => join(cwd, path);

describe('Ctrl-C', () => {
  it.each([
    'SIGTERM',
    'SIGHUP',
  ] as const)('(%s) leaves a model and a checkpoint that goes on as if nothing had been', async (signal) => {
    const options = ['images.idx', '--recipe', 'none', '--code', '3', '--batch', '8', '--seed', '2'];
    const out = `stopped-${signal}`;
    const { child, outcome } = start(['train', ...options, '--epochs', '1000000', '--out', out], { cwd });
    await until(() => existsSync(at(`${out}/checkpoint`)));
    child.kill(signal);
    const { code, stdout, stderr } = await outcome;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    const done = metricsOf(at(out)).length;
    expect(stderr).toMatch(
      new RegExp(`gargalo: ${out}: interrupted after epoch ${done} of 1000000; .*--out ${out} --resume\\)\n$`),
    );
    const encoded = await json(['encode', `${out}/model.onnx`, 'images.idx', '-o', 'codes.npy'], { cwd });
    expect(encoded).toMatchObject({ examples: 40, width: 3 });

    const epochs = String(done + 2);
    const resumed = await json(['train', 'images.idx', '--out', out, '--resume', '--epochs', epochs, '-q'], { cwd });
    const whole = await json(['train', ...options, '--epochs', epochs, '--out', `whole-${signal}`, '-q'], { cwd });
    expect(resumed.testLoss).toBe(whole.testLoss);
    expect(metricsOf(at(out))).toEqual(metricsOf(at(`whole-${signal}`)));
  });

  it('before the first epoch is finished says that there is nothing to go on with', async () => {
    const words = 'train many.idx --encoder 256,256 --batch 1 --epochs 1 --out early --quiet'.split(' ');
    const { child, outcome } = start(words, { cwd });
    await until(() => existsSync(at('early/metrics.jsonl')));
    child.kill('SIGINT');
    const ended = await outcome;
    expectOneLine(ended, /early: interrupted before the first epoch was finished/, 130);
    expect(readFileSync(at('early/metrics.jsonl'), 'utf8')).toBe('');
    expectOneLine(await gargalo(['train', 'many.idx', '--out', 'early', '--resume'], { cwd }), /early: .* got none/);
  });

  it('after kill -9 the metrics are whole lines and the checkpoint goes on', async () => {
    const { child, outcome } = start('train images.idx --epochs 1000000 --out killed -q'.split(' '), { cwd });
    await until(() => existsSync(at('killed/checkpoint')));
    child.kill('SIGKILL');
    await outcome;
    const done = metricsOf(at('killed')).length;
    const words = ['train', 'images.idx', '--out', 'killed', '--resume', '--epochs', String(done + 1), '-q'];
    expect(await json(words, { cwd })).toMatchObject({ epochs: done + 1 });
    expect(metricsOf(at('killed')).map(({ epoch }) => epoch)).toEqual(
      Array.from({ length: done + 1 }, (_, i) => i + 1),
    );
  });
});

describe('a closed pipe', () => {
  it('is no failure', async () => {
    const { child, outcome } = start(['kinds'], { cwd });
    child.stdout.destroy();
    expect(await outcome).toMatchObject({ code: 0, stderr: '' });
  });

  it('ends work on a stream with nothing under the name of its output', async () => {
    const lines = Array.from({ length: 400_000 }, (_, i) => `${i % 97},${(i * 7) % 89},${i % 83}`);
    writeFileSync(at('long.csv'), `a,b,c\n${lines.join('\n')}\n`);
    await json('train long.csv --limit 500 --code 2 --epochs 1 --out short -q'.split(' '), { cwd });
    const { child, outcome } = start('encode short/model.onnx long.csv -o long-codes.csv'.split(' '), { cwd });
    await until(() => readdirSync(cwd).some((name) => name.startsWith('.long-codes.csv')));
    child.kill('SIGINT');
    expectOneLine(await outcome, /long\.csv: stopped on request/, 130);
    expect(readdirSync(cwd).filter((name) => name.includes('long-codes'))).toEqual([]);
  });
});
