import type { Env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common';
import { GargaloError } from '../core/errors.js';
import type { DataType, Values } from '../graph/tensor.js';
import type { Answer, Request, RequestName, Requests } from './protocol.js';
import type { Device, HostTensor, ResidentTensor, RunResult } from './runtime.js';

/** The part of ONNX Runtime's API that all of its packages share. */
export interface OnnxRuntime {
  readonly InferenceSession: typeof InferenceSession;
  readonly Tensor: typeof OrtTensor;
  readonly env: Env;
}

/** What serves a device. */
export interface OpenedDevice {
  readonly ort: OnnxRuntime;
  readonly options: InferenceSession.SessionOptions;
  /** Threads that are really used. */
  readonly threads: number;
  /** The WebAssembly that was fetched for it, once a session has been opened. */
  readonly fetched?: () => Promise<Blob | undefined>;
}

/** What differs between Node and the browser: which package serves a device, and with which options. */
export type OpenDevice = (argument: Requests['open']['argument']) => Promise<OpenedDevice>;

/**
 * The smallest model there is, y = Identity(x) on a float, as ONNX in base 64. A device is only really opened with the first
 * session, and what is missing should show before there is a program to blame.
 */
const probe = Uint8Array.from(
  atob('CAk6LwoQCgF4EgF5IghJZGVudGl0eRIBcFoLCgF4EgYKBAgBEgBiCwoBeRIGCgQIARIAQgQKABAU'),
  (character) => character.charCodeAt(0),
);

/**
 * Options of every session. Scaling bytes to floats is no quantisation here: left on, that rewriting gives each user of
 * the scaled input a copy of its own (four passes instead of one).
 */
export const sessionOptions: InferenceSession.SessionOptions = {
  logSeverityLevel: 3,
  extra: { session: { set_denormal_as_zero: '1', disable_quant_qdq: '1' } },
};

/** How to get a device that is not there. */
const remedies: Readonly<Partial<Record<Device, string>>> = {
  cpu: 'npm install --ignore-scripts onnxruntime-node@1.30, or use `device: "wasm"`, which comes with the package',
  cuda: 'needs an NVIDIA GPU, CUDA 12 with cuDNN 9, and onnxruntime-node installed with its CUDA libraries: see docs/speed.md',
  webgpu:
    'needs a GPU with a Vulkan, Metal or Direct3D 12 driver, and in a page a browser with WebGPU on a secure origin',
  dml: 'DirectML is part of Windows only',
  coreml: 'Core ML is part of macOS only',
  wasm: 'in a page it needs the package onnxruntime-web, with its .wasm files served: see docs/browser.md',
};

/** Tensors that stay with a worker, by the numbers that travel. */
class Residents {
  readonly #tensors = new Map<number, OrtTensor>();
  #last = 0;

  keep(tensor: OrtTensor): ResidentTensor {
    this.#last += 1;
    this.#tensors.set(this.#last, tensor);
    return { resident: this.#last, type: typeOf(tensor), shape: tensor.dims };
  }

  get({ resident }: ResidentTensor): OrtTensor {
    const tensor = this.#tensors.get(resident);
    if (!tensor) throw new GargaloError('internal', 'runtime', `expected a resident tensor, ${resident} was freed`);
    return tensor;
  }

  /** Forgets a tensor, whose memory is handed over. */
  forget({ resident }: ResidentTensor): void {
    this.#tensors.delete(resident);
  }

  free(tensor: ResidentTensor): void {
    this.#tensors.get(tensor.resident)?.dispose();
    this.forget(tensor);
  }
}

/** The types of our programs are all that ONNX Runtime gives back here. */
const typeOf = (tensor: OrtTensor): DataType => tensor.type as DataType;

async function toHost(tensor: OrtTensor): Promise<HostTensor> {
  const isHere = tensor.location === 'cpu' || tensor.location === 'cpu-pinned';
  const values = isHere ? tensor.data : await tensor.getData();
  return { type: typeOf(tensor), shape: tensor.dims, values: values as Values };
}

/** ONNX Runtime on a device, with the programs and tensors that lie there. */
class DeviceHost {
  readonly #opened: OpenedDevice;
  readonly #sessions = new Map<number, { name: string; session: InferenceSession }>();
  readonly #residents = new Residents();
  #last = 0;

  constructor(opened: OpenedDevice) {
    this.#opened = opened;
  }

  async load({ name, bytes, keepsLayout, threads }: Requests['load']['argument']): Promise<number> {
    const { ort, options } = this.#opened;
    // all but the last group of ONNX Runtime's optimisations, which is that of layouts
    const level = keepsLayout ? ({ graphOptimizationLevel: 'extended' } as const) : {};
    // WebAssembly has one setting for all sessions
    const own = threads !== undefined && options.intraOpNumThreads !== undefined && { intraOpNumThreads: threads };
    const session = await named(name, () => ort.InferenceSession.create(bytes, { ...options, ...level, ...own }));
    this.#last += 1;
    this.#sessions.set(this.#last, { name, session });
    return this.#last;
  }

  async release({ program }: Requests['release']['argument']): Promise<null> {
    await this.#sessions.get(program)?.session.release();
    this.#sessions.delete(program);
    return null;
  }

  async run({ program, feeds, keep }: Requests['run']['argument']): Promise<RunResult> {
    const loaded = this.#sessions.get(program);
    if (!loaded) throw new GargaloError('internal', 'runtime', 'expected a loaded program, it was released');
    const { name, session } = loaded;
    const inputs: Record<string, OrtTensor> = {};
    for (const [input, tensor] of Object.entries(feeds)) inputs[input] = this.#toOrt(tensor);
    const outputs = await named(name, () => session.run(inputs));
    const fetched: Record<string, HostTensor> = {};
    const kept: Record<string, ResidentTensor> = {};
    for (const [output, tensor] of Object.entries(outputs) as [string, OrtTensor][]) {
      if (keep.includes(output)) kept[output] = this.#residents.keep(tensor);
      else fetched[output] = await toHost(tensor);
    }
    return { fetched, kept };
  }

  #toOrt(tensor: HostTensor | ResidentTensor): OrtTensor {
    if ('resident' in tensor) return this.#residents.get(tensor);
    return new this.#opened.ort.Tensor(tensor.type, tensor.values, tensor.shape);
  }

  async upload(tensor: HostTensor): Promise<ResidentTensor> {
    return this.#residents.keep(this.#toOrt(tensor));
  }

  async download(tensor: ResidentTensor): Promise<HostTensor> {
    const { values, ...rest } = await toHost(this.#residents.get(tensor));
    // A copy, because the answer hands its memory over and the resident stays.
    return { ...rest, values: values.slice() };
  }

  async reclaim(tensor: ResidentTensor): Promise<HostTensor> {
    const host = await toHost(this.#residents.get(tensor));
    this.#residents.forget(tensor);
    return host;
  }

  async free(tensors: readonly ResidentTensor[]): Promise<null> {
    for (const tensor of tensors) this.#residents.free(tensor);
    return null;
  }

  async close(): Promise<null> {
    for (const { session } of this.#sessions.values()) await session.release();
    this.#sessions.clear();
    return null;
  }
}

/** What ONNX Runtime refuses, with the name of the program. */
async function named<Result>(program: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (cause) {
    throw new GargaloError('internal', `program "${program}"`, messageOf(cause));
  }
}

/**
 * Answers requests with ONNX Runtime: the body of a worker, the same in Node and in the browser.
 *
 * @param send posts an answer, with the buffers to hand over instead of copying
 */
export function serve(
  openDevice: OpenDevice,
  send: (answer: Answer, transfer: ArrayBuffer[]) => void,
): (request: Request) => void {
  let host: DeviceHost | undefined;
  let closing = false;

  const open = async (argument: Requests['open']['argument']): Promise<Requests['open']['answer']> => {
    try {
      const opened = await openDevice(argument);
      await (await opened.ort.InferenceSession.create(probe, opened.options)).release();
      host = new DeviceHost(opened);
      const wasm = await opened.fetched?.();
      return { threads: opened.threads, ...(wasm && { wasm }) };
    } catch (cause) {
      throw unavailable(argument.device, cause);
    }
  };
  const answerTo = async (request: Request): Promise<Requests[RequestName]['answer']> => {
    if (closing && request.name !== 'close') throw new GargaloError('cancelled', 'runtime', 'closed');
    if (request.name === 'open') return open(request.argument);
    if (!host) {
      if (request.name === 'close') return null;
      throw new GargaloError('internal', 'runtime', 'expected an open device');
    }
    switch (request.name) {
      case 'load':
        return host.load(request.argument);
      case 'release':
        return host.release(request.argument);
      case 'run':
        return host.run(request.argument);
      case 'upload':
        return host.upload(request.argument);
      case 'download':
        return host.download(request.argument);
      case 'reclaim':
        return host.reclaim(request.argument);
      case 'free':
        return host.free(request.argument);
      case 'close':
        return host.close();
    }
  };
  const respond = async (request: Request): Promise<void> => {
    try {
      const answer = await answerTo(request);
      send({ id: request.id, answer }, buffersOf(answer));
    } catch (error) {
      const { code, where } = error instanceof GargaloError ? error : { code: 'internal' as const, where: 'runtime' };
      send({ id: request.id, error: { code, where, message: messageOf(error) } }, []);
    }
  };
  // One after another: some devices refuse a call while another one waits, and what comes after a call may free its feeds.
  let last = Promise.resolve();
  return (request) => {
    closing ||= request.name === 'close';
    last = last.then(() => respond(request));
  };
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1).join();
}

function unavailable(device: Device, cause: unknown): GargaloError {
  const problem = `expected the device "${device}", which this machine does not offer: ${messageOf(cause)}`;
  return new GargaloError('not-available', 'device', problem, remedies[device]);
}

/** The memory of fetched tensors, where it can be handed over: not what the WebAssembly heap lends. */
function buffersOf(answer: Requests[RequestName]['answer']): ArrayBuffer[] {
  if (answer === null || typeof answer !== 'object') return [];
  const tensors = 'fetched' in answer ? Object.values(answer.fetched) : 'values' in answer ? [answer] : [];
  const buffers = new Set<ArrayBuffer>();
  for (const { values } of tensors) {
    if (values.buffer instanceof ArrayBuffer && values.byteLength === values.buffer.byteLength)
      buffers.add(values.buffer);
  }
  return [...buffers];
}
