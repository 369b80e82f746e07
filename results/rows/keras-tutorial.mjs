// The seven networks of the Keras tutorial; two of them (denoising, sequence to sequence) come without a figure there.

import { reconstructionFigures } from '../evaluation.mjs';
import { exampleSizeOf, loadMnist } from '../library.mjs';

/** @typedef {import('./row.mjs').Row} Row */

const common = '--batch 256 --lr 1e-3 --loss bce --seed 1';

/** The trainings that other rows go on with, by row. */
export const flagsOf = {
  'keras-simple': `mnist --kind basic --code 32 --activation relu --epochs 50 ${common}`,
  'keras-deep': `mnist --kind deep --encoder 128,64 --code 32 --epochs 100 ${common}`,
};

/** What every row of one training by one command has to say. */
async function oneTraining({ command }, name, flags) {
  const trained = await command(name, flags);
  const { test } = await loadMnist();
  const { parameters, epochs, seconds } = trained.summary;
  return { trained, test, report: { commands: [trained.command], parameters, epochs, seconds } };
}

/** @type {Row[]} */
export const rows = [
  {
    name: 'keras-simple',
    kind: 'basic',
    network: '784-32-784',
    setup: 'As published: relu code, Adam, bce, 50 epochs of batches of 256.',
    source: 'kerasBlog',
    figures: { bce: { label: 'test bce', published: 0.093, better: 'lower' } },
    async run(context) {
      const { report, trained } = await oneTraining(context, 'keras-simple', flagsOf['keras-simple']);
      return { ...report, figures: { bce: trained.summary.testLoss, squaredError: trained.summary.testSquaredError } };
    },
  },
  {
    name: 'keras-sparse',
    kind: 'sparse (L1)',
    network: '784-32-784',
    setup: 'As published: relu code with an L1 penalty of 1e-4 on its activity, 100 epochs of batches of 256.',
    source: 'kerasBlog',
    figures: {
      bce: { label: 'test bce, without the penalty', published: 0.1, better: 'lower' },
      meanCode: { label: 'mean code value on test images', published: 3.33, better: 'lower' },
    },
    async run(context) {
      const { report, trained, test } = await oneTraining(
        context,
        'keras-sparse',
        `mnist --kind sparse --l1 1e-4 --code 32 --epochs 100 ${common}`,
      );
      const { bce, meanCode } = await reconstructionFigures(trained.model, test);
      return { ...report, figures: { bce, meanCode } };
    },
  },
  {
    name: 'keras-deep',
    kind: 'deep',
    network: '784-128-64-32-64-128-784',
    setup: 'As published, but that the code is linear instead of relu: 100 epochs of batches of 256.',
    source: 'kerasBlog',
    figures: { bce: { label: 'test bce', published: 0.08, about: true, better: 'lower' } },
    async run(context) {
      const { report, trained } = await oneTraining(context, 'keras-deep', flagsOf['keras-deep']);
      return { ...report, figures: { bce: trained.summary.testLoss, squaredError: trained.summary.testSquaredError } };
    },
  },
  {
    name: 'keras-variational',
    kind: 'variational',
    network: '784-256-2-256-784',
    setup:
      'As published: 50 epochs of batches of 100. The tutorial prints no figure; the published one beside it is that of the convolutional network at keras.io, of the same code width, on its own training images.',
    source: 'kerasVariational',
    figures: {
      reconstruction: { label: 'test reconstruction, nats an image', published: 140.15, better: 'lower' },
      divergence: { label: 'test KL, nats an image', published: 6.796 },
      total: { label: 'their sum: bound on −log p(x)', published: 146.946, better: 'lower' },
    },
    remark:
      'Behind by under 2 %: a dense network beside a convolutional one, on images that it never saw beside images that theirs was trained on.',
    async run(context) {
      const { report, trained, test } = await oneTraining(
        context,
        'keras-variational',
        'mnist --kind variational --encoder 256 --code 2 --epochs 50 --batch 100 --lr 1e-3 --seed 1',
      );
      const { terms } = trained.model.training.history.at(-1);
      const size = exampleSizeOf(test);
      const [reconstruction, divergence] = [terms.reconstruction.test * size, terms.divergence.test * size];
      return { ...report, figures: { reconstruction, divergence, total: reconstruction + divergence } };
    },
  },
];
