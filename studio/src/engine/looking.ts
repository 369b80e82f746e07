// Looking at networks: one look after another, on a runtime of their own, so that a training is not held up.
import { type Autoencoder, type Model, openAutoencoder } from 'gargalo';
import { createRuntime, type Runtime } from 'gargalo/graph';
import { lookAt } from './look.js';
import type { Look, Sample, Seen } from './protocol.js';

/** The network that is looked at: that of the last look. */
export function createLooking() {
  let runtime: Promise<Runtime> | undefined;
  let seen: { readonly autoencoder: Autoencoder; readonly look: Look } | undefined;
  let work: Promise<unknown> = Promise.resolve();
  const open = (): Promise<Runtime> => {
    runtime ??= createRuntime();
    return runtime;
  };
  async function settled(): Promise<NonNullable<typeof seen>> {
    await work;
    if (!seen) throw new Error('expected a network that has learned');
    return seen;
  }
  return {
    /** What looks compute with. */
    runtime: async (): Promise<{ readonly opened: Runtime }> => ({ opened: await open() }),
    /** Looks at a model; decoding goes by it from then on. */
    look(model: Model, sample: Sample, epoch: number): Promise<Look> {
      const next = work.then(async () => {
        const autoencoder = openAutoencoder(model, { opened: await open() });
        const look = await lookAt(autoencoder, sample, epoch, seen?.look);
        const before = seen;
        seen = { autoencoder, look };
        await before?.autoencoder.close();
        return look;
      });
      work = next.catch(() => undefined);
      return next;
    },
    /** Forgets the network: another one begins. */
    async forget(): Promise<void> {
      await work;
      await seen?.autoencoder.close();
      seen = undefined;
    },
    /** The network of the last look. */
    seen: async (): Promise<Autoencoder> => (await settled()).autoencoder,
    async decode(code: Float32Array): Promise<Float32Array> {
      return (await settled()).autoencoder.decode(code);
    },
    async see(values: Float32Array): Promise<Seen> {
      const { autoencoder, look } = await settled();
      const code = await autoencoder.encode(values);
      const { origin, across, up } = look.plane;
      const along = (axis: Float32Array): number =>
        axis.reduce((sum, a, k) => sum + a * ((code[k] ?? 0) - (origin[k] ?? 0)), 0);
      return { code, rebuilt: await autoencoder.reconstruct(values), at: [along(across), along(up)] };
    },
  };
}

export type Looking = ReturnType<typeof createLooking>;
