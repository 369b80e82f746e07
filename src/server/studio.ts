// The service behind the studio: its pages, the runs of a folder, trainings of this machine, and how they go, as they go.
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { streamSSE } from 'hono/streaming';
import { oneLine } from '../core/errors.js';
import { parseJson } from '../core/json.js';
import { createService, isSameSecret, readBody, type Service, type ServiceEnv } from './app.js';
import { follow } from './follow.js';
import { openMetrics } from './metrics.js';
import { Refusal } from './problem.js';
import type { RunSource } from './runs.js';
import type { Launcher } from './trainings.js';

export interface StudioOptions {
  /** The folder of the built pages. */
  readonly pages: string;
  readonly runs: RunSource;
  readonly trainings: Launcher;
  readonly version: string;
  /** What the address must bring once: a cookie keeps it. */
  readonly token: string;
  readonly hosts: readonly string[] | undefined;
  onFailure(error: unknown): void;
}

/** Cookies know no ports: two studios of one browser have two names. */
const cookieName = (context: Context): string => `gargalo-studio-${new URL(context.req.url).port || 80}`;
/** Bytes of a request that starts a training, and of data that are taken, at most. */
const [MOST_REQUEST, MOST_DATA] = [2 ** 16, 2 ** 29];
/** Runs that are followed at a time. */
const MOST_STREAMS = 256;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.onnx': 'application/octet-stream',
};

/** Threads of WebAssembly need a page that is cross-origin isolated. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** A file as an answer; what has a hash in its name never changes. */
async function sendFile(context: Context<ServiceEnv>, path: string, name = path): Promise<Response> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new Refusal(404, `${context.req.path}: expected a file of the studio, got another path`);
  const headers = {
    ...isolation,
    'Content-Type': types[extname(name)] ?? 'application/octet-stream',
    'Content-Length': String(found.size),
    'Cache-Control': /-[\w-]{8}\.\w+$/.test(name) ? 'max-age=31536000, immutable' : 'no-cache',
    'X-Content-Type-Options': 'nosniff',
  };
  if (context.req.method === 'HEAD') return new Response(null, { headers });
  return new Response(Readable.toWeb(createReadStream(path)) as ReadableStream, { headers });
}

/** Lets in who brings the token: in the address the first time, then in a cookie that no other site and no script sees. */
function openToToken({ app }: Service, token: string): void {
  app.use(async (context, next) => {
    const given = context.req.query('token');
    if (given !== undefined && isSameSecret(given, token)) {
      setCookie(context, cookieName(context), token, { httpOnly: true, sameSite: 'Strict', path: '/' });
    } else if (!isSameSecret(getCookie(context, cookieName(context)) ?? '', token)) {
      throw new Refusal(403, 'token: expected that of the address that the studio printed, got none or another');
    }
    await next();
  });
}

async function jsonOf(context: Context<ServiceEnv>): Promise<Record<string, unknown>> {
  const bytes = await readBody(context, MOST_REQUEST);
  try {
    const value: unknown = parseJson(new TextDecoder().decode(bytes));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // said below
  }
  throw new Refusal(400, 'body: expected a JSON object, got another text');
}

const notThere = (id: string): Refusal => new Refusal(404, `${oneLine(id)}: expected a run of this folder, got none`);

/** Runs: what there are, their files, how they go. */
function addRuns({ app }: Service, runs: RunSource): void {
  let streams = 0;
  app.get('/api/runs', async (context) => context.json({ root: runs.root, runs: await runs.list() }));
  app.get('/api/runs/:id', async (context) => {
    const found = await runs.find(context.req.param('id'));
    if (!found) throw notThere(context.req.param('id'));
    return context.json(found);
  });
  app.delete('/api/runs/:id', async (context) => {
    const id = context.req.param('id');
    if (!(await runs.find(id))) throw notThere(id);
    if (!(await runs.remove(id)))
      throw new Refusal(409, `${oneLine(id)}: expected a run that has ended, got one at work`);
    return context.json({ removed: id });
  });
  app.get('/api/runs/:id/:name{model|report|config}', async (context) => {
    const { id, name } = context.req.param();
    const path = await runs.fileOf(id, name as 'model' | 'report' | 'config');
    if (path === undefined) throw notThere(`${id}/${name}`);
    const answer = await sendFile(context, path, { model: 'model.onnx', report: 'report.html' }[name] ?? 'config.json');
    answer.headers.set('Cache-Control', 'no-cache');
    return answer;
  });
  app.get('/api/runs/:id/events', async (context) => {
    const id = context.req.param('id');
    if (!(await runs.metricsOf(id))) throw notThere(id);
    if (streams >= MOST_STREAMS)
      throw new Refusal(503, `events: expected at most ${MOST_STREAMS} open, got more`, { 'Retry-After': '5' });
    streams++;
    const last = Number(context.req.header('last-event-id') ?? context.req.query('from') ?? 0);
    return streamSSE(context, async (stream) => {
      const end = new AbortController();
      stream.onAbort(() => end.abort());
      const beat = setInterval(() => void stream.write(': \n\n'), 15_000);
      try {
        const isOpen = async () => (await runs.find(id))?.state === 'running';
        const from = Number.isSafeInteger(last) && last >= 0 ? last : 0;
        for await (const found of follow(from, () => runs.metricsOf(id), isOpen, end.signal)) {
          if (found === 'restart') await stream.writeSSE({ event: 'restart', data: '{}', id: '0' });
          else await stream.writeSSE({ event: 'epoch', data: found.line, id: String(found.end) });
        }
        if (!end.signal.aborted)
          await stream.writeSSE({ event: 'end', data: JSON.stringify((await runs.find(id)) ?? null) });
      } finally {
        clearInterval(beat);
        streams--;
      }
    });
  });
}

/** Trainings that this machine does, and the data that they are given. */
function addTrainings({ app }: Service, trainings: Launcher): void {
  app.get('/api/trainings', (context) => context.json({ trainings: trainings.list() }));
  app.post('/api/trainings', async (context) => {
    const { data, kind, options = {} } = await jsonOf(context);
    if (typeof data !== 'string' || typeof kind !== 'string' || typeof options !== 'object' || options === null) {
      throw new Refusal(400, 'body: expected {"data": …, "kind": …, "options": {…}}, got other fields');
    }
    return context.json(await trainings.start({ data, kind, options: { ...options } }), 202);
  });
  app.delete('/api/trainings/:id', (context) => {
    const id = context.req.param('id');
    if (!trainings.stop(id)) throw new Refusal(404, `${oneLine(id)}: expected a training of this studio, got none`);
    return context.json({ stopping: id });
  });
  app.put('/api/data/:name', async (context) => {
    const kept = await trainings.keep(context.req.param('name'), await readBody(context, MOST_DATA));
    return context.json(kept, 201);
  });
  app.get('/api/data/:name', async (context) => context.json(await trainings.describe(context.req.param('name'))));
}

/** The studio of this machine, as a service without a socket. */
export function studioService({ pages, runs, trainings, version, token, hosts, onFailure }: StudioOptions): Service {
  const service = createService({ metrics: openMetrics(), hosts, open: [], onFailure });
  openToToken(service, token);
  service.app.get('/api', (context) => context.json({ name: 'gargalo', version, root: runs.root }));
  addRuns(service, runs);
  addTrainings(service, trainings);
  service.app.get('/', async (context) => {
    const html = await readFile(join(pages, 'index.html'), 'utf8');
    const marked = html.replace('<head>', '<head><meta name="gargalo" content="machine" />');
    return context.html(marked, 200, { ...isolation, 'Cache-Control': 'no-cache' });
  });
  service.app.get('/sw.js', (context) => sendFile(context, join(pages, 'sw.js')));
  service.app.get('/:folder{assets|browser}/:name', (context) => {
    const { folder, name } = context.req.param();
    if (!/^[\w.-]+$/.test(name) || name.startsWith('.')) {
      throw new Refusal(404, `${oneLine(context.req.path)}: expected a file of the studio, got another path`);
    }
    // the library for pages, which the studio's worker takes, lies beside the studio in the package
    return sendFile(context, folder === 'browser' ? join(pages, '..', 'browser', name) : join(pages, folder, name));
  });
  return service;
}
