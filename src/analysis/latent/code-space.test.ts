import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.js';
import { arrayDataset } from '../../data/dataset.js';
import { fitPca } from '../../models/pca.js';
import { encodeProgram } from '../../onnx/encode.js';
import { createRuntime } from '../../runtime/node.js';
import { fit } from '../../train/fit.js';
import { explorerGraph, modelSpace, pcaSpace } from './code-space.js';

const runtime = await createRuntime();
afterAll(() => runtime.close());

const random = createRandom(3, 'examples');
const values = Float32Array.from({ length: 60 * 5 }, (_, i) => 10 * (i % 5) + random.normal());
const data = arrayDataset(values, { name: 'table', shape: [5] });
const { autoencoder } = await fit(data, { kind: 'basic', code: 2, epochs: 2, batch: 16, scaling: 'standard' });
afterAll(() => autoencoder.close());
const { scaling } = autoencoder.specification.input;
const scaled = values.map((value, i) => (value - scaling.offset[i % 5]!) * scaling.scale[i % 5]!);

const near = (a: ArrayLike<number>, b: ArrayLike<number>, digits = 4): void => {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) expect(a[i]).toBeCloseTo(b[i]!, digits);
};

describe('the code space of a model', () => {
  it('encodes and decodes as the model does, in scaled units', async () => {
    const space = modelSpace(autoencoder, runtime);
    const codes = await autoencoder.encode(data);
    const raw = await autoencoder.decode(codes);
    near(await space.encode(scaled), codes);
    near(
      await space.decode(codes),
      raw.map((value, i) => (value - scaling.offset[i % 5]!) * scaling.scale[i % 5]!),
    );
    near(await space.roundTrip(codes), await space.encode(await space.decode(codes)));
  });

  it('takes and gives examples in other units where asked', async () => {
    const units = { method: 'none', offset: [0], scale: [0.5] } as const;
    const [own, other] = [modelSpace(autoencoder, runtime), modelSpace(autoencoder, runtime, units)];
    const codes = await own.encode(scaled);
    near(await other.encode(values.map((value) => value / 2)), codes);
    const decoded = await own.decode(codes);
    near(
      await other.decode(codes),
      decoded.map((value, i) => (value / scaling.scale[i % 5]! + scaling.offset[i % 5]!) / 2),
      3,
    );
    near(await other.roundTrip(codes), await own.roundTrip(codes));
  });

  it('is what the decoder that travels gives', async () => {
    const space = modelSpace(autoencoder, runtime);
    const codes = Float32Array.of(0.1, -0.4, 2, 3);
    const program = await runtime.load(encodeProgram(explorerGraph(autoencoder)));
    const { fetched } = await program.run({ code: { type: 'float32', shape: [2, 2], values: codes.slice() } });
    near(fetched.output!.values as Float32Array, await space.decode(codes));
    near(fetched.back!.values as Float32Array, await space.roundTrip(codes));
  });
});

describe('the code space of PCA', () => {
  it('brings codes back as they are', async () => {
    const space = pcaSpace(await fitPca(data, { width: 2 }));
    const codes = await space.encode(values);
    near(await space.encode(await space.decode(codes)), codes, 3);
    expect(await space.roundTrip(codes)).toEqual(codes);
  });
});
