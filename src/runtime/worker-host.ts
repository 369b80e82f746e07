import type { Env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common';
import { GargaloError } from '../core/errors.js';
import type { DataType, Values } from '../graph/tensor.js';
import type { Answer, Request, RequestName, Requests } from './protocol.js';
import type { Device, HostTensor, ResidentTensor } from './runtime.js';

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
  cuda: 'needs an NVIDIA GPU, CUDA 12 with cuDNN 9, and onnxruntime-node installed with its CUDA libraries: see "GPU" in the README',
  webgpu:
    'needs a GPU with a Vulkan, Metal or Direct3D 12 driver, and in a page a browser with WebGPU on a secure origin',
  dml: 'DirectML is part of Windows only',
  coreml: 'Core ML is part of macOS only',
  wasm: 'needs the package onnxruntime-web installed, and in a page its .wasm files served: see docs/browser.md',
};

/**
 * Answers requests with ONNX Runtime: the body of a worker, the same in Node and in the browser.
 *
 * @param send posts an answer, with the buffers to hand over instead of copying
 */
export function serve(
  openDevice: OpenDevice,
  send: (answer: Answer, transfer: ArrayBuffer[]) => void,
): (request: Request) => void {
  let ort: OnnxRuntime | undefined;
  let options: InferenceSession.SessionOptions = {};
  const sessions = new Map<number, { name: string; session: InferenceSession }>();
  const residents = new Map<number, OrtTensor>();
  let counter = 0;
  let closing = false;

  const keepResident = (tensor: OrtTensor): ResidentTensor => {
    counter += 1;
    residents.set(counter, tensor);
    return { resident: counter, type: tensor.type as DataType, shape: tensor.dims };
  };

  const toOrt = (tensor: HostTensor | ResidentTensor): OrtTensor => {
    if ('resident' in tensor) {
      const found = residents.get(tensor.resident);
      if (!found)
        throw new GargaloError('internal', 'runtime', `expected a resident tensor, ${tensor.resident} was freed`);
      return found;
    }
    return new ort!.Tensor(tensor.type, tensor.values, tensor.shape);
  };

  const toHost = async (tensor: OrtTensor): Promise<HostTensor> => ({
    type: tensor.type as DataType,
    shape: tensor.dims,
    values: (tensor.location === 'cpu' || tensor.location === 'cpu-pinned'
      ? tensor.data
      : await tensor.getData()) as Values,
  });

  const handlers: {
    [Name in RequestName]: (argument: Requests[Name]['argument']) => Promise<Requests[Name]['answer']>;
  } = {
    async open(argument) {
      const { device } = argument;
      try {
        const opened = await openDevice(argument);
        ort = opened.ort;
        options = opened.options;
        await (await ort.InferenceSession.create(probe, options)).release();
        return { threads: opened.threads };
      } catch (cause) {
        throw unavailable(device, cause);
      }
    },
    async load({ name, bytes, keepsLayout, threads }) {
      let session: InferenceSession;
      try {
        // all but the last group of ONNX Runtime's optimisations, which is that of layouts
        const level = keepsLayout ? ({ graphOptimizationLevel: 'extended' } as const) : {};
        // WebAssembly has one setting for all sessions
        const own = threads !== undefined && options.intraOpNumThreads !== undefined && { intraOpNumThreads: threads };
        session = await ort!.InferenceSession.create(bytes, { ...options, ...level, ...own });
      } catch (cause) {
        throw new GargaloError('internal', `program "${name}"`, messageOf(cause));
      }
      counter += 1;
      sessions.set(counter, { name, session });
      return counter;
    },
    async release({ program }) {
      await sessions.get(program)?.session.release();
      sessions.delete(program);
      return null;
    },
    async run({ program, feeds, keep }) {
      const loaded = sessions.get(program);
      if (!loaded) throw new GargaloError('internal', 'runtime', 'expected a loaded program, it was released');
      const { name, session } = loaded;
      const inputs: Record<string, OrtTensor> = {};
      for (const [input, tensor] of Object.entries(feeds)) inputs[input] = toOrt(tensor);
      let outputs: InferenceSession.OnnxValueMapType;
      try {
        outputs = await session.run(inputs);
      } catch (cause) {
        throw new GargaloError('internal', `program "${name}"`, messageOf(cause));
      }
      const fetched: Record<string, HostTensor> = {};
      const kept: Record<string, ResidentTensor> = {};
      for (const [output, tensor] of Object.entries(outputs) as [string, OrtTensor][]) {
        if (keep.includes(output)) kept[output] = keepResident(tensor);
        else fetched[output] = await toHost(tensor);
      }
      return { fetched, kept };
    },
    upload: async (tensor) => keepResident(toOrt(tensor)),
    download: async (tensor) => {
      const { values, ...rest } = await toHost(toOrt(tensor));
      // A copy, because the answer hands its memory over and the resident stays.
      return { ...rest, values: values.slice() as Values };
    },
    async reclaim(tensor) {
      const host = await toHost(toOrt(tensor));
      residents.delete(tensor.resident);
      return host;
    },
    async close() {
      for (const { session } of sessions.values()) await session.release();
      sessions.clear();
      return null;
    },
    async free(tensors) {
      for (const { resident } of tensors) {
        residents.get(resident)?.dispose();
        residents.delete(resident);
      }
      return null;
    },
  };

  const respond = async (request: Request): Promise<void> => {
    const handler = handlers[request.name] as (argument: unknown) => Promise<Requests[RequestName]['answer']>;
    try {
      if (closing && request.name !== 'close') throw new GargaloError('cancelled', 'runtime', 'closed');
      const answer = await handler(request.argument);
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
  return message.split('\n')[0] as string;
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
