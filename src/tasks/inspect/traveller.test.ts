import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { explorerGraph, modelSpace } from '../../analysis/latent/code-space.js';
import { createRandom } from '../../core/random.js';
import { arrayDataset } from '../../data/dataset.js';
import { encodeProgram } from '../../onnx/encode.js';
import { createRuntime } from '../../runtime/node.js';
import { fit } from '../../train/fit.js';
import { travellingDecoder } from './traveller.js';

const runtime = await createRuntime();
const random = createRandom(1, 'examples');
const data = arrayDataset(
  Float32Array.from({ length: 200 * 64 }, () => random.uniform()),
  { name: 'noise', shape: [8, 8] },
);
const { autoencoder } = await fit(data, { code: 3, encoder: [200], epochs: 2 });
afterAll(() => Promise.all([runtime.close(), autoencoder.close()]));
const { scaling } = autoencoder.specification.input;

describe('the decoder that travels with a page', () => {
  it('gives nearly what the model gives', async () => {
    const bytes = travellingDecoder(autoencoder, scaling)!;
    const graph = encodeProgram(explorerGraph(autoencoder, scaling));
    const program = await runtime.load({ ...graph, bytes });
    const codes = Float32Array.from({ length: 30 }, () => 2 * random.normal());
    const { fetched } = await program.run({ code: { type: 'float32', shape: [10, 3], values: codes.slice() } });
    const expected = await modelSpace(autoencoder, runtime).decode(codes);
    for (const [i, value] of (fetched.output!.values as Float32Array).entries()) {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(4e-3);
    }
  });

  it('compresses to less than three quarters', () => {
    const whole = encodeProgram(explorerGraph(autoencoder, scaling)).bytes;
    const packed = travellingDecoder(autoencoder, scaling)!;
    expect(packed.length).toBe(whole.length);
    expect(gzipSync(packed).length / gzipSync(whole).length).toBeLessThan(0.75);
  });

  it('stays at home where it is too large', async () => {
    const large = await fit(data, { code: 3, encoder: [9000, 200], epochs: 1, recipe: 'none' });
    await large.autoencoder.close();
    expect(travellingDecoder(large.autoencoder, scaling)).toBeUndefined();
  });
});
