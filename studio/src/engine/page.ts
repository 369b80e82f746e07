// The page's end of the engine that works in a worker.
import { proxy, type Remote, wrap } from 'comlink';
import type { Engine } from './protocol.js';

/** Opens the engine of the page; its files are fetched when it is first used. */
export function openPageEngine(): Engine {
  let remote: Remote<Engine> | undefined;
  const engine = (): Remote<Engine> => {
    remote ??= wrap<Engine>(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'gargalo' }));
    return remote;
  };
  return {
    describe: (data) => engine().describe(data),
    take: (files) => engine().take([...files]),
    train: (options, onEvent) => engine().train(options, proxy(onEvent)),
    unfinished: () => engine().unfinished(),
    forget: () => engine().forget(),
    pace: (pace) => engine().pace(pace),
    decode: (code) => engine().decode(code),
    see: (values) => engine().see(values),
    lookAt: (epoch) => engine().lookAt(epoch),
    measure: () => engine().measure(),
    use: (job) => engine().use(job),
    model: () => engine().model(),
  };
}
