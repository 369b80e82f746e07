import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spots } from '../../../test/tiny.js';
import { applyScaling } from '../../data/scaling.js';
import { type Autoencoder, openAutoencoder } from '../../models/autoencoder.js';
import { fitPca } from '../../models/pca.js';
import type { TrainedModel } from '../../train/events.js';
import { type FitOptions, fit } from '../../train/fit.js';
import { sample } from '../sample.js';
import { type Repair, type RepairSubject, repair } from './repair.js';

const train = spots(600, 4, 1);
const test = spots(300, 4, 2);
const runtime = { threads: 1 };
let subject: RepairSubject;
let model: TrainedModel;
let repaired: Repair;
const opened: Autoencoder[] = [];

async function trained(options: FitOptions): Promise<TrainedModel> {
  const { autoencoder } = await fit(train, { code: 2, epochs: 1, batch: 32, seed: 1, ...runtime, ...options });
  await autoencoder.close();
  const { specification, weights, training } = autoencoder;
  return { specification, weights, ...(training && { training }) };
}

beforeAll(async () => {
  model = await trained({ encoder: [16], epochs: 60, learningRate: 1e-2 });
  const { scaling } = model.specification.input;
  subject = {
    examples: applyScaling(await test.block(0, test.length), scaling),
    size: 16,
    scaling,
    pca: (width) => fitPca(train, { width: Math.min(width, 16), scaling, runtime }),
  };
  repaired = await repair(model, train, subject, { seed: 1, runtime });
});
afterAll(async () => {
  for (const autoencoder of opened) await autoencoder.close();
});

describe('a repair', () => {
  it('draws from where codes are: fewer samples in gaps, and a smaller distance from real examples', () => {
    const [before, after] = repaired.drawn;
    expect(before.name).toBe('one normal distribution around its codes');
    expect(after.name).toMatch(/^a mixture of \d+ normal distributions$/);
    expect(after.figures.gaps.interval[1]).toBeLessThan(before.figures.gaps.interval[0]);
    expect(after.figures.frechet.value).toBeLessThan(before.figures.frechet.value);
  });

  it('shows beside it what real examples get, which is the best there is', () => {
    const { heldOut, drawn } = repaired;
    expect(heldOut.figures.gaps.value).toBeLessThan(0.1);
    expect(heldOut.figures.precision.value).toBeGreaterThan(0.7);
    expect(heldOut.figures.frechet.interval[0]).toBe(0);
    for (const one of [...drawn, heldOut]) {
      expect(one.model).toBe('basic');
      expect(one.samples.length).toBe(64 * 16);
      for (const { value, interval } of Object.values(one.figures)) {
        expect(interval[0]).toBeLessThanOrEqual(value);
        expect(interval[1]).toBeGreaterThanOrEqual(value);
      }
    }
  });

  it('leaves a density that the model can carry, and is then drawn from', async () => {
    const { mixture, drawn } = repaired;
    expect(mixture).toMatchObject({ width: 2, codes: 600, data: 'spots' });
    const autoencoder = openAutoencoder({ ...model, mixture }, runtime);
    opened.push(autoencoder);
    const { values, prior } = await sample(autoencoder, { count: 64, seed: 1 });
    expect(prior).toBe('mixture');
    const scaled = applyScaling(values, model.specification.input.scaling);
    const shown = drawn[1].samples;
    for (let i = 0; i < shown.length; i++) expect(scaled[i]).toBeCloseTo(shown[i]!, 5);
  });

  it('is the same for the same seed', async () => {
    expect(await repair(model, train, subject, { seed: 1, runtime })).toEqual(repaired);
  });

  it.each([
    ['the prior N(0, I)', { kind: 'variational', encoder: [8] }],
    ['its codebook, each position by itself', { kind: 'vector-quantized', encoder: [8], entries: 8, vectors: 1 }],
  ] as const)('is held against %s where the model has it', async (name, options) => {
    const { drawn } = await repair(await trained(options), train, subject, {
      runtime,
      components: 2,
      name: 'mine',
      shown: 3,
    });
    expect(drawn[0]).toMatchObject({ name, model: 'mine' });
    expect(drawn[0].samples.length).toBe(3 * 16);
    expect(drawn[1].name).toBe('a mixture of 2 normal distributions');
  });

  it('tells how far it is, and stops when it is told to', async () => {
    const aborting = new AbortController();
    const seen: unknown[] = [];
    const work = repair(model, train, subject, {
      runtime,
      signal: aborting.signal,
      onProgress: (progress) => {
        seen.push(progress);
        aborting.abort();
      },
    });
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen).toEqual([{ done: 1, total: 5 }]);
  });

  it('is refused where there is too little to hold samples against, or data are others', async () => {
    const few = { ...subject, examples: subject.examples.slice(0, 9 * 16) };
    await expect(repair(model, train, few, { runtime })).rejects.toThrow(
      'expected at least 10 to hold samples against',
    );
    await expect(repair(model, spots(50, 3), subject, { runtime })).rejects.toThrow('expected examples of 16 values');
  });
});
