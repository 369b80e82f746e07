// A training on WebGPU and the same on WebAssembly, in a process of its own: its environment says which Vulkan driver is taken.
import { arrayDataset, fit } from '../../dist/index.js';

const { values, bytes, name, shape, sequence, options } = JSON.parse(process.argv[2]);
const result = {};
for (const device of ['webgpu', 'wasm']) {
  const data = {
    ...arrayDataset(bytes ? Uint8Array.from(values) : Float32Array.from(values), { name, shape }),
    sequence,
  };
  const { autoencoder, history } = await fit(data, { ...options, device });
  await autoencoder.close();
  const weights = [...autoencoder.weights].map(([weight, own]) => [weight, [...own]]);
  result[device] = { losses: history.map(({ testLoss }) => testLoss), weights };
}
process.stdout.write(JSON.stringify(result), () => process.exit());
