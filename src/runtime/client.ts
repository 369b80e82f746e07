import { badInput, GargaloError } from '../core/errors.js';
import type { Answer, Request, RequestName, Requests } from './protocol.js';
import { type Device, devices, type Runtime, type RuntimeOptions } from './runtime.js';

/** The caller's end of a worker: Node's and the browser's workers differ only in these four calls. */
export interface WorkerPort {
  post(request: Request, transfer: ArrayBuffer[]): void;
  onAnswer(listener: (answer: Answer) => void): void;
  /** Called when the worker ends or breaks without having been asked to. */
  onFailure(listener: (error: Error) => void): void;
  terminate(): Promise<void>;
}

/**
 * Opens a runtime over a worker.
 *
 * @param startWorker called once the options are known to be sound
 */
export async function openRuntime(
  startWorker: () => WorkerPort,
  { device, threads = 1, wasmPath }: RuntimeOptions & { readonly device: Device },
): Promise<Runtime> {
  if (!devices.includes(device)) throw badInput('device', `expected one of ${devices.join(', ')}, got "${device}"`);
  if (!Number.isInteger(threads) || threads < 1)
    throw badInput('threads', `expected a whole number of at least 1, got ${threads}`);

  const port = startWorker();
  const waiting = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>();
  let counter = 0;
  let ended: GargaloError | undefined;

  const end = (error: GargaloError): void => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  port.onAnswer((answer) => {
    const request = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (!request) return;
    if ('error' in answer) {
      const { code, where, message } = answer.error;
      const prefix = `${where}: `;
      request.reject(
        new GargaloError(code, where, message.startsWith(prefix) ? message.slice(prefix.length) : message),
      );
    } else request.resolve(answer.answer as never);
  });
  let failed = false;
  port.onFailure((error) => {
    failed = true;
    end(new GargaloError('internal', 'runtime', `the worker ended: ${error.message}`));
  });

  function send<Name extends RequestName>(
    name: Name,
    argument: Requests[Name]['argument'],
    transfer: ArrayBuffer[] = [],
  ): Promise<Requests[Name]['answer']> {
    counter += 1;
    const id = counter;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      port.post({ id, name, argument } as Request, transfer);
    });
  }

  function ask<Name extends RequestName>(
    name: Name,
    argument: Requests[Name]['argument'],
    transfer: ArrayBuffer[] = [],
  ): Promise<Requests[Name]['answer']> {
    return ended ? Promise.reject(ended) : send(name, argument, transfer);
  }

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      end(new GargaloError('cancelled', 'runtime', 'closed'));
      // Native code that is ended in the middle of a call takes the whole process with it.
      if (!failed) await send('close', null).catch(() => {});
      await port.terminate();
    })();
    return closing;
  };
  let opened: Requests['open']['answer'];
  try {
    opened = await ask('open', { device, threads, ...(wasmPath !== undefined && { wasmPath }) });
  } catch (error) {
    await close();
    throw error;
  }

  return {
    device,
    threads: opened.threads,
    async load({ name, bytes, keepsLayout = false }, threadsOfIt) {
      const own = threadsOfIt !== undefined && { threads: threadsOfIt };
      const program = await ask('load', { name, bytes, keepsLayout, ...own });
      return {
        run: (feeds, keep = []) => ask('run', { program, feeds, keep }),
        release: async () => {
          await ask('release', { program });
        },
      };
    },
    upload: (tensor, transfer = false) =>
      ask('upload', tensor, transfer && tensor.values.buffer instanceof ArrayBuffer ? [tensor.values.buffer] : []),
    download: (tensor) => ask('download', tensor),
    reclaim: (tensor) => ask('reclaim', tensor),
    async free(tensors) {
      if (tensors.length > 0) await ask('free', tensors);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
