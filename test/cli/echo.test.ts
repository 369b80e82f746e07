import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { gargalo, idxBytes, json, start, temporaryFolder, until, writeCsv } from './command.js';

const cwd = temporaryFolder();
const at = (path: string) => join(cwd, path);

/** The command that a page says it was made with. */
function commandOf(page: string): string | undefined {
  const text = readFileSync(at(page), 'utf8')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  return /<code[^>]*>(gargalo [^<]*)<\/code>/.exec(text)?.[1];
}
const configured = (path: string) => (JSON.parse(readFileSync(at(path), 'utf8')) as { command: string }).command;

beforeAll(async () => {
  mkdirSync(at('my data'));
  writeFileSync(at('my data/images.idx'), idxBytes(120));
  writeCsv(cwd, "my data/it's.csv", 120);
  const train = (words: readonly string[]) => json(['train', ...words, '--epochs', '1', '--code', '2', '-q'], { cwd });
  await train(['my data/images.idx', '--out', 'my data/run']);
  await train(["my data/it's.csv", '--label', 'class', '--kind', 'detecting', '--out', 'table']);
});

describe('the command that a page or a file names makes it again', () => {
  it('train: with all that was given, none that was not', async () => {
    const flags = ['--columns', 'width,height', '--missing', 'mean', '--na', '-999,a b', '--decimal', 'point'];
    const words = [
      'train',
      "my data/it's.csv",
      ...flags,
      '--skip',
      '0',
      '--code',
      '1',
      '--epochs',
      '1',
      '--threads',
      '1',
    ];
    await json([...words, '--out', 'my run', '-q'], { cwd });
    expect(configured('my run/config.json')).toBe(
      "gargalo train 'my data/it'\\''s.csv' --kind basic --code 1 --epochs 1 --columns width,height --missing mean --decimal . --na '-999,a b' --skip 0 --threads 1 --out 'my run'",
    );
    expect(commandOf('my run/report.html')).toBe(configured('my run/config.json'));
  });

  it('sweep: goes on with it', async () => {
    const words = ['sweep', 'my data/images.idx', '--code', '1,2', '--kind', 'basic,linear', '--epochs', '1'];
    await json([...words, '--limit', '30', '--jobs', '1', '--out', 'my grid', '-q'], { cwd });
    const command =
      "gargalo sweep 'my data/images.idx' --code 1,2 --kind basic,linear --epochs 1 --limit 30 --out 'my grid' --jobs 1";
    expect(configured('my grid/sweep.json')).toBe(command);
    expect(commandOf('my grid/report.html')).toBe(command);
    expect(configured('my grid/linear-2/config.json')).toBe(
      "gargalo train 'my data/images.idx' --kind linear --epochs 1 --code 2 --limit 30 --device cpu --threads 1 --out 'my grid/linear-2'",
    );
  });

  it('detect', async () => {
    const words = ['detect', 'table/model.onnx', "my data/it's.csv", '--label', 'class', '--anomaly', 'even'];
    await json([...words, '--quantile', '0.9', '-o', 'scores.csv', '--report', 'found.html'], { cwd });
    expect(commandOf('found.html')).toBe(
      "gargalo detect table/model.onnx 'my data/it'\\''s.csv' --anomaly even --quantile 0.9 --label class -o scores.csv --report found.html",
    );
  });

  it('inspect and compare', async () => {
    await json(['inspect', 'my data/run', '--seed', '3', '--limit', '40', '-o', 'a page.html', '-q'], { cwd });
    expect(commandOf('a page.html')).toBe(
      "gargalo inspect 'my data/run' 'my data/images.idx' --seed 3 --limit 40 -o 'a page.html'",
    );
    const words = ['compare', 'my data/run', 'my data/run', '--data', 'my data/images.idx'];
    await json([...words, '-o', 'both.html', '-q'], { cwd });
    expect(commandOf('both.html')).toBe(
      "gargalo compare 'my data/run' 'my data/run' --data 'my data/images.idx' -o both.html",
    );
  });

  it('compress', async () => {
    const words = ['compress', 'my data/run/model.onnx', 'my data/images.idx', '--step', '0.5', '--limit', '30'];
    await json([...words, '-o', 'a b.gar', '--report', 'codec.html'], { cwd });
    expect(commandOf('codec.html')).toBe(
      "gargalo compress 'my data/run/model.onnx' 'my data/images.idx' --step 0.5 --limit 30 -o 'a b.gar' --report codec.html",
    );
  });

  it('data: what it suggests', async () => {
    expect(await json(['data', "my data/it's.csv", '--delimiter', ',', '--label', 'class'], { cwd })).toMatchObject({
      command: "gargalo train 'my data/it'\\''s.csv' --label class --code 2 --delimiter ,",
    });
    expect(await json(['data', 'my data/images.idx', '--limit', '35'], { cwd })).toMatchObject({
      command: expect.stringMatching(/^gargalo train 'my data\/images\.idx' --code \d+ --limit 35$/),
    });
    const { stderr } = await gargalo(['detect', "my data/it's.csv", '--out', 'my runs'], { cwd });
    expect(stderr).toContain('read with --label class, because of what is in it');
  });
});

describe('Ctrl-C', () => {
  // says when a command begins to answer to Ctrl-C itself
  const hook = `const on = process.on; process.on = function (name, ...rest) { const result = on.call(this, name, ...rest); if (name === 'SIGTERM') process.stderr.write('listening\\n'); return result; };`;
  const env = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(hook)}` };

  it.each(['train', 'sweep'])('before %s trains says that nothing was written', async (name) => {
    const rows = Array.from({ length: 300_000 }, (_, i) => `${i % 97},${(i * 7) % 89},${i % 83}`);
    writeFileSync(at('long.csv'), `a,b,c\n${rows.join('\n')}\n`);
    const { child, outcome } = start([name, 'long.csv', '--epochs', '1', '--out', `none-${name}`], { cwd, env });
    let said = '';
    child.stderr.on('data', (data) => (said += data));
    await until(() => said.includes('listening'));
    child.kill('SIGINT');
    const { code, stdout, stderr } = await outcome;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toMatch(
      new RegExp(`gargalo: none-${name}: interrupted before training began; nothing was written\n$`),
    );
  });

  it.each([
    [
      'train',
      /gargalo: late-train: interrupted while the report was made; the model is written \(go on with: gargalo train 'my data\/images.idx' --out late-train --resume\)\n$/,
    ],
    [
      'sweep',
      /gargalo: late-sweep: interrupted while the report was made; the models are written \(go on with: gargalo sweep 'my data\/images.idx' --code 1 --kind basic --epochs 1 --out late-sweep\)\n$/,
    ],
  ])('while %s makes its report says that the models are written', async (name, message) => {
    const words = [name, 'my data/images.idx', '--code', '1', '--epochs', '1', '--out', `late-${name}`];
    const { child, outcome } = start(words, { cwd, env });
    let said = '';
    child.stderr.on('data', (data) => (said += data));
    await until(() => said.includes('making the report'));
    child.kill('SIGINT');
    const { code, stdout, stderr } = await outcome;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('twice ends training at once', async () => {
    const words = ['train', 'my data/images.idx', '--epochs', '1000000', '--out', 'twice', '--recipe', 'none'];
    const { child, outcome } = start(words, { cwd, env });
    let said = '';
    child.stderr.on('data', (data) => (said += data));
    await until(() => /epoch \d/.test(said));
    child.kill('SIGINT');
    await until(() => said.includes('stopping …  (Ctrl-C again quits at once)'));
    expect((await outcome).code).toBe(130);
  });
});
