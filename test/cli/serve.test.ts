// `gargalo serve` beside the commands that do the same jobs: the same figures, and the same bytes of tables.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { encode as encodePng } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { load } from '../../src/node.js';
import { modelService } from '../../src/server/model-service.js';
import { detectionThreshold } from '../../src/tasks/detect/detect.js';
import { detector } from '../../src/tasks/detect/detector.js';
import { expectOneLine, gargalo, idxBytes, json, start, temporaryFolder, until } from './command.js';

const cwd = temporaryFolder();
const at = (path: string) => join(cwd, path);
const read = (path: string) => readFileSync(at(path), 'utf8');
const opened: { close(): Promise<void> }[] = [];
afterAll(async () => {
  for (const one of opened) await one.close();
});

const row = (i: number) => ({
  heat: Math.sin(i),
  load: Math.sin(i) * 2 + Math.cos(i * 3) / 50,
  machine: i % 3 === 0 ? 'A' : 'B',
  on: i % 2 === 0,
});
type Row = Readonly<Record<string, number | string | boolean | null>>;
const csv = (rows: readonly Row[]) => {
  const names = Object.keys(rows[0]!);
  return `${[names, ...rows.map((cells) => names.map((name) => cells[name] ?? ''))].map((cells) => cells.join()).join('\n')}\n`;
};
/** A port that nobody has, as far as one can know. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Rows with a missing cell, a word that the model has not seen, and one unlike all others. */
const asked: Row[] = [row(1), { ...row(2), heat: null }, { ...row(3), machine: 'C' }, { ...row(4), load: 40 }, row(5)];

async function serve(run: string) {
  const autoencoder = await load(at(run));
  opened.push(autoencoder);
  const { calibration, specification } = autoencoder;
  const { sequence, shape } = specification.input;
  const line = calibration && detectionThreshold(autoencoder, { shape: sequence ? shape.slice(1) : shape });
  const { app } = modelService({
    ...{ name: run, version: '0', autoencoder, batchWait: 1, maxBody: 1e6, queue: 10, line },
    detector: calibration && (await detector(autoencoder)),
    onFailure: (error) => {
      throw error;
    },
  });
  return (path: string, body: string | Uint8Array<ArrayBuffer> | object, type = 'application/json', accept = '*/*') =>
    app.request(path, {
      method: 'POST',
      body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
      headers: { 'Content-Type': type, Accept: accept },
    });
}

beforeAll(async () => {
  const training: Row[] = Array.from({ length: 90 }, (_, i) => (i === 7 ? { ...row(i), heat: null } : row(i)));
  writeFileSync(at('rows.csv'), csv(training));
  writeFileSync(at('asked.csv'), csv(asked));
  const wave = (from: number, rows: number) =>
    Array.from({ length: rows }, (_, i) => `${from + i},${Math.sin((from + i) / 4)}`);
  writeFileSync(at('wave.csv'), `time,height\n${wave(0, 120).join('\n')}\n`);
  writeFileSync(at('later.csv'), `time,height\n${wave(200, 30).join('\n')}\n`);
  writeFileSync(at('images.idx'), idxBytes());
  await json('train rows.csv --kind detecting --missing median --epochs 10 --out rows -q'.split(' '), { cwd });
  await json('train wave.csv --time time --window 8 --encoder 8 --code 2 --epochs 3 --out wave -q'.split(' '), { cwd });
  await json('train images.idx --kind denoising --noise 0.3 --code 3 --epochs 2 --out images -q'.split(' '), { cwd });
});

describe('rows of a table', () => {
  it.each([
    ['score', 'detect'],
    ['encode', 'encode'],
    ['reconstruct', 'reconstruct'],
  ])('/%s answers the table that gargalo %s writes', async (path, command) => {
    await json([command, 'rows', 'asked.csv', '-o', `${command}.csv`], { cwd });
    const ask = await serve('rows');
    const answer = await ask(`/${path}`, read('asked.csv'), 'text/csv', 'text/csv');
    expect(await answer.text()).toBe(read(`${command}.csv`));
    expect(JSON.parse(answer.headers.get('gargalo-reading')!)).toMatchObject({ cellsFilled: 1, cellsUnknown: 1 });
  });

  it('as JSON have the same scores, and what was filled in and not known is said', async () => {
    const found = await json('detect rows asked.csv -o detect.csv'.split(' '), { cwd });
    const ask = await serve('rows');
    const answer = await (await ask('/score', asked)).json();
    const scores = read('detect.csv')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
    expect(answer.results.map(({ score }: { score: number }) => score)).toEqual(
      scores.map((cells) => Number(cells[1])),
    );
    expect(answer.results.map(({ causes }: { causes: { name: string }[] }) => causes[0]!.name)).toEqual(
      scores.map((cells) => cells[3]),
    );
    expect(answer).toMatchObject({
      threshold: found.threshold,
      score: found.score,
      anomalies: found.anomalies,
      cellsFilled: 1,
      cellsUnknown: 1,
    });
    expect(answer.results[3].anomaly).toBe(true);
    expect(answer.notes).toEqual([
      '1 missing cell is filled in',
      expect.stringMatching(/"machine": 1 cell has a word .* "C" at rows\[2\]/),
    ]);
  });

  it('of words come back as words', async () => {
    const ask = await serve('rows');
    const { reconstructions } = await (await ask('/reconstruct', asked[0]!)).json();
    expect(reconstructions).toEqual([
      { heat: expect.any(Number), load: expect.any(Number), machine: 'B', on: expect.stringMatching(/true|false/) },
    ]);
    const wrong = await ask('/score', [asked[0]!, { ...asked[1]!, on: 'perhaps' }]);
    expect([wrong.status, (await wrong.json()).error]).toEqual([
      422,
      'rows[1].on: expected "false" or "true", got "perhaps"',
    ]);
  });
});

describe('the steps of a series', () => {
  it('are scored one by one, as gargalo detect does, from text and from JSON', async () => {
    await json('detect wave later.csv -o later-scores.csv'.split(' '), { cwd });
    const ask = await serve('wave');
    const answer = await ask('/score', read('later.csv'), 'text/csv', 'text/csv');
    expect(await answer.text()).toBe(read('later-scores.csv'));
    const steps = read('later.csv')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').map(Number));
    const scored = await (
      await ask(
        '/score',
        steps.map(([time, height]) => ({ time, height })),
      )
    ).json();
    expect(scored).toMatchObject({ per: 'row', examples: 30, unscored: 0 });
    const scores = read('later-scores.csv')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.split(',')[2]));
    expect(scored.results.map(({ score }: { score: number }) => score)).toEqual(scores);
  });

  it('become windows for the other jobs, and too few of them are refused', async () => {
    await json('encode wave later.csv -o later-codes.csv'.split(' '), { cwd });
    const ask = await serve('wave');
    expect(await (await ask('/encode', read('later.csv'), 'text/csv', 'text/csv')).text()).toBe(
      read('later-codes.csv'),
    );
    const heights = read('later.csv')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => [Number(line.split(',')[1])]);
    const { codes } = await (await ask('/encode', [heights.slice(0, 8)])).json();
    const [first] = read('later-codes.csv').split('\n').slice(1);
    expect(codes[0].map(Math.fround)).toEqual(first!.split(',').slice(-2).map(Number).map(Math.fround));
    const few = await ask('/encode', 'time,height\n1,2\n2,3\n', 'text/csv');
    expect([few.status, (await few.json()).error]).toEqual([
      422,
      expect.stringMatching(/^rows: expected at least 8 that follow/),
    ]);
  });
});

describe('images', () => {
  const pixels = Uint8Array.from({ length: 30 }, (_, i) => (i % 5 < 2 ? 220 : 4));
  const png = new Uint8Array(encodePng({ width: 5, height: 6, data: pixels, channels: 1, depth: 8 }));

  it('are cleaned and scored as the commands do, and come back as images', async () => {
    writeFileSync(at('one.png'), png);
    await json('denoise images one.png -o cleaned.csv'.split(' '), { cwd });
    const ask = await serve('images');
    const { cleaned } = await (await ask('/denoise', png, 'image/png')).json();
    const values = read('cleaned.csv').trimEnd().split('\n').at(-1)!.split(',').slice(-30).map(Number);
    expect(cleaned.flat(2).map(Math.fround)).toEqual(values.map(Math.fround));
    const numbers = await (await ask('/denoise', { pixels: 1 })).json();
    expect(numbers.error).toBe(
      'rows[0]: expected a list of numbers, as the model knows no column names, got an object',
    );
    const again = await (await ask('/denoise', [[...pixels]])).json();
    expect(again.cleaned).toEqual(cleaned);
    const picture = await ask('/denoise', png, 'image/png', 'image/png');
    const { default: sharp } = await import('sharp');
    const { width, height } = await sharp(await picture.arrayBuffer()).metadata();
    expect([picture.headers.get('content-type'), width, height]).toEqual(['image/png', 5, 6]);
  });

  it('that are none are refused with the reason', async () => {
    const ask = await serve('images');
    const broken = await ask('/denoise', png.slice(0, 60), 'image/png');
    expect([broken.status, (await broken.json()).error]).toEqual([422, expect.stringContaining('cannot be decoded')]);
  });
});

describe('the command', () => {
  it('answers on a socket, and ends with what was asked answered, in the way of Ctrl-C', async () => {
    const { child, outcome } = start('serve rows --port 0 --batch-wait 300 --log access.jsonl --json'.split(' '), {
      cwd,
    });
    let said = '';
    child.stdout.on('data', (data) => (said += data));
    await until(() => said.includes('\n'));
    const { url, host, tasks } = JSON.parse(said);
    expect({ host, tasks }).toEqual({
      host: '127.0.0.1',
      tasks: ['score', 'encode', 'reconstruct', 'denoise', 'decode'],
    });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const options = { method: 'POST', body: JSON.stringify(asked[0]), headers: { 'Content-Type': 'application/json' } };
    const answer = fetch(`${url}/score`, options);
    await until(() => existsSync(at('access.jsonl')) && read('access.jsonl').includes('readyz'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    child.kill('SIGTERM');
    const { status, headers } = await answer;
    expect([status, headers.get('connection')]).toEqual([200, 'close']);
    const { code, stderr } = await outcome;
    expect({ code, stderr }).toEqual({
      code: 130,
      stderr: expect.stringMatching(/stopped on request; what was asked is answered\n$/),
    });
    await expect(fetch(`${url}/readyz`)).rejects.toThrow();
    const lines = read('access.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([{ path: '/readyz' }, { path: '/score', status: 200, rows: 1, client: '127.0.0.1' }]);
  });

  it('refuses what it cannot do in one line', async () => {
    expectOneLine(
      await gargalo('serve rows/model.onnx --score pattern'.split(' '), { cwd }),
      /--score: expected another for examples/,
    );
    expectOneLine(
      await gargalo('serve rows/model.onnx --host 1.2.3.4'.split(' '), { cwd }),
      /--host: expected an address of this machine, got 1\.2\.3\.4/,
    );
    expectOneLine(await gargalo('serve rows/model.onnx --port 70000'.split(' '), { cwd }), /--port/);
    expectOneLine(await gargalo('serve nothing'.split(' '), { cwd }), /nothing/);
  });
});

describe('the container', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const file = (name: string) => readFileSync(join(root, 'examples/serve', name), 'utf8');
  const lines = file('Dockerfile')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const behind = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  /** The words of an instruction in the form of JSON. */
  const words = (line: string | undefined): string[] => JSON.parse(line!.slice(line!.indexOf('[')));

  it('copies files that are there and that its builder is given', () => {
    const copied = behind('COPY').filter((line) => !line.startsWith('--from'));
    const sources = copied.flatMap((line) => line.split(' ').slice(0, -1));
    expect(sources.length).toBeGreaterThan(8);
    const given = file('Dockerfile.dockerignore')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    expect([...sources].sort()).toEqual([...given].sort());
    for (const source of sources) expect([source, existsSync(join(root, source))]).toEqual([source, true]);
  });

  it('is of a fixed release of Node, and runs as nobody of importance', () => {
    for (const image of behind('FROM')) expect(image).toMatch(/^node:\d+\.\d+\.\d+-[a-z]+-slim( AS build)?$/);
    expect(lines.indexOf('USER node')).toBeGreaterThan(lines.findLastIndex((line) => line.startsWith('RUN')));
  });

  it('starts the service with a command that starts here, and its health check tells whether it runs', async () => {
    const [node, program, ...command] = words(behind('CMD')[0]);
    expect([node, program]).toEqual(['node', 'node_modules/gargalo/bin/gargalo.js']);
    const port = String(await freePort());
    expect(command).toContain('8080');
    const here = command.map((word) => (word === '/model' ? 'rows' : word === '8080' ? port : word));
    const [, flag, script] = words(behind('HEALTHCHECK')[0]);
    const check = () =>
      promisify(execFile)(process.execPath, [flag!, script!.replace('8080', port)]).then(
        () => 'up',
        () => 'down',
      );
    expect(await check()).toBe('down');
    const { child, outcome } = start(here, { cwd });
    let said = '';
    child.stdout.on('data', (data) => (said += data));
    await until(() => said.includes('\n'));
    expect(await check()).toBe('up');
    child.kill('SIGTERM');
    expect((await outcome).stderr).toContain('warning: http://0.0.0.0:');
    expect(await check()).toBe('down');
  });
});
