// PCA and the network of Hinton & Salakhutdinov, both with codes of 30 numbers.
import { testErrorOfPca } from '../evaluation.mjs';
import { loadMnist } from '../library.mjs';

/** @type {import('./row.mjs').Row[]} */
export const rows = [
  {
    name: 'pca-30',
    kind: 'PCA',
    network: '784-30',
    setup: 'Principal components of the 60,000 training images.',
    source: 'hinton',
    figures: { squaredError: { label: 'test squared error an image', published: 13.87, better: 'lower' } },
    async run({ threads }) {
      const { train, test } = await loadMnist();
      const { squaredError, seconds } = await testErrorOfPca(train, test, 30, threads);
      return {
        commands: ['fitPca(mnist/train, {"width":30})'],
        parameters: 784 * 31,
        epochs: 0,
        seconds,
        figures: { squaredError },
      };
    },
  },
  {
    name: 'hinton-salakhutdinov',
    kind: 'deep',
    network: '784-1000-500-250-30 mirrored',
    setup:
      'gelu layers (logistic units there) and a linear code, trained end to end by Adam from random weights; theirs was trained layer by layer first.',
    source: 'hinton',
    figures: {
      squaredError: { label: 'test squared error an image', published: 3.0, better: 'lower' },
      bce: { label: 'test bce' },
    },
    remark: 'gelu, because a fifth of relu units died: relu stood at 3.57 after 30 epochs of the same schedule.',
    async run({ command }) {
      const { summary, command: typed } = await command(
        'hinton-salakhutdinov',
        'mnist --kind deep --encoder 1000,500,250 --activation gelu --code 30 --epochs 40 --batch 256 --lr 1e-3 --schedule cosine --loss bce --seed 1',
      );
      const { parameters, epochs, seconds, testSquaredError, testLoss } = summary;
      return {
        commands: [typed],
        parameters,
        epochs,
        seconds,
        figures: { squaredError: testSquaredError, bce: testLoss },
      };
    },
  },
];
