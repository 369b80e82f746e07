// A service on a socket.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { badInput, systemCode } from '../core/errors.js';
import type { Service } from './app.js';

/** A service that listens. */
export interface Listening {
  /** Where a browser or curl finds it. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Takes no new connections, answers what was asked and closes. What is not asked to its end by then is cut off. */
  stop(): Promise<void>;
}

/** Milliseconds that requests have to come to their end once the service stops. */
const GRACE = 10_000;

/** Whether an address is one of this machine alone. */
export const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|::1)$/i.test(host);

function refused(host: string, port: number, error: unknown): unknown {
  const problems: Readonly<Record<string, readonly [option: string, problem: string, mend: string]>> = {
    EADDRINUSE: ['port', `expected a free one, got ${port}, which another process has`, 'name another, or 0 for any'],
    EACCES: ['port', `expected one that may be opened, got ${port}`, 'name one from 1024 on'],
    EADDRNOTAVAIL: ['host', `expected an address of this machine, got ${host}`, 'name 127.0.0.1, or 0.0.0.0 for all'],
    ENOTFOUND: ['host', `expected an address of this machine, got ${host}`, 'name 127.0.0.1, or 0.0.0.0 for all'],
  };
  const found = problems[String(systemCode(error))];
  return found ? badInput(...found, error) : error;
}

/**
 * Lets a service listen.
 *
 * @param port 0 for any that is free
 * @throws GargaloError `bad-input` naming `port` or `host`
 */
export async function listen(service: Service, { host, port }: { host: string; port: number }): Promise<Listening> {
  const server = createAdaptorServer({ fetch: service.app.fetch }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(refused(host, port, error)));
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}`,
    host: address.address,
    port: address.port,
    async stop() {
      service.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const grace = setTimeout(() => server.closeAllConnections(), GRACE);
      await closed;
      clearTimeout(grace);
    },
  };
}
