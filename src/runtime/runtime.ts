/// <reference lib="esnext.disposable" preserve="true" />
import { badInput, GargaloError } from '../core/errors.js';
import type { DataType, Values } from '../graph/tensor.js';
import type { Program } from '../onnx/encode.js';

/** Threads of an operator, at most: more than cores wait for each other, and thousands take a machine's memory. */
export const MOST_THREADS = 256;

/** Refuses a number of threads that is none. */
export function checkThreads(threads: number): void {
  if (Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS) return;
  const most = threads > MOST_THREADS ? ` and at most ${MOST_THREADS}` : '';
  throw badInput('threads', `expected a whole number of at least 1${most}, got ${threads}`);
}

/**
 * Where programs run. `cpu` is native code (Node only) and `wasm` WebAssembly; the others are what ONNX Runtime offers
 * on the machine at hand.
 */
export const devices = ['cpu', 'wasm', 'webgpu', 'cuda', 'dml', 'coreml'] as const;
/** The name of a device. */
export type Device = (typeof devices)[number];

/** How a runtime is opened. */
export interface RuntimeOptions {
  /** Default: `cpu` in Node where onnxruntime-node is installed, else `wasm`. */
  readonly device?: Device;
  /** Threads within an operator; default 1; training chooses by the size of the network. */
  readonly threads?: number;
  /**
   * Browser only: the URL of a folder with onnxruntime-web's `ort-wasm-*.mjs` and `.wasm` files, where the bundler does
   * not put them beside the worker.
   */
  readonly wasmPath?: string;
  /**
   * Browser only: the URL of a folder with a copy of the package's `dist/browser`, where the bundler neither bundles the worker nor
   * has that copy beside the bundle. It counts for all workers that are started after it.
   */
  readonly workerPath?: string;
  /**
   * An open runtime to work on, instead of one that is opened for the task and closed after it. Its device is taken, and it stays
   * open.
   */
  readonly opened?: Runtime;
}

/** How a runtime is opened, among other options. */
export function runtimeOptionsOf({ device, threads, wasmPath, workerPath, opened }: RuntimeOptions): RuntimeOptions {
  return {
    ...(device && { device }),
    ...(threads !== undefined && { threads }),
    ...(wasmPath !== undefined && { wasmPath }),
    ...(workerPath !== undefined && { workerPath }),
    ...(opened && { opened }),
  };
}

/** Values in the caller's memory. */
export interface HostTensor {
  readonly type: DataType;
  readonly shape: readonly number[];
  readonly values: Values;
}

/** The values of a tensor of 32-bit floats that a program must have given. */
export function floatsOf(tensor: HostTensor | undefined): Float32Array {
  if (tensor?.values instanceof Float32Array) return tensor.values;
  throw new GargaloError('internal', 'runtime', `expected 32-bit floats, got ${tensor?.type ?? 'no such output'}`);
}

/** A tensor that stays with the runtime between calls; only this handle travels. */
export interface ResidentTensor {
  readonly resident: number;
  readonly type: DataType;
  readonly shape: readonly number[];
}

/** What a call gave: the outputs asked for, and handles of those that stay. */
export interface RunResult {
  readonly fetched: Readonly<Record<string, HostTensor>>;
  readonly kept: Readonly<Record<string, ResidentTensor>>;
}

/** A program made ready to run. */
export interface Executable {
  /**
   * Runs the program once.
   *
   * @param feeds a tensor for every input
   * @param keep names of outputs that stay with the runtime; all others are fetched
   */
  run(feeds: Readonly<Record<string, HostTensor | ResidentTensor>>, keep?: readonly string[]): Promise<RunResult>;
  /** Frees the program. */
  release(): Promise<void>;
}

/**
 * Runs programs away from the caller's thread, one call after another, so that the caller's event loop stays free.
 */
export interface Runtime extends AsyncDisposable {
  readonly device: Device;
  /** What is really used: 1 in a page that is not cross-origin isolated, whatever was asked for. */
  readonly threads: number;
  /** @param threads within an operator; by default as many as the runtime was opened with */
  load(program: Program, threads?: number): Promise<Executable>;
  /**
   * Gives a tensor to the runtime.
   *
   * @param transfer hand the memory over instead of copying it: the caller's array is empty afterwards
   */
  upload(tensor: HostTensor, transfer?: boolean): Promise<ResidentTensor>;
  download(tensor: ResidentTensor): Promise<HostTensor>;
  free(tensors: readonly ResidentTensor[]): Promise<void>;
  /** Frees a tensor and gives its memory back where that can be handed over, else its values: the way back of `upload`. */
  reclaim(tensor: ResidentTensor): Promise<HostTensor>;
  /**
   * Ends the runtime and frees all it holds. Calls under way fail at once; what comes back resolves once the one that runs
   * has ended, and a process should not exit before. Later calls are refused.
   */
  close(): Promise<void>;
}
