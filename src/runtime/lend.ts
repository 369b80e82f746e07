import { GargaloError } from '../core/errors.js';
import { checkThreads, type Executable, type ResidentTensor, type Runtime } from './runtime.js';

/**
 * An open runtime for a part of a task, as if it were a runtime of its own: it has the threads that the part asks for, and closing
 * it frees what the part has loaded and left, while the runtime goes on.
 *
 * @param threads within an operator; where the device has one setting for all (WebAssembly), that of the runtime
 */
export function lendRuntime(runtime: Runtime, threads = 1): Runtime {
  checkThreads(threads);
  const executables = new Set<Executable>();
  const residents = new Map<number, ResidentTensor>();
  const hold = (tensor: ResidentTensor): ResidentTensor => {
    residents.set(tensor.resident, tensor);
    return tensor;
  };
  const pending = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;
  /** Refuses a call after the end; the end waits for those before it. */
  const call = <T>(work: () => Promise<T>): Promise<T> => {
    if (closing) return Promise.reject(new GargaloError('cancelled', 'runtime', 'closed'));
    const answer = work();
    const settled: Promise<void> = answer.then(
      () => void pending.delete(settled),
      () => void pending.delete(settled),
    );
    pending.add(settled);
    return answer;
  };
  const close = (): Promise<void> => {
    closing ??= (async () => {
      await Promise.all(pending);
      try {
        for (const executable of executables) await executable.release();
        await runtime.free([...residents.values()]);
      } catch {
        // the runtime itself has ended, and with it all that it held
      }
    })();
    return closing;
  };
  return {
    device: runtime.device,
    threads: runtime.device === 'wasm' ? runtime.threads : threads,
    load: (program) =>
      call(async () => {
        const loaded = await runtime.load(program, threads);
        const executable: Executable = {
          run: (feeds, keep) =>
            call(async () => {
              const result = await loaded.run(feeds, keep);
              Object.values(result.kept).forEach(hold);
              return result;
            }),
          release: () =>
            call(async () => {
              executables.delete(loaded);
              await loaded.release();
            }),
        };
        executables.add(loaded);
        return executable;
      }),
    upload: (tensor, transfer) => call(async () => hold(await runtime.upload(tensor, transfer))),
    download: (tensor) => call(() => runtime.download(tensor)),
    reclaim: (tensor) =>
      call(() => {
        residents.delete(tensor.resident);
        return runtime.reclaim(tensor);
      }),
    free: (tensors) =>
      call(() => {
        for (const { resident } of tensors) residents.delete(resident);
        return runtime.free(tensors);
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
