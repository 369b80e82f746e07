import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRunRegistry } from '../cli/run-registry.js';
import { loopbackNames } from './app.js';
import { studioService } from './studio.js';
import type { TrainingOrder } from './trainings.js';
import { createLauncher } from './trainings.js';

const token = 'a-token-of-this-test';
const record = (epoch: number) => ({ epoch, trainLoss: 1 / epoch, testLoss: 1 / epoch, testSquaredError: 2 / epoch });

describe('the studio of this machine', () => {
  let root: string;
  const orders: TrainingOrder[] = [];
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'gargalo-studio-'));
    await writeFile(join(root, 'index.html'), '<!doctype html><title>studio</title>');
    for (const [name, epochs] of [
      ['first', 2],
      ['deeper/second', 3],
    ] as const) {
      await mkdir(join(root, 'runs', name), { recursive: true });
      const data = { source: `${name}.csv`, trainExamples: 90, testExamples: 10, shape: [3], type: 'float32' };
      const configuration = {
        tool: 'gargalo',
        command: 'gargalo train',
        request: { kind: 'basic', values: { code: epochs } },
        data,
        started: `2026-01-0${epochs}`,
      };
      await writeFile(join(root, 'runs', name, 'config.json'), JSON.stringify(configuration));
      const lines = Array.from({ length: epochs }, (_, i) => `${JSON.stringify(record(i + 1))}\n`);
      await writeFile(join(root, 'runs', name, 'metrics.jsonl'), lines.join(''));
    }
    await writeFile(join(root, 'secret.txt'), 'secret');
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  const open = () => {
    const { app } = studioService({
      pages: root,
      runs: openRunRegistry(join(root, 'runs')),
      trainings: {
        ...createLauncher(join(root, 'runs'), ['-e', 'process.exit(3)']),
        start: async (order) => {
          orders.push(order);
          return { id: 'started', state: 'running' };
        },
      },
      version: '0',
      token,
      hosts: loopbackNames,
      onFailure: (error) => {
        throw error;
      },
    });
    return (path: string, init: RequestInit & { readonly headers?: Record<string, string> } = {}) =>
      app.request(`http://127.0.0.1:4880${path}`, {
        ...init,
        headers: { cookie: `gargalo-studio-4880=${token}`, ...init.headers },
      });
  };

  it('lets in who has the token, once by the address and then by a cookie that no script sees', async () => {
    const ask = open();
    for (const path of ['/', '/api/runs', '/assets/x.js', '/sw.js']) {
      expect((await ask(path, { headers: { cookie: '' } })).status, path).toBe(403);
      expect((await ask(path, { headers: { cookie: 'gargalo-studio-4880=another' } })).status, path).toBe(403);
    }
    const answer = await ask(`/?token=${token}`, { headers: { cookie: '' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).toMatch(
      /^gargalo-studio-4880=a-token-of-this-test; Path=\/; HttpOnly; SameSite=Strict/,
    );
    expect(answer.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  });

  it('refuses other hosts and pages of other sites', async () => {
    const ask = open();
    expect((await ask('/api/runs', { headers: { host: 'evil.example:4880' } })).status).toBe(403);
    expect((await ask('/api/runs', { headers: { origin: 'http://evil.example' } })).status).toBe(403);
    expect(
      (await ask('/api/runs', { headers: { host: '127.0.0.1:4880', origin: 'http://127.0.0.1:4880' } })).status,
    ).toBe(200);
  });

  it('reaches nothing outside of its folders', async () => {
    const ask = open();
    const paths = [
      '/assets/..%2fsecret.txt',
      '/assets/%2e%2e/secret.txt',
      '/assets/....//secret.txt',
      '/secret.txt',
      '/api/runs/..%2f..',
      '/api/runs/..%2fruns%2ffirst/config',
      '/api/runs/first%2f..%2f..%2f/config',
      '/api/data/..%2fsecret.txt',
      '/api/data/.x',
    ];
    for (const path of paths) expect((await ask(path)).status, path).toBe(404);
  });

  it('lists the runs of a folder, however deep, the newest first', async () => {
    const { runs } = (await (await open()('/api/runs')).json()) as {
      runs: { id: string; epochs: number; state: string }[];
    };
    expect(runs.map(({ id, epochs, state }) => [id, epochs, state])).toEqual([
      ['deeper/second', 3, 'stopped'],
      ['first', 2, 'stopped'],
    ]);
  });

  it('tells the epochs of a run from where somebody left off', async () => {
    const ask = open();
    const events = async (headers: Record<string, string> = {}) => {
      const text = await (await ask('/api/runs/deeper%2Fsecond/events', { headers })).text();
      return text
        .split('\n\n')
        .filter((part) => part.startsWith('event: epoch'))
        .map((part) => ({
          epoch: JSON.parse(/data: (.*)/.exec(part)?.[1] ?? '').epoch,
          id: /id: (.*)/.exec(part)?.[1] ?? '',
        }));
    };
    const all = await events();
    expect(all.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    const id = all[0]?.id ?? '';
    expect((await events({ 'last-event-id': id })).map(({ epoch }) => epoch)).toEqual([2, 3]);
    // a line that is being written is told when it is whole
    const metrics = join(root, 'runs', 'deeper', 'second', 'metrics.jsonl');
    await appendFile(metrics, '{"epoch":4');
    expect((await events()).length).toBe(3);
    await appendFile(metrics, '}\n');
    expect((await events()).map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
  });

  it('starts trainings, and refuses what is none', async () => {
    const ask = open();
    const post = (body: string) => ask('/api/trainings', { method: 'POST', body });
    const order = { data: 'mnist', kind: 'basic', options: { code: 2 } };
    expect((await post(JSON.stringify(order))).status).toBe(202);
    expect(orders).toEqual([order]);
    for (const body of ['', '[]', '{"data":1}']) expect((await post(body)).status, body).toBe(400);
    expect((await post(`{"data":"${'x'.repeat(2 ** 17)}"}`)).status).toBe(413);
    const launcher = createLauncher(join(root, 'runs'), ['-e', '']);
    await expect(launcher.start({ ...order, data: '../secret.txt' })).rejects.toThrow(/expected data/);
    await expect(launcher.start({ ...order, kind: '--help' })).rejects.toThrow(/expected one of basic/);
  });

  it('refuses kinds and options that there are none of, and those that name files', async () => {
    const launcher = createLauncher(join(root, 'runs'), ['-e', '']);
    const order = { data: 'mnist', kind: 'basic', options: {} };
    await expect(launcher.start({ ...order, kind: 'bogus' })).rejects.toThrow(/bogus/);
    for (const options of [
      { 'out=/tmp': 1 },
      { out: '/tmp/x' },
      { help: true },
      { validation: '/etc/passwd' },
      { code: -1 },
      { from: 'x' },
    ]) {
      await expect(launcher.start({ ...order, options }), JSON.stringify(options)).rejects.toThrow();
    }
  });

  it('keeps data under names that are those of files', async () => {
    const launcher = createLauncher(join(root, 'runs'), ['-e', '']);
    const kept = async (name: string) => (await launcher.keep(name, new Uint8Array([65]))).name;
    expect(await kept('../../etc/passwd')).toBe('etc-passwd');
    expect(await kept('.hidden\u0000\n.csv')).toBe('hidden-.csv');
    expect(await kept('dados são.csv')).toBe('dados-são.csv');
    // the same data have one name, other data of that name another
    expect(await kept('dados são.csv')).toBe('dados-são.csv');
    expect((await launcher.keep('dados-são.csv', new Uint8Array([66]))).name).toBe('dados-são-2.csv');
  });

  it('deletes a run for good', async () => {
    const ask = open();
    expect((await ask('/api/runs/first', { method: 'DELETE' })).status).toBe(200);
    expect((await ask('/api/runs/first')).status).toBe(404);
    expect((await ask('/api/runs/first', { method: 'DELETE' })).status).toBe(404);
  });
});
