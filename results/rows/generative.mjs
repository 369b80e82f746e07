// Models that new examples can be drawn from.
import { loadBinaryMnist } from '../binary-mnist.mjs';
import { createRandom, loadMnist, logLikelihood, maximumMeanDiscrepancy, openAutoencoder } from '../library.mjs';

/** MMD² between a model's codes of the test images and as many draws of N(0, I), by 2000 points of each. */
async function discrepancyToPrior(model, test) {
  const autoencoder = openAutoencoder(model, { threads: 1 });
  try {
    const codes = await autoencoder.encode(test);
    const { width } = model.specification.code;
    const random = createRandom(1, 'results/prior');
    const prior = Float64Array.from({ length: codes.length }, () => random.normal());
    return maximumMeanDiscrepancy(codes, prior, width, { points: 2000, permutations: 200, seed: 1 });
  } finally {
    await autoencoder.close();
  }
}

const draws = 4;
const samples = 200;

/** @type {import('./row.mjs').Row[]} */
export const rows = [
  {
    name: 'variational-likelihood',
    kind: 'variational',
    network: '784-500-500-40-500-500-784, relu',
    setup: `Binary MNIST, pixels drawn with their gray values as probabilities: every training image ${draws} times, every test image once; 80 passes over the images. −log p(x) by importance sampling with ${samples} draws an image, as published. The published model has a code of 40 as well, with maxout layers of 400 units.`,
    source: 'rezende',
    figures: {
      nll: { label: '−log p(x) on test images, nats', published: 89.9, better: 'lower' },
      bound: { label: 'its bound (−ELBO), nats', better: 'lower' },
      divergence: { label: 'KL of codes to N(0, I), nats' },
    },
    remark: ({ nll }) =>
      nll > 89.9
        ? 'Missed: 80 passes over the images, where the published model was trained for 500,000 steps; the error was still falling.'
        : undefined,
    async run({ library, say, threads }) {
      const data = await loadBinaryMnist(draws);
      const trained = await library('variational-likelihood', data, {
        kind: 'variational',
        encoder: [500, 500],
        activation: 'relu',
        code: 40,
        epochs: 20,
        batch: 128,
        learningRate: 1e-3,
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
  {
    name: 'adversarial-prior',
    kind: 'adversarial',
    network: '784-256-8-256-784 and a discriminator 8-128-128-1',
    setup:
      'The distance of the codes of the test images from the prior N(0, I), as the unbiased estimate of MMD² (Gretton et al. 2012; gaussian kernel, median distance), beside the same network without a discriminator. 95 % of draws of the prior itself lie below the limit.',
    figures: {
      discrepancy: {
        label: 'MMD² of codes to N(0, I)',
        against: 'basicDiscrepancy',
        beside: 'no discriminator',
        better: 'lower',
      },
      limit: { label: 'what draws of N(0, I) themselves stay below' },
      squaredError: {
        label: 'test squared error an image',
        against: 'basicSquaredError',
        beside: 'no discriminator',
        better: 'lower',
      },
    },
    async run({ command }) {
      const flags =
        '--encoder 256 --code 8 --activation relu --epochs 30 --batch 256 --lr 1e-3 --schedule cosine --loss bce --seed 1';
      const basic = await command('adversarial-basic', `mnist --kind basic ${flags}`);
      const adversarial = await command('adversarial', `mnist --kind adversarial ${flags}`);
      const { test } = await loadMnist();
      const { squared, limit } = await discrepancyToPrior(adversarial.model, test);
      return {
        commands: [basic.command, adversarial.command],
        parameters: adversarial.summary.parameters,
        epochs: adversarial.summary.epochs,
        seconds: basic.summary.seconds + adversarial.summary.seconds,
        figures: {
          discrepancy: squared,
          limit,
          basicDiscrepancy: (await discrepancyToPrior(basic.model, test)).squared,
          squaredError: adversarial.summary.testSquaredError,
          basicSquaredError: basic.summary.testSquaredError,
        },
      };
    },
  },
];
