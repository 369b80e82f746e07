// The convolutional networks of the Keras tutorial and of keras.io.
import { decibels, eachReconstruction, noisy, squaredError } from '../evaluation.mjs';
import { exampleSizeOf, loadMnist } from '../library.mjs';

function reportOf(trained, figures) {
  const { parameters, epochs, seconds } = trained.summary;
  return { commands: [trained.command], parameters, epochs, seconds, figures };
}

/** Mean PSNR of what a model makes of noisy test images, and of those images themselves; dB. */
async function denoisingFigures(model, deviation) {
  const { test } = await loadMnist();
  const seen = await noisy(test, deviation, 1);
  let [input, output, n] = [0, 0, 0];
  const noisyValues = await seen.block(0, test.length);
  const size = exampleSizeOf(test);
  await eachReconstruction(
    model,
    test,
    (clean, rebuilt, _code, example) => {
      const noise = noisyValues.subarray(example * size, (example + 1) * size).map((value) => value / 255);
      input += decibels(squaredError(clean, noise) / size);
      output += decibels(squaredError(clean, rebuilt) / size);
      n++;
    },
    seen,
  );
  return { inputPsnr: input / n, psnr: output / n };
}

const small = '--filters 16,8,8 --downsampling max-pool --upsampling nearest --code-layer none';
const wide = '--filters 32,32 --downsampling max-pool --code-layer none';

/** @type {import('./row.mjs').Row[]} */
export const rows = [
  {
    name: 'keras-convolutional',
    kind: 'convolutional',
    network: '16-8-8 filters of 3×3, max pooling, code 4×4×8, mirrored with repeated pixels',
    setup:
      'The published network, but that its one convolution without padding is one with padding here and the image is cut instead; 50 epochs of batches of 128, along a cosine.',
    source: 'kerasBlog',
    figures: { bce: { label: 'test bce', published: 0.094, better: 'lower' } },
    async run({ command }) {
      const trained = await command(
        'keras-convolutional',
        `mnist --kind convolutional ${small} --epochs 50 --batch 128 --lr 2e-3 --schedule cosine --loss bce --seed 1`,
      );
      return reportOf(trained, { bce: trained.summary.testLoss, squaredError: trained.summary.testSquaredError });
    },
  },
  {
    name: 'keras-denoising',
    kind: 'denoising, convolutional',
    network: '32-32 filters of 3×3, max pooling, code 7×7×32',
    setup:
      'The tutorial denoises at 0.5 with this network and repeated pixels, and prints no figure. Reduced: 3 epochs, along a cosine, instead of 100.',
    source: 'kerasBlog',
    figures: {
      bce: { label: 'test bce against the clean images' },
      inputPsnr: { label: 'PSNR of the noisy images, dB' },
      psnr: { label: 'PSNR after denoising, dB', better: 'higher' },
    },
    async run({ command }) {
      const trained = await command(
        'keras-denoising',
        `mnist --kind denoising --noise 0.5 --body convolutional ${wide} --upsampling nearest --epochs 3 --batch 128 --lr 2e-3 --schedule cosine --loss bce --seed 1`,
      );
      return reportOf(trained, { bce: trained.summary.testLoss, ...(await denoisingFigures(trained.model, 0.5)) });
    },
  },
  {
    name: 'keras-io-convolutional',
    kind: 'convolutional',
    network: '32-32 filters of 3×3, max pooling, code 7×7×32, transposed convolutions',
    setup: 'The published network. Reduced: 15 epochs of batches of 128, along a cosine, instead of 50.',
    source: 'kerasConvolutional',
    figures: { bce: { label: 'test bce', published: 0.0622, better: 'lower' } },
    async run({ command }) {
      const trained = await command(
        'keras-io-convolutional',
        `mnist --kind convolutional ${wide} --epochs 15 --batch 128 --lr 2e-3 --schedule cosine --loss bce --seed 1`,
      );
      return reportOf(trained, { bce: trained.summary.testLoss, squaredError: trained.summary.testSquaredError });
    },
  },
  {
    name: 'keras-io-denoising',
    kind: 'denoising, convolutional',
    network: '32-32 filters of 3×3, max pooling, code 7×7×32, transposed convolutions',
    setup:
      'The published network, normal noise of standard deviation 0.4, clipped. Reduced: 10 epochs of batches of 128, along a cosine, instead of 100.',
    source: 'kerasConvolutional',
    figures: {
      bce: { label: 'test bce against the clean images', published: 0.0839, better: 'lower' },
      inputPsnr: { label: 'PSNR of the noisy images, dB' },
      psnr: { label: 'PSNR after denoising, dB', better: 'higher' },
    },
    async run({ command }) {
      const trained = await command(
        'keras-io-denoising',
        `mnist --kind denoising --noise 0.4 --body convolutional ${wide} --epochs 10 --batch 128 --lr 2e-3 --schedule cosine --loss bce --seed 1`,
      );
      return reportOf(trained, { bce: trained.summary.testLoss, ...(await denoisingFigures(trained.model, 0.4)) });
    },
  },
  {
    name: 'keras-io-variational',
    kind: 'variational, convolutional',
    network: '32-64 filters of 3×3 with stride 2, 16 units, code 2; back by 3136 units and transposed convolutions',
    setup:
      'The published network. Reduced: 10 epochs of batches of 128, along a cosine, instead of 30. The published figures are of its training images (70,000, the test images among them), ours of the 10,000 test images after training on 60,000.',
    source: 'kerasVariational',
    figures: {
      reconstruction: { label: 'test reconstruction, nats an image', published: 140.15, better: 'lower' },
      divergence: { label: 'test KL, nats an image', published: 6.796 },
      total: { label: 'their sum: bound on −log p(x)', published: 146.946, better: 'lower' },
    },
    async run({ command }) {
      const trained = await command(
        'keras-io-variational',
        'mnist --kind variational --body convolutional --filters 32,64 --downsampling stride --encoder 16 --decoder= --code 2 --epochs 10 --batch 128 --lr 2e-3 --schedule cosine --seed 1',
      );
      const { terms } = trained.model.training.history.at(-1);
      const [reconstruction, divergence] = [terms.reconstruction.test * 784, terms.divergence.test * 784];
      return reportOf(trained, { reconstruction, divergence, total: reconstruction + divergence });
    },
  },
];
