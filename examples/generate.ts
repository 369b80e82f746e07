// A variational autoencoder: its terms, how much each has to say, and new digits out of draws from the prior.
import { fit, sample, sliceDataset, variational } from 'gargalo';
import { loadMnist } from 'gargalo/node';

const { train, test } = await loadMnist();
const { autoencoder, history } = await fit(
  sliceDataset(train, 0, 20_000),
  variational({ code: 8, encoder: [128], klWarmup: 2, epochs: 5, validation: sliceDataset(test, 0, 1000), seed: 1 }),
);
for (const [term, { test: value, share }] of Object.entries(history.at(-1)?.terms ?? {})) {
  console.log(term, value * 784, 'nats an image, share of the gradient', share);
}
const { values } = await sample(autoencoder, { count: 16, seed: 1 });
console.log(
  'drawn',
  values.length / 784,
  'images, mean gray',
  values.reduce((sum, value) => sum + value) / values.length,
);
await autoencoder.close();
