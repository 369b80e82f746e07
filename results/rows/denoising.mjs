// What a denoising autoencoder does to noisy images that it never saw, beside the basic one.
import { decibels, eachReconstruction, noisy, squaredError } from '../evaluation.mjs';
import { exampleSizeOf, loadMnist } from '../library.mjs';

const deviation = 0.5;

/** Mean over the images of the PSNR of what a model makes of noisy ones, against the clean ones; dB. */
async function meanPsnr(model, test, seen) {
  let sum = 0;
  await eachReconstruction(
    model,
    test,
    (clean, rebuilt) => {
      sum += decibels(squaredError(clean, rebuilt) / clean.length);
    },
    seen,
  );
  return sum / test.length;
}

/** @type {import('./row.mjs').Row[]} */
export const rows = [
  {
    name: 'denoising-psnr',
    kind: 'denoising',
    network: '784-512-64-512-784',
    setup:
      'Normal noise of standard deviation 0.5 on pixels in 0 … 1, clipped; the same network, with and without noise in training, on the same noisy test images. PSNR is the mean over the images.',
    figures: {
      input: { label: 'PSNR of the noisy images, dB' },
      basic: { label: 'PSNR after the basic kind, dB', better: 'higher' },
      denoising: { label: 'PSNR after the denoising kind, dB', better: 'higher' },
      gain: { label: 'gain over the noisy images, dB', better: 'higher' },
    },
    async run({ command }) {
      const flags = '--encoder 512 --code 64 --epochs 20 --batch 256 --lr 1e-3 --schedule cosine --loss bce --seed 1';
      const basic = await command('denoising-psnr-basic', `mnist --kind basic ${flags}`);
      const denoising = await command('denoising-psnr', `mnist --kind denoising --noise ${deviation} ${flags}`);
      const { test } = await loadMnist();
      const seen = await noisy(test, deviation, 1);
      const size = exampleSizeOf(test);
      let input = 0;
      for (let n = 0; n < test.length; n++) {
        const clean = Float32Array.from(await test.block(n, n + 1), (byte) => byte / 255);
        const values = (await seen.block(n, n + 1)).map((value) => value / 255);
        input += decibels(squaredError(clean, values) / size) / test.length;
      }
      const figures = {
        input,
        basic: await meanPsnr(basic.model, test, seen),
        denoising: await meanPsnr(denoising.model, test, seen),
      };
      return {
        commands: [basic.command, denoising.command],
        parameters: denoising.summary.parameters,
        epochs: denoising.summary.epochs,
        seconds: basic.summary.seconds + denoising.summary.seconds,
        figures: { ...figures, gain: figures.denoising - figures.input },
      };
    },
  },
];
