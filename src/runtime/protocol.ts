import type { ErrorCode } from '../core/errors.js';
import type { Device, HostTensor, ResidentTensor, RunResult } from './runtime.js';

/** What can be asked of a worker: argument and answer of each request. */
export interface Requests {
  open: {
    argument: { device: Device; threads: number; wasmPath?: string; wasm?: Blob };
    /** With the WebAssembly that was fetched for it, in a page. */
    answer: { threads: number; wasm?: Blob };
  };
  load: { argument: { name: string; bytes: Uint8Array; keepsLayout: boolean; threads?: number }; answer: number };
  release: { argument: { program: number }; answer: null };
  run: {
    argument: {
      program: number;
      feeds: Readonly<Record<string, HostTensor | ResidentTensor>>;
      keep: readonly string[];
    };
    answer: RunResult;
  };
  upload: { argument: HostTensor; answer: ResidentTensor };
  download: { argument: ResidentTensor; answer: HostTensor };
  reclaim: { argument: ResidentTensor; answer: HostTensor };
  free: { argument: readonly ResidentTensor[]; answer: null };
  /** Answered once nothing runs any more; requests that still wait are refused. */
  close: { argument: null; answer: null };
}

export type RequestName = keyof Requests;

/** A request as it travels. */
export type Request = {
  [Name in RequestName]: { id: number; name: Name; argument: Requests[Name]['argument'] };
}[RequestName];

/** An answer as it travels. */
export type Answer =
  | { id: number; answer: Requests[RequestName]['answer'] }
  | { id: number; error: { code: ErrorCode; where: string; message: string } };
