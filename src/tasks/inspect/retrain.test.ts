import { describe, expect, it } from 'vitest';
import { spots } from '../../../test/tiny.js';
import { kindNamed } from '../../models/kinds/index.js';
import type { TrainedModel } from '../../train/events.js';
import { fit } from '../../train/fit.js';
import type { Verdict } from './inspection.js';
import { mendedRequest, retrain, worstMended } from './retrain.js';

const data = spots(120);

async function trained(options: Parameters<typeof fit>[1]): Promise<TrainedModel> {
  const { autoencoder } = await fit(data, { recipe: 'none', code: 2, epochs: 1, batch: 32, seed: 7, ...options });
  await autoencoder.close();
  return autoencoder;
}
const variational = { kind: 'variational', socket: 'code: gaussian' };

describe('the training that mends a weakness', () => {
  it('is that of the worst weakness that something was found for', () => {
    const of = (weakness: Verdict['weakness'], severity: number, mended: boolean): Verdict => ({
      ...{ weakness, severity, beside: 'worse', sentence: '' },
      ...(mended && { mend: variational }),
    });
    const verdicts = [of('gaps', 0.2, true), of('separability', 0.9, false), of('discreteness', 0.4, true)];
    expect(worstMended(verdicts)?.weakness).toBe('discreteness');
    expect(worstMended([of('gaps', 1, false)])).toBeUndefined();
    const wider = { kind: 'basic', socket: 'a wider code', values: { code: 4 } };
    const narrow = { ...of('separability', 0.9, true), mend: wider };
    expect(worstMended([narrow, ...verdicts])?.weakness).toBe('discreteness');
    expect(worstMended([narrow])?.mend).toBe(wider);
  });

  it('keeps width, layers, loss, epochs and seed, and leaves the sockets of another kind behind', async () => {
    const model = await trained({ kind: 'sparse', sparsity: 0.1, encoder: [8, 4], loss: 'mse', learningRate: 2e-3 });
    expect(mendedRequest(model, variational)).toEqual({
      kind: 'variational',
      values: {
        recipe: 'none',
        code: 2,
        encoder: [8, 4],
        loss: 'mse',
        epochs: 1,
        batch: 32,
        seed: 7,
        learningRate: 2e-3,
      },
    });
  });

  it('keeps the hidden layers and the training that a recipe chose', async () => {
    const model = await trained({ recipe: 'auto' });
    const { values } = mendedRequest(model, variational);
    const { learningRate, schedule, weightDecay } = model.training!.options;
    const { encoder } = model.specification.body;
    expect(encoder.length).toBeGreaterThan(0);
    // What is a default of the other kind is left out.
    expect(values.encoder ?? kindNamed('variational').defaults.encoder).toEqual(encoder);
    expect(values).toMatchObject({ learningRate, schedule, weightDecay });
  });

  it('keeps what the kind had without being asked for it', async () => {
    const { values } = mendedRequest(await trained({ kind: 'convolutional', filters: [4] }), variational);
    expect(values).toMatchObject({ body: 'convolutional', filters: [4], encoder: [] });
    const deep = mendedRequest(await trained({ kind: 'deep' }), { kind: 'contractive', socket: '' });
    expect(deep.values).toMatchObject({ encoder: [128, 64] });
    // what suits contractive training is its own
    expect(deep.values.activation).toBeUndefined();
  });

  it('changes only what mends it where the kind stays', async () => {
    const model = await trained({ kind: 'variational', encoder: [6], freeBits: 0.1 });
    const request = mendedRequest(model, { ...variational, values: { beta: 4 } });
    expect(request.values).toEqual({ ...model.training!.request.values, beta: 4 });
  });

  it('gives a model of the same width and data that can be looked at beside the first', async () => {
    const model = await trained({ kind: 'basic', encoder: [8] });
    const epochs: number[] = [];
    const mended = await retrain(
      mendedRequest(model, variational),
      { train: data },
      { runtime: { threads: 1 }, onEvent: (event) => void (event.type === 'epoch' && epochs.push(event.record.epoch)) },
    );
    expect(mended.specification).toMatchObject({
      code: { type: 'gaussian', width: 2 },
      body: { encoder: [8] },
      input: model.specification.input,
    });
    expect(mended.training!.data).toBe(model.training!.data);
    expect(epochs).toEqual([1]);
  });

  it('is refused without a training record, and stops when it is told to', async () => {
    const { training: _, ...bare } = await trained({ kind: 'basic' });
    expect(() => mendedRequest(bare, variational)).toThrow('with its training record');
    const stopped = retrain({ kind: 'basic', values: { code: 2 } }, { train: data }, { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
  });
});
