// Models that new examples can be drawn from.
import { loadBinaryMnist } from '../binary-mnist.mjs';
import { logLikelihood } from '../library.mjs';

const draws = 4;
const samples = 200;

/** @type {import('./row.mjs').Row[]} */
export const rows = [
  {
    name: 'variational-likelihood',
    kind: 'variational',
    network: '784-200-200-50-200-200-784, tanh',
    setup: `Binary MNIST, pixels drawn with their gray values as probabilities: every training image ${draws} times, every test image once. −log p(x) by importance sampling with ${samples} draws an image, as published; the published model has 40 numbers for a code and maxout layers of 400 units.`,
    source: 'rezende',
    figures: {
      nll: { label: '−log p(x) on test images, nats', published: 89.9, better: 'lower' },
      bound: { label: 'its bound (−ELBO), nats', better: 'lower' },
      divergence: { label: 'KL(q(z|x) ‖ N(0, I)), nats' },
    },
    async run({ library, say, threads }) {
      const data = await loadBinaryMnist(draws);
      const trained = await library('variational-likelihood', data, {
        kind: 'variational',
        encoder: [200, 200],
        activation: 'tanh',
        code: 50,
        epochs: 15,
        batch: 128,
        learningRate: 2e-3,
        schedule: 'cosine',
        seed: 1,
      });
      say(`drawing ${samples} codes for each of ${data.test.length} images`);
      const likelihood = await logLikelihood(trained.model, data.test, { samples, seed: 1, threads });
      const { parameters, epochs, seconds } = trained.summary;
      return {
        commands: [trained.command, `logLikelihood(${data.test.name}, {"samples":${samples},"seed":1})`],
        parameters,
        epochs: epochs * draws,
        seconds,
        figures: {
          nll: -likelihood.logLikelihood,
          bound: -likelihood.elbo,
          divergence: likelihood.divergence,
          standardError: likelihood.standardError,
        },
      };
    },
  },
];
