// What every service has, whatever it serves: who may ask, how much, and what is said where that is refused.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import type { Metrics } from './metrics.js';
import { problemResponse, Refusal, refusalOf } from './problem.js';

/** What a request brings along: of one that came through a socket, its two ends. */
export interface ServiceEnv {
  readonly Bindings: Partial<HttpBindings>;
  readonly Variables: { rows: number };
}

/** A line of the access log. */
export interface AccessEntry {
  readonly time: string;
  readonly client: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
  /** Rows that were answered, of requests that have some. */
  readonly rows?: number;
}

export interface ServiceOptions {
  readonly metrics: Metrics;
  /** Names that a request's Host may have; any where there are none. A page of another name that leads here is refused. */
  readonly hosts?: readonly string[] | undefined;
  /** What `Authorization: Bearer …` must bring, on all paths but those that are open. */
  readonly token?: string | undefined;
  /** Paths that need no token. */
  readonly open: readonly string[];
  /** Requests a second of one client, on all paths that need a token. */
  readonly rate?: number | undefined;
  /** Told of failures of the service itself, which clients are not. */
  onFailure(error: unknown): void;
  onAnswered?: ((entry: AccessEntry) => void) | undefined;
}

/** A service that routes are added to. */
export interface Service {
  readonly app: Hono<ServiceEnv>;
  /** Whether it is about to end: connections are closed behind each answer. */
  readonly isStopping: boolean;
  stop(): void;
}

/** Bounds of the histogram of latencies, in seconds. */
const LATENCIES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const clientOf = ({ env }: Context<ServiceEnv>): string => env?.incoming?.socket.remoteAddress ?? 'unknown';

/** The names of this machine that no other machine has. */
export const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

const nameIn = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();

/** Refuses requests that a page of another site made: by its own name for this address, or in the open. */
function checkSite(context: Context<ServiceEnv>, hosts: readonly string[] | undefined): void {
  const host = context.req.header('host') ?? new URL(context.req.url).host;
  if (hosts && !hosts.includes(nameIn(host))) {
    throw new Refusal(403, `Host: expected ${hosts.join(', ')}, got "${host}" (--allow-host names others)`);
  }
  const origin = context.req.header('origin');
  if (origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)) return;
  throw new Refusal(403, `Origin: expected no page of another site, got "${origin}"`);
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Whether two secrets are the same, compared in a time that says nothing of them. */
export const isSameSecret = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

/** Refuses requests without the token. */
function tokenCheck(token: string) {
  return (given: string | undefined): void => {
    const [, bearer] = /^Bearer +(.+)$/i.exec(given ?? '') ?? [];
    if (bearer !== undefined && isSameSecret(bearer, token)) return;
    const got = given === undefined ? 'none' : 'another';
    throw new Refusal(401, `Authorization: expected "Bearer <token>" with the token of this service, got ${got}`, {
      'WWW-Authenticate': 'Bearer',
    });
  };
}

/** Clients that are remembered, at most: those that have not asked for a while are forgotten. */
const MOST_CLIENTS = 10_000;

/** Lets each client have so many requests a second, and those of one second at once. */
export function rateLimit(rate: number, now: () => number = () => performance.now() / 1000) {
  const burst = Math.max(1, rate);
  const clients = new Map<string, { left: number; at: number }>();
  const leftOf = ({ left, at }: { left: number; at: number }, time: number) =>
    Math.min(burst, left + (time - at) * rate);
  return (client: string): void => {
    const time = now();
    if (clients.size >= MOST_CLIENTS && !clients.has(client)) {
      for (const [name, state] of clients) if (leftOf(state, time) >= burst) clients.delete(name);
      // more clients than can be remembered: the one that asked first makes room
      if (clients.size >= MOST_CLIENTS) clients.delete(clients.keys().next().value ?? '');
    }
    const state = clients.get(client) ?? { left: burst, at: time };
    const left = leftOf(state, time);
    clients.set(client, { left: left < 1 ? left : left - 1, at: time });
    if (left >= 1) return;
    const seconds = Math.ceil((1 - left) / rate);
    throw new Refusal(429, `rate: expected at most ${rate} requests a second of one client, got more`, {
      'Retry-After': String(seconds),
    });
  };
}

/** A service without routes. Whatever a route throws becomes a problem+json answer. */
export function createService(options: ServiceOptions): Service {
  const { metrics, hosts, token, rate, open, onFailure, onAnswered } = options;
  const app = new Hono<ServiceEnv>();
  const checkToken = token === undefined ? undefined : tokenCheck(token);
  const checkRate = rate === undefined ? undefined : rateLimit(rate);
  const requests = metrics.counter('gargalo_requests_total', 'Requests by method, path and status.');
  const seconds = metrics.histogram('gargalo_request_seconds', 'Seconds from request to answer, by path.', LATENCIES);
  metrics.gauge('process_resident_memory_bytes', 'Memory of the process.', () => process.memoryUsage.rss());
  let isStopping = false;
  let paths: ReadonlySet<string> | undefined;

  app.use(async (context, next) => {
    const started = performance.now();
    const { method, path } = context.req;
    await next();
    if (isStopping) context.header('Connection', 'close');
    const { status } = context.res;
    const milliseconds = performance.now() - started;
    paths ??= new Set(app.routes.map((route) => route.path));
    // of paths and methods that anybody may invent one name is kept
    const known = status !== 405 && paths.has(path);
    requests.add(1, { method: known ? method : 'other', path: known ? path : 'other', status: String(status) });
    seconds.observe(milliseconds / 1000, { path: known ? path : 'other' });
    if (!onAnswered) return;
    const rows = context.get('rows');
    const entry = { time: new Date().toISOString(), client: clientOf(context), method, path, status, milliseconds };
    onAnswered({ ...entry, ...(rows !== undefined && { rows }) });
  });
  app.use(async (context, next) => {
    checkSite(context, hosts);
    if (!open.includes(context.req.path)) {
      checkRate?.(clientOf(context));
      checkToken?.(context.req.header('authorization'));
    }
    await next();
  });
  app.notFound((context) =>
    problemResponse(new Refusal(404, `${context.req.path}: expected a path of this service, got another (see GET /)`)),
  );
  app.onError((error) => {
    const refusal = refusalOf(error);
    if (refusal.status === 500) onFailure(error);
    return problemResponse(refusal);
  });
  return {
    app,
    get isStopping() {
      return isStopping;
    },
    stop: () => {
      isStopping = true;
    },
  };
}

/** Refuses other methods on a path, which would be answered as if the path were not there. To be called behind its routes. */
export function onlyMethod(app: Hono<ServiceEnv>, path: string, method: string): void {
  app.all(path, (context) => {
    throw new Refusal(405, `${path}: expected ${method}, got ${context.req.method}`, { Allow: method });
  });
}

const tooLarge = (most: number) =>
  new Refusal(413, `body: expected at most ${most} bytes, got more (--max-body allows more)`, { Connection: 'close' });

/** All of a body, which is read no further than it may be long. */
export async function readBody(
  context: Context<ServiceEnv>,
  most: number,
  onBytes: (count: number) => void = () => undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const length = context.req.header('content-length');
  if (length !== undefined) {
    if (Number(length) > most) throw tooLarge(most);
    onBytes(Number(length));
    return new Uint8Array(await context.req.arrayBuffer());
  }
  const parts: Uint8Array[] = [];
  let total = 0;
  for await (const part of context.req.raw.body ?? []) {
    total += part.length;
    if (total > most) throw tooLarge(most);
    onBytes(part.length);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

/**
 * Reads bodies and bounds what they take together: each of them, how many are at work, and their bytes.
 *
 * @param most bytes of a body
 * @param requests that are at work at a time
 */
export function bodyReader(most: number, requests: number) {
  const mostHeld = Math.max(4 * most, 2 ** 26);
  let [held, open] = [0, 0];
  const busy = (what: string) =>
    new Refusal(503, `queue: expected at most ${what} at work, got more`, { 'Retry-After': '1' });
  return {
    /** Requests at work. */
    get open() {
      return open;
    },
    /** Calls `use` with the body of a request, for as long as the body counts. */
    async with<T>(context: Context<ServiceEnv>, use: (body: Uint8Array) => Promise<T>): Promise<T> {
      if (open >= requests) throw busy(`${requests} requests`);
      let own = 0;
      open++;
      try {
        const body = await readBody(context, most, (count) => {
          own += count;
          held += count;
          if (held > mostHeld) throw busy(`${mostHeld} bytes of requests`);
        });
        return await use(body);
      } finally {
        open--;
        held -= own;
      }
    },
  };
}
