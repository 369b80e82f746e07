import { afterAll, describe, expect, it } from 'vitest';
import { randomWeights, specification } from '../../test/tiny.js';
import { arrayDataset } from '../data/dataset.js';
import { streamOf } from '../data/stream.js';
import { openAutoencoder } from '../models/autoencoder.js';
import type { Specification } from '../models/specification.js';
import { type AccessEntry, createService, rateLimit } from './app.js';
import { inBatches } from './batches.js';
import { openMetrics } from './metrics.js';
import { atMost, type ModelServiceOptions, modelService } from './model-service.js';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const named = specification({
  input: { shape: [6], columns: names, scaling: { method: 'none', offset: [0], scale: [1] } },
});
const opened: { close(): Promise<void> }[] = [];
afterAll(async () => {
  for (const one of opened) await one.close();
});

function serviceOf(options: Partial<ModelServiceOptions> = {}, model: Specification = named) {
  const autoencoder = openAutoencoder({ specification: model, weights: randomWeights(model) });
  opened.push(autoencoder);
  const failures: unknown[] = [];
  const onFailure = (error: unknown) => void failures.push(error);
  const service = modelService({
    ...{ name: 'tiny', version: '0', autoencoder, batchWait: 1, maxBody: 1e5, queue: 100, onFailure, ...options },
  });
  const ask = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const sent = { 'Content-Type': 'application/json', ...headers };
    const response = await service.app.request(path, { method: 'POST', body: text, headers: sent });
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, response, json: isJson ? await response.json() : undefined };
  };
  return { ...service, app: service.app, autoencoder, ask, failures };
}

const row = Object.fromEntries(names.map((name, i) => [name, i / 10]));
const values = names.map((_, i) => i / 10);

describe('rows', () => {
  it('are objects by column, lists, or one of either, and give the codes that the library gives', async () => {
    const { ask, autoencoder } = serviceOf();
    const expected = [...(await autoencoder.encode([values]))];
    for (const body of [row, [row], values, [values]]) {
      const { status, json } = await ask('/encode', body);
      expect({ status, codes: json.codes }).toEqual({ status: 200, codes: [expected] });
      expect(json).toMatchObject({ examples: 1, width: 2, rowsDropped: [], cellsFilled: 0, notes: [] });
    }
  });

  it('come back in the form that they are sent in', async () => {
    const { ask } = serviceOf();
    const { json } = await ask('/reconstruct', [row, row]);
    expect(Object.keys(json.reconstructions[0])).toEqual(names);
    const again = await ask('/reconstruct', json.reconstructions);
    expect(again.status).toBe(200);
    const code = (await ask('/encode', row)).json.codes;
    expect((await ask('/decode', code)).json.reconstructions[0]).toEqual(json.reconstructions[0]);
  });

  it.each([
    ['a word', { ...row, c: 'x' }, 422, 'rows[0].c: expected a number that fits a 32-bit float, got "x"'],
    [
      'digits in quotes',
      [row, { ...row, c: '3' }],
      422,
      'rows[1].c: expected a number that fits a 32-bit float, got "3"',
    ],
    ['a missing cell', [row, row, row, { ...row, b: null }], 422, 'rows[3].b: expected a value'],
    ['an infinity', `[${JSON.stringify(row).replace('0.2', '1e999')}]`, 422, 'rows[0].c: expected a number that fits'],
    ['NaN', JSON.stringify(row).replace('0.2', 'NaN'), 400, 'null is a missing cell'],
    [
      'a mistyped name',
      { ...row, c: undefined, see: 1 },
      422,
      'rows[0].c: expected a cell of that name, got none (a missing cell is null; the row also has see)',
    ],
    ['a short row', [[0, 1, 2, 3, 4]], 422, 'rows[0]: expected a list of 6 values, got a list of 5'],
    [
      'a list in a row',
      [values, [0, 1, 2, 3, 4, [5]]],
      422,
      'rows[1].f: expected a number that fits a 32-bit float, got a list of 1',
    ],
    ['broken lists', '[['.repeat(20_000), 400, 'body: expected JSON'],
    ['deep lists', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, 400, 'lists and objects more than 64 deep'],
    ['nothing', '', 400, 'body: expected rows or an image, got nothing'],
    ['no rows', '[]', 422, 'rows: expected at least one row'],
    ['a number', '7', 422, 'body: expected a row or a list of rows, got 7'],
  ])('with %s are refused with the place', async (_, body, status, error) => {
    const { ask, failures } = serviceOf();
    const answer = await ask('/encode', body);
    expect(answer.json).toMatchObject({ status, error: expect.stringContaining(error) });
    expect(answer.status).toBe(status);
    expect(answer.response.headers.get('content-type')).toBe('application/problem+json');
    expect(failures).toEqual([]);
  });

  it('say which of their columns are left out', async () => {
    const { ask } = serviceOf();
    const { json } = await ask('/encode', [row, { ...row, when: 'now', 'x\n': 1 }]);
    expect(json.columnsIgnored).toEqual(['when', 'x\n']);
    expect(json.notes).toEqual(['2 columns that the model does not know left out: when, x\\n']);
  });

  it('of a table of text are named by their lines', async () => {
    const { ask } = serviceOf();
    const csv = { 'Content-Type': 'text/csv' };
    const { json } = await ask('/encode', `${names},extra\n${values},9\n`, csv);
    expect(json).toMatchObject({ examples: 1, columnsIgnored: ['extra'] });
    const wrong = await ask('/encode', `${names}\n${values}\n1,2,word,4,5,6\n`, csv);
    expect(wrong.json).toMatchObject({ status: 422, error: expect.stringContaining('body, row 3, column "c"') });
    const tabs = await ask('/encode', `${names.join('\t')}\n${values.join('\t')}\n`, {
      'Content-Type': 'text/tab-separated-values',
    });
    expect(tabs.json.codes).toEqual(json.codes);
  });

  it('of a table with lines that no row of the model has are refused before they are read', async () => {
    const { ask } = serviceOf();
    const long = await ask('/encode', `${names}\r\n${','.repeat(20_000)}\n`, { 'Content-Type': 'text/csv' });
    expect(long.json).toMatchObject({ status: 413, error: expect.stringContaining('line of at most 17920 bytes') });
  });

  it('of other types are refused, and answers in other forms', async () => {
    const { ask } = serviceOf();
    expect((await ask('/encode', row, { 'Content-Type': 'text/plain' })).json).toMatchObject({
      status: 415,
      error: 'Content-Type: expected application/json, text/csv, text/tab-separated-values, got "text/plain"',
    });
    expect((await ask('/encode', 'x', { 'Content-Type': 'image/png' })).status).toBe(415);
    expect((await ask('/encode', row, { Accept: 'image/png' })).status).toBe(406);
    const table = await ask('/reconstruct', row, { Accept: 'text/csv, */*;q=0.1' });
    expect(table.response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(await table.response.text()).toMatch(/^row,a,b,c,d,e,f,squared error\n1,/);
    expect(JSON.parse(table.response.headers.get('gargalo-reading')!)).toMatchObject({ examples: 1, rowsDropped: 0 });
  });

  it('are no more at a time than an answer may have', async () => {
    const stream = streamOf(arrayDataset(new Float32Array(8), { name: 'rows', shape: [2] }));
    let seen = 0;
    const count = async (most: number) => {
      for await (const { end } of atMost(stream, most, () => undefined)) seen = end;
    };
    await count(4);
    expect(seen).toBe(4);
    await expect(count(3)).rejects.toMatchObject({ status: 413, message: expect.stringContaining('at most 3 rows') });
  });
});

describe('what a model cannot do', () => {
  it('is answered with the mend', async () => {
    const { ask, tasks } = serviceOf();
    expect(tasks).toEqual(['encode', 'reconstruct', 'decode']);
    expect((await ask('/score', row)).json).toMatchObject({
      status: 409,
      error: expect.stringContaining('--calibrate'),
    });
    expect((await ask('/denoise', row)).json).toMatchObject({
      status: 409,
      error: expect.stringContaining('--kind denoising'),
    });
  });
});

describe('who may ask', () => {
  const status = async (service: ReturnType<typeof serviceOf>, path: string, headers: Record<string, string> = {}) =>
    (await service.app.request(path, { headers })).status;

  it('has the token, except for the paths that say whether the service is there', async () => {
    const service = serviceOf({ token: 'secret' });
    expect(await status(service, '/')).toBe(401);
    expect(await status(service, '/metrics', { Authorization: 'Bearer secre' })).toBe(401);
    expect(await status(service, '/metrics', { Authorization: 'bearer secret' })).toBe(200);
    expect(await status(service, '/healthz')).toBe(200);
    expect(await status(service, '/readyz')).toBe(200);
    service.stop();
    expect(await status(service, '/readyz')).toBe(503);
  });

  it('names this machine, and is no page of another site', async () => {
    const service = serviceOf({ hosts: ['localhost', '[::1]'] });
    for (const host of ['localhost', 'LOCALHOST:8080', '[::1]:80'])
      expect(await status(service, '/', { host })).toBe(200);
    expect(await status(service, '/', { host: 'evil.example' })).toBe(403);
    expect(await status(service, '/', { host: 'localhost:8080', origin: 'http://localhost:8080' })).toBe(200);
    expect(await status(service, '/', { host: 'localhost:8080', origin: 'http://evil.example' })).toBe(403);
    expect(await status(service, '/', { host: 'localhost:8080', origin: 'null' })).toBe(403);
  });

  it('asks on paths that there are, with the methods that they have', async () => {
    const service = serviceOf();
    expect(await status(service, '/nothing')).toBe(404);
    const get = await service.app.request('/encode');
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('asks no more often than the rate allows', async () => {
    let time = 0;
    const limit = rateLimit(2, () => time);
    const allowed = (client: string) => {
      try {
        limit(client);
        return true;
      } catch (error) {
        expect(error).toMatchObject({ status: 429, headers: { 'Retry-After': '1' } });
        return false;
      }
    };
    expect(['a', 'a', 'a', 'b'].map(allowed)).toEqual([true, true, false, true]);
    time = 0.5;
    expect(['a', 'a'].map(allowed)).toEqual([true, false]);
    time = 100;
    expect(['a', 'a', 'a'].map(allowed)).toEqual([true, true, false]);
    const { app } = serviceOf({ rate: 1 });
    expect([(await app.request('/')).status, (await app.request('/')).status]).toEqual([200, 429]);
    expect((await app.request('/healthz')).status).toBe(200);
  });

  it('sends no larger bodies than allowed, whether their length is said or not', async () => {
    const { app, ask } = serviceOf({ maxBody: 100 });
    expect((await ask('/encode', [values, values, values, values, values])).status).toBe(413);
    const headers = { 'Content-Type': 'application/json', 'Content-Length': '101' };
    expect((await app.request('/encode', { method: 'POST', body: '[]', headers })).status).toBe(413);
  });

  it('is asked to come back where too much is at work', async () => {
    const { ask } = serviceOf({ queue: 2, batchWait: 20 });
    const answers = await Promise.all([row, row, row].map((body) => ask('/encode', body)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 503]);
    expect(answers[2]!.response.headers.get('retry-after')).toBe('1');
    expect((await ask('/encode', row)).status).toBe(200);
  });
});

describe('a failure of the service itself', () => {
  it('is told to whoever runs it, and to clients only that there was one', async () => {
    const service = serviceOf();
    await service.autoencoder.close();
    const { status, json } = await service.ask('/encode', row);
    expect({ status, error: json.error }).toEqual({
      status: 503,
      error: expect.stringMatching(/expected an open one/),
    });
    expect(service.failures).toEqual([]);
    const failures: unknown[] = [];
    const onFailure = (error: unknown) => void failures.push(error);
    const { app } = createService({ metrics: openMetrics(), open: [], onFailure });
    app.get('/broken', () => {
      throw new Error('secret of the house');
    });
    const broken = await app.request('/broken');
    expect(await broken.json()).toEqual({
      status: 500,
      title: 'Internal Server Error',
      error: expect.not.stringContaining('secret'),
    });
    expect([broken.status, failures]).toEqual([500, [expect.objectContaining({ message: 'secret of the house' })]]);
  });
});

describe('batches', () => {
  it('hold what comes together, up to their rows, and each job gets its own answer', async () => {
    const sizes: number[] = [];
    const work = async (jobs: readonly number[]) => {
      sizes.push(jobs.length);
      if (jobs.includes(3)) throw new Error('three');
      return jobs.map((job) => -job);
    };
    const submit = inBatches(work, { wait: 5, rows: 4, rowsOf: () => 1 });
    const answers = await Promise.allSettled([0, 1, 2, 3, 4, 5].map(submit));
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.reason.message))).toEqual([
      ...[-0, -1, -2, 'three', -4, -5],
    ]);
    // the batch with the job that fails is done again one by one, those behind it are the next
    expect(sizes).toEqual([4, 1, 1, 1, 1, 2]);
  });

  it('take rows of several requests through the network at once', async () => {
    const { ask, app, autoencoder } = serviceOf({ batchWait: 20 });
    const bodies = Array.from({ length: 8 }, (_, i) => values.map((value) => value + i));
    const answers = await Promise.all(bodies.map((body) => ask('/encode', body)));
    const alone = await autoencoder.encode(bodies);
    expect(answers.flatMap(({ json }) => json.codes[0])).toEqual([...alone]);
    const metrics = await (await app.request('/metrics')).text();
    expect(metrics).toContain('gargalo_batch_requests_bucket{task="encode",le="8"} 1\n');
    expect(metrics).toContain('gargalo_batch_rows_sum{task="encode"} 8\n');
    expect(metrics).toContain('gargalo_rows_total{path="/encode"} 8\n');
    expect(metrics).toContain('gargalo_requests_total{method="POST",path="/encode",status="200"} 8\n');
  });
});

describe('metrics', () => {
  it('have one line for each series, buckets that add up, and escaped labels', () => {
    const metrics = openMetrics();
    metrics.counter('n', 'Number.').add(2, { path: 'a"\n\\' });
    const seconds = metrics.histogram('s', 'Seconds.', [1, 2]);
    for (const value of [0.5, 1, 1.5, 9]) seconds.observe(value);
    metrics.gauge('g', 'Now.', () => 7);
    expect(metrics.text()).toBe(`# HELP n Number.
# TYPE n counter
n{path="a\\"\\n\\\\"} 2
# HELP s Seconds.
# TYPE s histogram
s_bucket{le="1"} 2
s_bucket{le="2"} 3
s_bucket{le="+Inf"} 4
s_sum 12
s_count 4
# HELP g Now.
# TYPE g gauge
g 7
`);
  });
});

describe('the access log', () => {
  it('has a line for each request', async () => {
    const entries: AccessEntry[] = [];
    const { ask } = serviceOf({ onAnswered: (entry) => void entries.push(entry) });
    await ask('/encode', [row, row]);
    await ask('/nothing', row);
    expect(entries).toMatchObject([
      { method: 'POST', path: '/encode', status: 200, rows: 2, client: 'unknown', milliseconds: expect.any(Number) },
      { method: 'POST', path: '/nothing', status: 404 },
    ]);
  });
});

describe('the description', () => {
  it('has every path that is answered, and every name that it refers to', async () => {
    const { app } = serviceOf({ token: 'x' });
    const headers = { Authorization: 'Bearer x' };
    const description = await (await app.request('/openapi.json', { headers })).json();
    expect(description.openapi).toBe('3.1.0');
    const described = Object.entries(description.paths as Record<string, object>);
    for (const [path, operations] of described) {
      for (const method of Object.keys(operations)) {
        const { status } = await app.request(path, { method: method.toUpperCase(), headers });
        expect([path, [404, 405, 409].includes(status)]).toEqual([path, false]);
      }
    }
    const { tasks } = await (await app.request('/', { headers })).json();
    expect(tasks.map((task: string) => task.split(' ')[1])).toEqual(
      described.map(([path]) => path).slice(0, tasks.length),
    );
    const refs = [...JSON.stringify(description).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!);
    expect(refs.length).toBeGreaterThan(5);
    for (const name of refs) expect(description.components.schemas).toHaveProperty(name);
    expect(description.components.schemas.row.required).toEqual(names);
    expect(description.components.securitySchemes.token.scheme).toBe('bearer');
  });
});
