// Learn to clean images from noisy ones, and see how much noise is gone from images never trained on.
import { denoise, denoising, fit, sliceDataset } from 'gargalo';
import { loadMnist } from 'gargalo/node';

const { train, test } = await loadMnist();
const validation = sliceDataset(test, 0, 1000);
const { autoencoder } = await fit(
  sliceDataset(train, 0, 20_000),
  denoising({ noise: 0.5, encoder: [128], code: 32, epochs: 5, validation, seed: 1 }),
);
const corruption = { type: 'gaussian', deviation: 0.5, clipped: true } as const;
const { corrupted } = await denoise(autoencoder, validation, { corruption, seed: 1 });
console.log('PSNR in dB: noisy', corrupted?.before, 'cleaned', corrupted?.after);
await autoencoder.close();
