// Learn to clean photographs from patches of some, and clean another one at its own size.
import { fileURLToPath } from 'node:url';
import { corruptImage, denoiseImage, denoising, fit } from 'gargalo';
import { peakSignalToNoise } from 'gargalo/latent';
import { openData, readImage, writePicture } from 'gargalo/node';

const photographs = fileURLToPath(new URL('../results/data/photographs/', import.meta.url));
const { train } = await openData(`${photographs}train`, { patch: 32, stride: 24, color: 'gray' });
const convolutional = {
  body: 'convolutional',
  filters: [16],
  kernel: 5,
  codeLayer: 'none',
  output: 'identity',
} as const;
const { autoencoder } = await fit(
  train,
  denoising({ ...convolutional, noise: 0.1, loss: 'mse', epochs: 4, batch: 8, learningRate: 2e-3, seed: 1 }),
);

const { specification } = autoencoder;
const clean = await readImage(`${photographs}test/fig.jpg`, { channels: 3 });
const noisy = { ...clean, data: corruptImage(specification, clean, specification.corruption, { seed: 1 }) };
const cleaned = await denoiseImage(autoencoder, noisy);
console.log(
  'PSNR in dB: noisy',
  peakSignalToNoise(clean.data, noisy.data),
  'cleaned',
  peakSignalToNoise(clean.data, cleaned),
);
await writePicture('cleaned.png', { ...clean, data: new Uint8Array(Uint8ClampedArray.from(cleaned)) });
await autoencoder.close();
