// What the contractive penalty does to the code's Jacobian, and what it costs.
import { meanJacobianNorm } from '../evaluation.mjs';
import { loadMnist } from '../library.mjs';

const flags =
  '--code 256 --code-activation sigmoid --epochs 30 --batch 256 --lr 2e-3 --schedule cosine --loss bce --seed 1';

/** @type {import('./row.mjs').Row[]} */
export const rows = [
  {
    name: 'contractive-jacobian',
    kind: 'contractive',
    network: '784-256-784, sigmoid code',
    setup:
      'The same network with and without the penalty. The figure of the basic kind stands where a published one would; the cost is in reconstruction.',
    figures: {
      norm: { label: 'mean ‖∂z/∂x‖_F on test images', against: 'basicNorm', beside: 'basic kind', better: 'lower' },
      squaredError: {
        label: 'test squared error an image',
        against: 'basicSquaredError',
        beside: 'basic kind',
        better: 'lower',
      },
    },
    async run({ command }) {
      const { test } = await loadMnist();
      const basic = await command('contractive-basic', `mnist --kind basic ${flags}`);
      const contractive = await command('contractive', `mnist --kind contractive --contractive 1e-3 ${flags}`);
      return {
        commands: [basic.command, contractive.command],
        parameters: contractive.summary.parameters,
        epochs: contractive.summary.epochs,
        seconds: basic.summary.seconds + contractive.summary.seconds,
        figures: {
          norm: await meanJacobianNorm(contractive.model, test),
          basicNorm: await meanJacobianNorm(basic.model, test),
          squaredError: contractive.summary.testSquaredError,
          basicSquaredError: basic.summary.testSquaredError,
        },
      };
    },
  },
];
