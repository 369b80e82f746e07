// The linear kind against PCA: the same subspace, the same components.
import { fitPca, linearComponents, loadMnist, principalAngles } from '../library.mjs';

const width = 16;

/** @type {import('./row.mjs').Row[]} */
export const rows = [
  {
    name: 'linear',
    kind: 'linear',
    network: `784-${width}-784`,
    setup:
      'What Baldi & Hornik proved: the optimum spans the subspace of the principal components. The published figures are those of PCA itself.',
    source: 'baldi',
    figures: {
      angle: { label: 'largest principal angle to PCA’s subspace, degrees', published: 0, better: 'lower' },
      errorRatio: { label: 'test squared error over that of PCA', published: 1, digits: 6, better: 'lower' },
      correlation: {
        label: 'smallest cosine of the first ten components with PCA’s',
        published: 1,
        digits: 6,
        better: 'higher',
      },
      variance: { label: 'largest relative error of the sixteen variances', published: 0, better: 'lower' },
    },
    async run({ command, threads }) {
      const { train } = await loadMnist();
      const trained = await command(
        'linear',
        `mnist --kind linear --code ${width} --epochs 20 --batch 256 --lr 5e-3 --schedule cosine --seed 1`,
      );
      const pca = await fitPca(train, {
        width,
        scaling: trained.model.specification.input.scaling,
        runtime: { threads },
      });
      const { components, variances } = await linearComponents(trained.model, train);
      const size = pca.mean.length;
      const found = pca.components.slice(0, width * size);
      const cosines = Array.from({ length: 10 }, (_, k) => {
        let product = 0;
        for (let i = 0; i < size; i++) product += found[k * size + i] * components[k * size + i];
        return Math.abs(product);
      });
      const { parameters, epochs, seconds, testSquaredError, pcaSquaredError } = trained.summary;
      return {
        commands: [trained.command],
        parameters,
        epochs,
        seconds,
        figures: {
          angle: principalAngles(found, components, size).at(-1),
          errorRatio: testSquaredError / pcaSquaredError,
          correlation: Math.min(...cosines),
          variance: Math.max(...Array.from(variances, (value, k) => Math.abs(value / pca.variances[k] - 1))),
          squaredError: testSquaredError,
          pcaSquaredError,
        },
      };
    },
  },
];
