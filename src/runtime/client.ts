import { badInput, GargaloError } from '../core/errors.js';
import type { Answer, Request, RequestName, Requests } from './protocol.js';
import { checkThreads, type Device, devices, type Runtime, type RuntimeOptions } from './runtime.js';

/** The caller's end of a worker: Node's and the browser's workers differ only in these four calls. */
export interface WorkerPort {
  post(request: Request, transfer: ArrayBuffer[]): void;
  onAnswer(listener: (answer: Answer) => void): void;
  /** Called when the worker ends or breaks without having been asked to. */
  onFailure(listener: (error: Error) => void): void;
  terminate(): Promise<void>;
}

/** The requests to a worker, and the answers that they wait for. */
class Requester {
  readonly #port: WorkerPort;
  readonly #waiting = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>();
  #last = 0;
  #ended: GargaloError | undefined;
  #hasFailed = false;
  #closing: Promise<void> | undefined;

  constructor(port: WorkerPort) {
    this.#port = port;
    port.onAnswer((answer) => this.#take(answer));
    port.onFailure((error) => {
      this.#hasFailed = true;
      this.#end(new GargaloError('internal', 'runtime', `the worker ended: ${error.message}`));
    });
  }

  #take(answer: Answer): void {
    const request = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (!request) return;
    if ('error' in answer) {
      const { code, where, message } = answer.error;
      const prefix = `${where}: `;
      const problem = message.startsWith(prefix) ? message.slice(prefix.length) : message;
      request.reject(new GargaloError(code, where, problem));
    } else request.resolve(answer.answer as never);
  }

  #end(error: GargaloError): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #send<Name extends RequestName>(
    name: Name,
    argument: Requests[Name]['argument'],
    transfer: ArrayBuffer[] = [],
  ): Promise<Requests[Name]['answer']> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#port.post({ id, name, argument } as Request, transfer);
    });
  }

  /** Asks the worker, unless it has ended. */
  ask<Name extends RequestName>(
    name: Name,
    argument: Requests[Name]['argument'],
    transfer?: ArrayBuffer[],
  ): Promise<Requests[Name]['answer']> {
    return this.#ended ? Promise.reject(this.#ended) : this.#send(name, argument, transfer);
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      this.#end(new GargaloError('cancelled', 'runtime', 'closed'));
      // Native code that is ended in the middle of a call takes the whole process with it.
      if (!this.#hasFailed) await this.#send('close', null).catch(() => {});
      await this.#port.terminate();
    })();
    return this.#closing;
  }
}

type Opened = Requests['open']['answer'];

/**
 * Opens a runtime over a worker.
 *
 * @param startWorker called once the options are known to be sound
 * @param share opens the device, with the WebAssembly that another worker has fetched
 */
export async function openRuntime(
  startWorker: () => WorkerPort,
  { device, threads = 1, wasmPath }: RuntimeOptions & { readonly device: Device },
  share: (open: (wasm?: Blob) => Promise<Opened>) => Promise<Opened> = (open) => open(),
): Promise<Runtime> {
  if (!devices.includes(device)) throw badInput('device', `expected one of ${devices.join(', ')}, got "${device}"`);
  checkThreads(threads);

  const requester = new Requester(startWorker());
  const close = (): Promise<void> => requester.close();
  const open = (wasm?: Blob): Promise<Opened> =>
    requester.ask('open', { device, threads, ...(wasmPath !== undefined && { wasmPath }), ...(wasm && { wasm }) });
  let opened: Opened;
  try {
    opened = await share(open);
  } catch (error) {
    await close();
    throw error;
  }

  return {
    device,
    threads: opened.threads,
    async load({ name, bytes, keepsLayout = false }, threadsOfIt) {
      const own = threadsOfIt !== undefined && { threads: threadsOfIt };
      const program = await requester.ask('load', { name, bytes, keepsLayout, ...own });
      return {
        run: (feeds, keep = []) => requester.ask('run', { program, feeds, keep }),
        release: async () => {
          await requester.ask('release', { program });
        },
      };
    },
    upload: (tensor, transfer = false) =>
      requester.ask(
        'upload',
        tensor,
        transfer && tensor.values.buffer instanceof ArrayBuffer ? [tensor.values.buffer] : [],
      ),
    download: (tensor) => requester.ask('download', tensor),
    reclaim: (tensor) => requester.ask('reclaim', tensor),
    async free(tensors) {
      if (tensors.length > 0) await requester.ask('free', tensors);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
