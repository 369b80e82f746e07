// Runtimes that are lent instead of opened: whoever closes one gives its worker back. A suite opens a runtime a thousand times,
// which costs more than most of what they compute. The tests of runtimes themselves open real ones.

/**
 * @param open opens a real runtime
 * @param closed what calls of a closed runtime fail with
 * @param lend gives a part of an open runtime, where that is asked for
 */
export function runtimePool(open, closed, lend) {
  /** Real runtimes that nobody uses, by what they were opened with. */
  const idle = new Map();

  return async function createRuntime(options = {}) {
    if (options.opened) return lend(options.opened, options.threads);
    const key = JSON.stringify([options.device ?? 'cpu', options.threads ?? 1, options.wasmPath ?? null]);
    const real = idle.get(key)?.pop() ?? (await open(options));
    const executables = new Set();
    const residents = new Map();
    const pending = new Set();
    let end;
    const ended = new Promise((_, reject) => {
      end = () => reject(closed());
    });
    ended.catch(() => undefined);
    let isOpen = true;

    /** A call that fails at once where the runtime is closed meanwhile; what it leaves is noted all the same. */
    function call(work, note = () => undefined) {
      if (!isOpen) return ended;
      const answer = work().then((value) => {
        note(value);
        return value;
      });
      const settled = answer.then(
        () => pending.delete(settled),
        () => pending.delete(settled),
      );
      pending.add(settled);
      return Promise.race([answer, ended]);
    }
    const hold = (tensor) => residents.set(tensor.resident, tensor);

    let closing;
    return {
      device: real.device,
      threads: real.threads,
      async load(program, threads) {
        const executable = await call(
          () => real.load(program, threads),
          (loaded) => executables.add(loaded),
        );
        return {
          run: (feeds, keep) =>
            call(
              () => executable.run(feeds, keep),
              ({ kept }) => Object.values(kept).forEach(hold),
            ),
          release: () =>
            call(
              () => executable.release(),
              () => executables.delete(executable),
            ),
        };
      },
      upload: (tensor, transfer) => call(() => real.upload(tensor, transfer), hold),
      download: (tensor) => call(() => real.download(tensor)),
      reclaim: (tensor) =>
        call(
          () => real.reclaim(tensor),
          () => residents.delete(tensor.resident),
        ),
      free: (tensors) =>
        call(
          () => real.free(tensors),
          () => {
            for (const { resident } of tensors) residents.delete(resident);
          },
        ),
      close() {
        closing ??= (async () => {
          isOpen = false;
          end();
          await Promise.all(pending);
          try {
            for (const executable of executables) await executable.release();
            await real.free([...residents.values()]);
          } catch {
            await real.close(); // its worker has ended
            return;
          }
          idle.set(key, [...(idle.get(key) ?? []), real]);
        })();
        return closing;
      },
    };
  };
}
